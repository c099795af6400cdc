"""Field rights for other systems: revealing a masked field, and the privacy level of a contact."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal

from ninja import Field, Router, Schema

from kith.access.permissions import Permission
from kith.contacts.rights import actions
from kith.users.key_door import with_key
from kith.web.api import CHANGES, WITH_BODY, WITH_ID, ApiRequest, Id, In, Text, answers

contact_rights: Final = Router(tags=["contacts"])


class RevealIn(In):
    field: Text = Field(description="A golden field that the role of the key sees masked: `passport_number`.")
    reason: Literal["asked", "check", "correct", "duty", "other"] = Field(
        description="The person asks; to check who somebody is; to correct the record; a legal duty; other."
    )
    note: Text = Field("", description="Needed where the reason is `other`. It is kept sealed.")


class Revealed(Schema):
    group_id: int
    expires_at: datetime = Field(description="Until then this key reads the field when it opens the contact.")


class LevelIn(In):
    level: Text | None = Field(description="Code of an active privacy level. Null: as the rules say.")
    note: Text = Field(description="Why. It is kept sealed.")


class LevelOut(Schema):
    group_id: int
    by_hand: bool


@contact_rights.post(
    "/{group_id}/reveal",
    summary="Reveal a masked field",
    auth=with_key(Permission.CONTACT_REVEAL),
    response=answers(Revealed, *WITH_BODY, *WITH_ID, *CHANGES),
)
def reveal(request: ApiRequest, group_id: Id, given: RevealIn) -> Revealed:
    """For a reason, for a while. The contact's history names key, field and reason. The answer holds no
    value: open the contact again. 422: nothing is masked, or too much was revealed in a short time.
    """
    made = actions.reveal(
        actor=request.auth, contact_id=group_id, field=given.field, reason=given.reason, note=given.note
    )
    return Revealed(group_id=group_id, expires_at=made.expires_at)


@contact_rights.put(
    "/{group_id}/privacy-level",
    summary="Set the privacy level",
    auth=with_key(Permission.CONTACT_LEVEL),
    response=answers(LevelOut, *WITH_BODY, *WITH_ID, *CHANGES),
)
def set_privacy_level(request: ApiRequest, group_id: Id, given: LevelIn) -> LevelOut:
    """By hand, on every System Ref of the contact; or left to the rules again."""
    if given.level is None:
        actions.leave_level_to_rules(actor=request.auth, contact_id=group_id, note=given.note)
    else:
        actions.set_level(actor=request.auth, contact_id=group_id, level=given.level, note=given.note)
    return LevelOut(group_id=group_id, by_hand=given.level is not None)
