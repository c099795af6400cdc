from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.models import Contact
from kith.kernel.errors import Conflict, NotFound
from kith.organisation import actions as organisation
from kith.organisation.queries import owners_of

JOURNALED_EACH = 1_000
"""Of more contacts at once the journal says how many there were, not which."""


@transaction.atomic
def change_owner(*, actor: Actor, contact_ids: Sequence[int], team_id: int | None, was: str = "") -> int:
    """These contacts belong to this team from now on, or to none; how many belonged elsewhere before.

    It hangs on the primary System Ref: ungrouped, the others belong again to whom they belonged. `was`: the
    id of the team that somebody saw, or `none`; Conflict where one of them belongs to another by now.
    """
    require(actor, Permission.CONTACT_OWN)
    rows = Contact.objects.select_for_update().filter(pk__in=contact_ids, state=Contact.State.ACTIVE)
    found = list(rows.order_by("pk").values_list("pk", "primary_record_id"))
    if len(found) < len(set(contact_ids)):
        raise NotFound("There is no such contact.")
    _unless_moved([pk for pk, _ in found], was=was)
    records = [record_id for _, record_id in found if record_id is not None]
    changed = organisation.give(actor=actor, record_ids=records, team_id=team_id)
    for group_id, _ in found if len(found) <= JOURNALED_EACH else ():
        _journal(actor=actor, group_id=group_id, team_id=team_id, contacts=1)
    if len(found) > JOURNALED_EACH:
        _journal(actor=actor, group_id=None, team_id=team_id, contacts=len(found))
    return changed


def _unless_moved(contact_ids: Sequence[int], *, was: str) -> None:
    if not was:
        return
    owners = owners_of(contact_ids)
    if any(was != (str(owners[pk].id) if pk in owners else "none") for pk in contact_ids):
        sentence = "It belongs to another team by now."
        raise Conflict("Somebody changed the owning team meanwhile.", fields={"team": sentence})


def _journal(*, actor: Actor, group_id: int | None, team_id: int | None, contacts: int) -> None:
    journal.record(
        "OwnerChanged",
        by=actor,
        subject_type="contact",
        subject_id=group_id,
        group_id=group_id,
        detail={"team": team_id, "contacts": contacts if group_id is None else None},
    )
