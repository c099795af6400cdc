from __future__ import annotations

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.deletion import registry
from kith.contacts.models import Contact
from kith.kernel.errors import Conflict, NotFound


@transaction.atomic
def delete_contact(*, actor: Actor, contact_id: int, seen: int | None = None) -> int:
    """The contact and everything that hangs on its System Refs, for good; returns how many they were.

    `seen`: how many System Refs it had when the person looked; Conflict where it has others by now.
    """
    require(actor, Permission.CONTACT_DELETE)
    rooms = registry.rooms()
    for room in rooms:
        room.locks(registry.leaving_of(contact_id))
    locked = Contact.objects.select_for_update().filter(pk=contact_id, state=Contact.State.ACTIVE)
    if not locked.only("pk").exists():
        raise NotFound("There is no such contact.")
    leaving = registry.leaving_of(contact_id)
    if seen is not None and seen != len(leaving.record_ids):
        raise Conflict("This contact changed since you looked. Nothing was deleted: look again.")
    registry.may_delete(leaving).or_raise()
    for room in rooms:
        room.deletes(leaving)
    journal.record(
        "ContactDeleted",
        by=actor,
        subject_type="contact",
        subject_id=contact_id,
        group_id=contact_id,
        detail={"system_refs": len(leaving.record_ids)},
    )
    return len(leaving.record_ids)
