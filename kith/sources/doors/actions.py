"""Letting somebody in who was anonymised and registered anew (X10)."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.kernel.errors import NotFound, Refused
from kith.sources import tombstones
from kith.sources.doors import lock
from kith.sources.doors.admitting import let_in
from kith.sources.models import SYSTEM_REF_MAX_LENGTH, Admission, SourceSystem, Stopped, Tombstone

BY_HAND: Final = (Admission.Why.RETURNS, Admission.Why.SOMEBODY_ELSE)
_DELETED: Final = "This System Ref was deleted in Kith, not anonymised, and does not come back."
_OPEN: Final = "Nobody is kept out of this source under this System Ref."
_ALREADY: Final = "This System Ref is let in already."


@transaction.atomic
def admit(*, actor: Actor, source_id: int, system_ref: str, why: str) -> Admission:
    """Somebody looked at the source: from the next import its row becomes a new contact."""
    require(actor, Permission.CONTACT_ADMIT)
    source = SourceSystem.objects.filter(pk=source_id).first()
    if source is None:
        raise NotFound("There is no such source.")
    if why not in {one.value for one in BY_HAND}:
        raise Refused("Say why it is let in.", fields={"why": "Choose a reason."})
    ref = system_ref.strip()
    lock.shared()
    _may_admit(source, ref)
    made = let_in(actor=actor, source=source, system_ref=ref, why=Admission.Why(why))
    if made is None:
        raise Refused(_ALREADY, fields={"system_ref": _ALREADY})
    journal.record(
        "SystemRefAdmitted",
        by=actor,
        subject_type="source",
        subject_id=source.pk,
        detail={"admission": made, "why": why},
    )
    return Admission.objects.get(pk=made)


def _may_admit(source: SourceSystem, ref: str) -> None:
    if not ref or len(ref) > SYSTEM_REF_MAX_LENGTH:
        sentence = f"A System Ref has 1 to {SYSTEM_REF_MAX_LENGTH} characters."
        raise Refused(sentence, fields={"system_ref": sentence})
    own = Tombstone.objects.filter(
        kind=Tombstone.Kind.REF, source=source, digest=tombstones.digest(source.code, ref)
    ).first()
    if own is not None and own.why == Tombstone.Why.DELETED:
        raise Refused(_DELETED, fields={"system_ref": _DELETED})
    # Of whoever is kept out by who they are, no System Ref is known: only that the source sent somebody.
    by_identity = Stopped.objects.filter(source=source, tombstone__kind=Tombstone.Kind.IDENTITY)
    if own is None and not by_identity.exists():
        raise Refused(_OPEN, fields={"system_ref": _OPEN})


@transaction.atomic
def withdraw_admission(*, actor: Actor, admission_id: int) -> None:
    """What came in meanwhile stays; its source is stopped again."""
    require(actor, Permission.CONTACT_ADMIT)
    lock.shared()
    found = Admission.objects.select_for_update().filter(pk=admission_id).first()
    if found is None:
        raise NotFound("There is no such admission.")
    journal.record(
        "SystemRefAdmissionWithdrawn",
        by=actor,
        subject_type="source",
        subject_id=found.source_id,
        detail={"admission": found.pk},
    )
    found.delete()
