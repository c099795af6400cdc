"""Opt-outs kept when a contact came apart, as that stood at a moment."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final

import polars as pl
from django.db import connection
from django.db.models import Q

from kith.contacts.models import Contact, KeptOptOut
from kith.golden.opt_outs import KEPT
from kith.golden.rules import AUTHORISATIONS
from kith.sources.models import SourceRecord

_CARRIED_OUT: Final = """
SELECT o.id FROM grouping_operation o
LEFT JOIN LATERAL (
    SELECT at FROM grouping_move WHERE operation_id = o.id AND run_id IS NULL LIMIT 1
) by_hand ON o.run_id IS NULL
LEFT JOIN LATERAL (
    SELECT at FROM grouping_move WHERE run_id = o.run_id ORDER BY id DESC LIMIT 1
) by_run ON o.run_id IS NOT NULL
WHERE o.id = ANY(%s) AND coalesce(by_hand.at, by_run.at, o.at) <= %s
"""


def kept_at(records: Sequence[SourceRecord], *, at: datetime) -> pl.DataFrame:
    """As `opt_outs.KEPT`. `records`: as they stood then."""
    said = {one.pk: one for one in records}
    still = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    kept = list(KeptOptOut.objects.filter(still, record_id__in=list(said), at__lte=at))
    done = _carried_out({pk for one in kept for pk in (one.copied_by, one.withdrawn_by) if pk}, at=at)
    rows = [
        (one.record_id, one.field)
        for one in kept
        if one.copied_by in done
        and one.withdrawn_by not in done
        and getattr(said[one.record_id], one.field) == one.said
    ]
    return pl.DataFrame(rows, schema=KEPT, orient="row")


def _carried_out(operation_ids: Collection[int], *, at: datetime) -> frozenset[int]:
    """Of these operations, those that had moved what they move by then."""
    if not operation_ids:
        return frozenset()
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED_OUT, [list(operation_ids), at])
        return frozenset(int(row[0]) for row in cursor.fetchall())


def kept_by_then(
    contact: Contact, records: Sequence[SourceRecord], *, at: datetime
) -> dict[str, frozenset[int]]:
    """As `opt_outs.kept_by`. `contact`: as it stood then."""
    if all(getattr(contact, name) is not False for name in AUTHORISATIONS):
        return {}
    kept = kept_at(records, at=at)
    return {name: frozenset(kept.filter(pl.col("field") == name)["record_id"]) for name in AUTHORISATIONS}
