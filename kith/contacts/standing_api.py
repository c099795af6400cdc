"""Suppressions of a contact, for other systems: who must not be reached, and why."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Literal, cast

from ninja import Field, Router, Schema, Status
from pydantic import StringConstraints

from kith.access.permissions import Permission
from kith.contacts import actions, queries
from kith.contacts.standing import Protection, standing_of
from kith.users.key_door import with_key
from kith.web.api import CHANGES, WITH_BODY, WITH_ID, ApiRequest, Id, In, answers

contact_suppressions: Final = Router(tags=["suppressions"])

ReasonByHand = Literal["manual", "opt_out", "bounced", "imported", "deceased"]
Reason = ReasonByHand | Literal["anonymised"]
Note = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]


class SuppressionOut(Schema):
    id: int
    reason: Reason
    note: str
    by: str
    at: datetime


class SuppressionsOut(Schema):
    items: list[SuppressionOut] = Field(description="The oldest first. Empty: the contact may be reached.")


class SuppressionIn(In):
    reason: ReasonByHand
    note: Note = Field("", description="Who asked for it, when, how.")


class SuppressionLiftIn(In):
    note: Note = Field(description="Who asked to be reached again, when, how.")


class SuppressionChanged(Schema):
    group_id: int
    suppression_id: int


@contact_suppressions.get(
    "/{group_id}/suppressions",
    summary="List the suppressions of a contact",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(SuppressionsOut, *WITH_ID),
)
def list_suppressions(request: ApiRequest, group_id: Id) -> SuppressionsOut:
    """With any of them the contact must not be contacted."""
    contact = queries.opened(group_id, actor=request.auth)
    return SuppressionsOut(items=[_out(one) for one in standing_of([contact.pk])[contact.pk]])


@contact_suppressions.post(
    "/{group_id}/suppressions",
    summary="Suppress a contact",
    auth=with_key(Permission.CONTACT_SUPPRESS),
    response=answers(SuppressionChanged, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
)
def suppress_contact(request: ApiRequest, group_id: Id, given: SuppressionIn) -> Status[SuppressionChanged]:
    """At once, on every System Ref of the contact, wherever it goes."""
    made = actions.suppress(actor=request.auth, contact_id=group_id, reason=given.reason, note=given.note)
    changed = SuppressionChanged(group_id=group_id, suppression_id=made.pk)
    return Status(HTTPStatus.CREATED, changed)


@contact_suppressions.post(
    "/{group_id}/suppressions/{suppression_id}/lift",
    summary="Unflag a suppression",
    auth=with_key(Permission.CONTACT_SUPPRESS),
    response=answers(SuppressionChanged, *WITH_BODY, *WITH_ID, *CHANGES),
)
def lift_suppression(
    request: ApiRequest, group_id: Id, suppression_id: Id, given: SuppressionLiftIn
) -> SuppressionChanged:
    """The System Refs that the contact has now carry it no more."""
    actions.lift_suppression(
        actor=request.auth, contact_id=group_id, suppression_id=suppression_id, note=given.note
    )
    return SuppressionChanged(group_id=group_id, suppression_id=suppression_id)


def _out(one: Protection) -> SuppressionOut:
    return SuppressionOut(
        id=one.suppression_id, reason=cast("Reason", one.reason), note=one.note, by=one.by, at=one.at
    )
