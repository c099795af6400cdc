from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.kernel.clock import now
from kith.privacy.models import Erasure
from kith.privacy.proof import storage
from kith.privacy.proof.storage import Scrubbed


def scrub_storage(
    *, actor: Actor, report: Callable[[int, int, str], None] = lambda done, total, name: None
) -> Scrubbed:
    """Level 2: what was anonymised before it began lies nowhere below the rows afterwards. Outside every
    transaction; locks one table after the other."""
    require(actor, Permission.CONTACT_ANONYMISE)
    scrubbed = storage.rewrite(report)
    _note(scrubbed, by=actor)
    return scrubbed


def turn_log(*, actor: Actor) -> str:
    """What is left where the tables are rewritten and the server kept its log. Returns why it still does."""
    require(actor, Permission.CONTACT_ANONYMISE)
    began_at = now()
    kept = storage.turn_the_log()
    if not kept:
        with transaction.atomic():
            _journal(_proved(began_at), tables=0, busy=0, by=actor)
    return kept


@transaction.atomic
def _note(scrubbed: Scrubbed, *, by: Actor) -> None:
    if scrubbed.has_tables:
        _done_before(scrubbed.began_at).filter(tables_at=None).update(tables_at=scrubbed.began_at)
    proved = _proved(scrubbed.began_at) if scrubbed.is_complete else 0
    _journal(proved, tables=scrubbed.tables, busy=len(scrubbed.busy), by=by)


def _proved(began_at: datetime) -> int:
    rewritten = _done_before(began_at).filter(tables_at__lte=began_at, storage_at=None)
    return rewritten.update(storage_at=began_at)


def _done_before(began_at: datetime) -> QuerySet[Erasure]:
    return Erasure.objects.filter(state=Erasure.State.DONE, ended_at__lt=began_at)


def _journal(proved: int, *, tables: int, busy: int, by: Actor) -> None:
    journal.record(
        "StorageScrubbed",
        by=by,
        subject_type=Erasure.SUBJECT,
        detail={"tables": tables, "busy": busy, "erasures": proved},
    )
