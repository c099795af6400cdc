"""Transactions into PostgreSQL, a chunk in one transaction. Called only by `transactions_in`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from django.db import connection, transaction

from kith import bulk
from kith.sources import loading
from kith.sources.claims import NUMBER, header_of, refused
from kith.sources.loading import Counts
from kith.sources.mapping import SYSTEM_REF
from kith.sources.models import Import
from kith.sources.reading import BadRow

_COLUMNS: Final = ("source", SYSTEM_REF, "date", "amount", "currency", "kind", "description", "reference")
_INCOMING: Final = {"number": "bigint"} | dict.fromkeys(_COLUMNS, "text") | {"date": "date"}
_UNKNOWN_REF: Final = "The source has no such System Ref."
_VALUES: Final = "r.id, s.date, s.amount::numeric(16, 2), s.currency, s.kind, s.description"
_ROWS: Final = """
FROM incoming_now s LEFT JOIN sources_sourcesystem o ON o.code = s.source
LEFT JOIN sources_sourcerecord r ON r.source_id = o.id AND r.system_ref = s.system_ref
"""
_JOINED: Final = _ROWS.replace("LEFT JOIN", "JOIN")
_STORED: Final = "t.record_id, t.date, t.amount, t.currency, t.kind, t.description"

_COUNT: Final = f"""
SELECT count(*), count(*) FILTER (WHERE t.id IS NULL),
       count(*) FILTER (WHERE t.id IS NOT NULL AND ({_VALUES}) IS DISTINCT FROM ({_STORED}))
{_JOINED} LEFT JOIN sources_sourcetransaction t ON t.source_id = r.source_id AND t.reference = s.reference
"""
_UPSERT: Final = f"""
INSERT INTO sources_sourcetransaction AS t
    (source_id, reference, record_id, date, amount, currency, kind, description)
SELECT r.source_id, s.reference, {_VALUES} {_JOINED}
ON CONFLICT (source_id, reference) DO UPDATE SET record_id = excluded.record_id, date = excluded.date,
    amount = excluded.amount, currency = excluded.currency, kind = excluded.kind,
    description = excluded.description, received_at = now()
WHERE ({_STORED}) IS DISTINCT FROM (excluded.record_id, excluded.date, excluded.amount, excluded.currency,
    excluded.kind, excluded.description)
"""
_UNKNOWN: Final = f"SELECT s.number {_ROWS} WHERE r.id IS NULL"


def settle(
    job: Import,
    rows: pl.DataFrame,
    *,
    original: pl.DataFrame,
    bad: Sequence[BadRow],
    ref_column: str,
    upto: int,
) -> Counts:
    """`original`: the rows as received, for those whose System Ref turns out unknown."""
    last = rows.unique(["source", "reference"], keep="last", maintain_order=True)
    with transaction.atomic():
        loading.tune()
        _load(last)
        unknown = _unknown()
        mask = original[NUMBER].is_in(unknown)
        rejected = (*bad, *refused(original, mask, reason=_UNKNOWN_REF, column=ref_column))
        counts = _upsert()
        counts += Counts(unchanged=rows.height - last.height, rejected=len(rejected))
        loading.keep_rejected(job, rejected)
        loading.advance(job, counts, upto=upto)
    return counts


def try_out(job: Import, rows: pl.DataFrame, *, original: pl.DataFrame) -> tuple[Counts, tuple[BadRow, ...]]:
    """Counts without the rejected rows, and the rows of unknown System Refs. Stores nothing that stays."""
    last = rows.unique(["source", "reference"], keep="last", maintain_order=True)
    with transaction.atomic():
        _load(last)
        unknown, counts = _unknown(), _count()
        bulk.drop("incoming_now")
    bad = refused(
        original,
        original[NUMBER].is_in(unknown),
        reason=_UNKNOWN_REF,
        column=header_of(SYSTEM_REF, job.mapping),
    )
    return counts + Counts(unchanged=rows.height - last.height), bad


def _load(rows: pl.DataFrame) -> None:
    bulk.load(rows.select(pl.col(NUMBER).alias("number"), *_COLUMNS), "incoming_now", columns=_INCOMING)


def _unknown() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN)
        return [number for (number,) in cursor.fetchall()]


def _count() -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT)
        total, new, changed = cursor.fetchone() or (0, 0, 0)
    return Counts(new, changed, total - new - changed)


def _upsert() -> Counts:
    counts = _count()
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT)
    bulk.drop("incoming_now")
    return counts
