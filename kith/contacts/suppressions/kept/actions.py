"""After a restore: whoever was suppressed since the backup is suppressed again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.models import Suppression
from kith.contacts.suppressions import arriving
from kith.contacts.suppressions.kept.file import KeptSuppression, in_force
from kith.contacts.suppressions.models import SuppressedValue
from kith.kernel.clock import now
from kith.sources.doors import lock
from kith.sources.models import SourceRecord

NOTE: Final = "Said after the backup that was restored; who said it, and why, is lost."
_CHUNK: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SuppressedAgain:
    missing: int
    """Suppressions of the file that the backup did not know."""
    records: int
    """System Refs that carry one of them now; the others are not here, and will when they come."""


@transaction.atomic
def suppress_again(*, actor: Actor, said: Collection[KeptSuppression]) -> SuppressedAgain:
    """Nothing is unflagged: what was unflagged since the backup stands suppressed, and can be again."""
    require(actor, Permission.CONTACT_SUPPRESS)
    lock.alone()
    missing = _missing(said)
    if not missing:
        return SuppressedAgain(missing=0, records=0)
    for because, those in _by_reason(missing).items():
        _suppress(because, those, actor=actor)
    records = sum(arriving.taken_on(ids) for ids in _all_records())
    journal.record(
        "SuppressionsRestored",
        by=actor,
        subject_type="suppression",
        detail={"missing": len(missing), "records": records},
    )
    return SuppressedAgain(missing=len(missing), records=records)


_Because = tuple[str, str, date | None]


def _missing(said: Iterable[KeptSuppression]) -> list[KeptSuppression]:
    have = set(in_force())
    return [one for one in said if one not in have]


def _by_reason(missing: Sequence[KeptSuppression]) -> dict[_Because, list[KeptSuppression]]:
    found: dict[_Because, list[KeptSuppression]] = defaultdict(list)
    for one in missing:
        found[one.reason, one.scope, one.ends_on].append(one)
    return found


def _suppress(because: _Because, those: Sequence[KeptSuppression], *, actor: Actor) -> None:
    reason, scope, ends_on = because
    made = Suppression.objects.create(
        reason=reason,
        scope=scope,
        ends_on=ends_on,
        note=NOTE,
        user_id=actor.user_id,
        actor=actor.name,
        at=now(),
    )
    SuppressedValue.objects.bulk_create(
        (SuppressedValue(suppression=made, kind=one.kind, digest=one.digest) for one in those),
        batch_size=_CHUNK,
        ignore_conflicts=True,
    )


def _all_records() -> Iterable[list[int]]:
    last = 0
    while True:
        rows = SourceRecord.objects.filter(pk__gt=last, erased_at=None).order_by("pk")
        ids = list(rows.values_list("pk", flat=True)[:_CHUNK])
        if not ids:
            return
        yield ids
        last = ids[-1]
