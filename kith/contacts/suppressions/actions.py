"""Suppressing e-mails and phones themselves, alone or by a file, and what ends by itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Final

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts import local, rules
from kith.contacts.models import SuppressedRecord, Suppression, SuppressionLift
from kith.contacts.suppressions import known, queries
from kith.contacts.suppressions.models import SuppressedValue
from kith.contacts.suppressions.queries import Asked, Exported
from kith.contacts.suppressions.values import Value, read_or_refuse
from kith.kernel.clock import now
from kith.kernel.errors import NotFound, Refused
from kith.sources.doors import lock

_Scope = Suppression.Scope


@dataclass(frozen=True, slots=True, kw_only=True)
class Because:
    """What is said of each value alike."""

    reason: str
    scope: str = _Scope.ALL
    note: str = ""
    source: str = ""
    ends_on: date | None = None


@transaction.atomic
def suppress_value(*, actor: Actor, value: str, because: Because) -> SuppressedValue:
    """Whoever has this e-mail or phone is suppressed now, and whoever gets it from then on."""
    require(actor, Permission.CONTACT_SUPPRESS)
    meant = read_or_refuse(value, country=local.local_source().default_country)
    lock.alone()
    rules.may_suppress_value(
        reason=because.reason,
        is_there=_is_there(meant, because),
        ends_on=because.ends_on,
        today=now().date(),
    ).or_raise()
    said = _said(because, actor=actor)
    made = SuppressedValue.objects.create(
        suppression=said, kind=meant.kind, digest=meant.digest, value=meant.text
    )
    found = known.take_on(said.pk)
    _journal("ValueSuppressed", made, by=actor, records=found)
    return made


def _is_there(meant: Value, because: Because) -> bool:
    return SuppressedValue.objects.filter(
        digest=meant.digest,
        lift__isnull=True,
        suppression__reason=because.reason,
        suppression__scope__in={because.scope, _Scope.ALL},
    ).exists()


def _said(because: Because, *, actor: Actor) -> Suppression:
    return Suppression.objects.create(
        reason=because.reason,
        scope=because.scope,
        ends_on=because.ends_on,
        source=because.source.strip(),
        note=because.note.strip(),
        user_id=actor.user_id,
        actor=actor.name,
        at=now(),
    )


@transaction.atomic
def lift_value(*, actor: Actor, value_id: int, note: str) -> SuppressionLift:
    """Whoever was suppressed by it no longer is, unless by something else too."""
    require(actor, Permission.CONTACT_SUPPRESS)
    lock.alone()
    value = SuppressedValue.objects.select_for_update(of=("self",)).filter(pk=value_id).first()
    if value is None:
        raise NotFound("There is no such suppressed value.")
    if value.lift_id is not None:
        raise Refused("It was unflagged already.")
    if not note.strip():
        raise Refused("Say in the note who asked for it.", fields={"note": "Say who asked for it."})
    lift = _lift(note, actor=actor)
    SuppressedValue.objects.filter(pk=value.pk).update(lift=lift)
    carried = SuppressedRecord.objects.filter(
        suppression_id=value.suppression_id, value_id=value.pk, lift__isnull=True
    )
    known.hand_over(value)
    freed = carried.update(lift=lift)
    _journal("ValueUnflagged", value, by=actor, records=freed)
    return lift


def _lift(note: str, *, actor: Actor) -> SuppressionLift:
    return SuppressionLift.objects.create(
        note=note.strip(), user_id=actor.user_id, actor=actor.name, at=now()
    )


@transaction.atomic
def lift_whole(*, actor: Actor, suppression_ids: Sequence[int], note: str) -> int:
    """From every System Ref and every value that carries one of these. Returns from how many System Refs."""
    require(actor, Permission.CONTACT_SUPPRESS)
    lock.alone()
    lift = _lift(note, actor=actor)
    SuppressedValue.objects.filter(suppression_id__in=suppression_ids, lift__isnull=True).update(lift=lift)
    carried = SuppressedRecord.objects.filter(suppression_id__in=suppression_ids, lift__isnull=True)
    return carried.update(lift=lift)


_ENDED: Final = "Its last day was over."


@transaction.atomic
def end_ended(*, actor: Actor) -> int:
    """Suppressions whose last day is over (overnight). Returns how many ended."""
    require(actor, Permission.CONTACT_SUPPRESS)
    due = [one.pk for one in known.over(today=now().date())]
    if not due:
        return 0
    lift_whole(actor=actor, suppression_ids=due, note=_ENDED)
    for pk in due:
        journal.record("SuppressionEnded", by=actor, subject_type="suppression", subject_id=pk)
    return len(due)


def export_suppressions(*, actor: Actor, asked: Asked) -> Iterator[Exported]:
    """A set at a time; who took it, and how much, is in the journal before the first."""
    require(actor, Permission.CONTACT_EXPORT)
    require(actor, Permission.PRIVACY_VIEW)
    found = queries.suppressions(asked, actor=actor)
    filters = [each.name for each in fields(asked) if getattr(asked, each.name) not in {None, "", False}]
    with transaction.atomic():
        journal.record(
            "SuppressionsExported",
            by=actor,
            subject_type="suppression",
            detail={"suppressions": found.count(), "filters": filters},
        )
    return queries.exported(found)


def _journal(event: str, value: SuppressedValue, *, by: Actor, records: int) -> None:
    journal.record(
        event,
        by=by,
        subject_type="suppressed_value",
        subject_id=value.pk,
        detail={"kind": value.kind, "records": records},
    )
