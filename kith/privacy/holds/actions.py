from __future__ import annotations

from datetime import date

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.belongings import contact_of
from kith.contacts.deletion.registry import leaving_of
from kith.contacts.models import Contact
from kith.kernel.clock import now
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.privacy.holds.models import LegalHold
from kith.privacy.models import Erasure

_SUBJECT = "legal hold"


@transaction.atomic
def place_hold(*, actor: Actor, contact_id: int, reason: str, review_on: date | None = None) -> LegalHold:
    """From now on the contact can be neither anonymised nor deleted. An order that has begun goes on."""
    require(actor, Permission.PRIVACY_EDIT)
    if not reason.strip():
        raise Refused("Say why the contact must be kept.")
    locked = Contact.objects.select_for_update().filter(pk=contact_id, state=Contact.State.ACTIVE)
    if not locked.values_list("pk"):
        raise NotFound("There is no such contact.")
    leaving = leaving_of(contact_id)
    begun = Erasure.objects.filter(contact_id=contact_id).exclude(state__in=[*Erasure.OPEN, *Erasure.ENDED])
    if begun.exists():
        raise Conflict("Anonymising this contact has begun.")
    hold = LegalHold.objects.create(
        record_ids=list(leaving.record_ids),
        reason=reason.strip(),
        review_on=review_on,
        user_id=actor.user_id,
        actor=actor.name,
    )
    _journal("LegalHoldPlaced", hold, by=actor)
    return hold


@transaction.atomic
def lift_hold(*, actor: Actor, hold_id: int, note: str) -> LegalHold:
    require(actor, Permission.PRIVACY_EDIT)
    if not note.strip():
        raise Refused("Say why the hold is lifted.")
    hold = LegalHold.objects.select_for_update(of=("self",)).filter(pk=hold_id).first()
    if hold is None:
        raise NotFound("There is no such hold.")
    if hold.lifted_at is not None:
        raise Conflict("Somebody lifted this hold already.")
    hold.lifted_at, hold.lift_note = now(), note.strip()
    hold.lifted_by_id, hold.lifted_as = actor.user_id, actor.name
    hold.save(update_fields=["lifted_at", "lift_note", "lifted_by", "lifted_as"])
    _journal("LegalHoldLifted", hold, by=actor)
    return hold


def _journal(event: str, hold: LegalHold, *, by: Actor) -> None:
    journal.record(
        event, by=by, subject_type=_SUBJECT, subject_id=hold.pk, group_id=contact_of(hold.record_ids[0])
    )
