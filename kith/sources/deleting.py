"""Source records that are deleted with their contact: claims, past claims, transactions, and a tombstone."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection

from kith.kernel.errors import Conflict
from kith.kernel.leaving import DeletedWith, Going, Leaving
from kith.sources import changes, importing, tombstones
from kith.sources.models import PastClaim, SourceSystem, SourceTransaction


def _locks(leaving: Leaving) -> None:
    """An import under way might bring back what is deleted beside it."""
    of_them = SourceSystem.objects.filter(records__in=leaving.record_ids).distinct().order_by("pk")
    for source in of_them:
        if not importing.keeps_out(source.pk):
            raise Conflict(f"An import of {source.name} is under way. Try again when it has ended.")


def _goes(leaving: Leaving) -> tuple[Going, ...]:
    ids = leaving.record_ids
    return (
        Going("System Refs", len(ids)),
        Going("past claims", PastClaim.objects.filter(record_id__in=ids).count()),
        Going("transactions its sources reported", SourceTransaction.objects.filter(record__in=ids).count()),
    )


# Matching has to know that they are gone: their blocks are smaller now.
_NOTE: Final = changes.noting(
    "SELECT id, match_keys FROM sources_sourcerecord WHERE id = ANY(%(records)s) ORDER BY id"
)
_DELETE: Final = (
    _NOTE,
    f"UPDATE sources_importedrow SET content_hash = '{UUID(int=0)}' WHERE record_id = ANY(%(records)s)",
    "DELETE FROM sources_sourcetransaction WHERE record_id = ANY(%(records)s)",
    "DELETE FROM sources_pastclaim WHERE record_id = ANY(%(records)s)",
    "DELETE FROM sources_membership WHERE record_id = ANY(%(records)s)",
    "DELETE FROM sources_sourcerecord WHERE id = ANY(%(records)s)",
)


def _deletes(leaving: Leaving) -> None:
    if leaving.for_good:
        tombstones.keep(leaving.record_ids)
    with connection.cursor() as cursor:
        for statement in _DELETE:
            cursor.execute(statement, {"records": list(leaving.record_ids)})


DELETED_WITH: Final = DeletedWith(room="sources", locks=_locks, goes=_goes, deletes=_deletes)
