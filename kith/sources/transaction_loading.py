"""Transactions into PostgreSQL, a chunk in one transaction. Called only by `transactions_in`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Final

import polars as pl
import pyarrow as pa
from adbc_driver_postgresql import dbapi as adbc
from django.db import connection, transaction

from kith.sources import loading
from kith.sources.claims import NUMBER, header_of, refused
from kith.sources.loading import Counts
from kith.sources.mapping import SYSTEM_REF
from kith.sources.models import Import
from kith.sources.reading import BadRow

_COLUMNS: Final = ("source", SYSTEM_REF, "date", "amount", "currency", "kind", "description", "reference")
_UNKNOWN_REF: Final = "The source has no such System Ref."
_VALUES: Final = "r.id, s.date::date, s.amount::numeric(16, 2), s.currency, s.kind, s.description"
_ROWS: Final = """
FROM "{staging}" s LEFT JOIN sources_sourcesystem o ON o.code = s.source
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
    bulk: adbc.Connection,
    rows: pl.DataFrame,
    *,
    original: pl.DataFrame,
    bad: Sequence[BadRow],
    ref_column: str,
    upto: int,
) -> Counts:
    """`original`: the rows as received, for those whose System Ref turns out unknown."""
    last = rows.unique(["source", "reference"], keep="last", maintain_order=True)
    staging = _fill(bulk, job.pk, last)
    with transaction.atomic():
        loading.tune()
        unknown = _unknown(staging)
        mask = original[NUMBER].is_in(unknown)
        rejected = (*bad, *refused(original, mask, reason=_UNKNOWN_REF, column=ref_column))
        counts = _upsert(staging)
        counts += Counts(unchanged=rows.height - last.height, rejected=len(rejected))
        loading.keep_rejected(job, rejected)
        loading.advance(job, counts, upto=upto)
    return counts


def try_out(job: Import, rows: pl.DataFrame, *, original: pl.DataFrame) -> tuple[Counts, tuple[BadRow, ...]]:
    """Counts without the rejected rows, and the rows of unknown System Refs. Stores nothing that stays."""
    last = rows.unique(["source", "reference"], keep="last", maintain_order=True)
    with loading.bulk_connection() as bulk:
        staging = _fill(bulk, job.pk, last)
    unknown = _unknown(staging)
    counts = _count(staging)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP TABLE "{staging}"')
    bad = refused(
        original,
        original[NUMBER].is_in(unknown),
        reason=_UNKNOWN_REF,
        column=header_of(SYSTEM_REF, job.mapping),
    )
    return counts + Counts(unchanged=rows.height - last.height), bad


def _fill(bulk: adbc.Connection, import_id: int, rows: pl.DataFrame) -> str:
    name = f"{loading.staging_prefix(import_id)}{uuid.uuid4().hex[:12]}"
    table = rows.select(pl.col(NUMBER).alias("number"), *_COLUMNS).to_arrow()
    texts = pa.schema([("number", pa.int64()), *((column, pa.string()) for column in _COLUMNS)])
    columns = ", ".join(f"{column} text" for column in _COLUMNS)
    with bulk.cursor() as cursor:
        cursor.execute(f'CREATE UNLOGGED TABLE "{name}" (number bigint, {columns})')
        cursor.adbc_ingest(name, table.cast(texts), mode="append")
    bulk.commit()
    return name


def _unknown(staging: str) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_UNKNOWN.format(staging=staging))
        return [number for (number,) in cursor.fetchall()]


def _count(staging: str) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(staging=staging))
        total, new, changed = cursor.fetchone() or (0, 0, 0)
    return Counts(new, changed, total - new - changed)


def _upsert(staging: str) -> Counts:
    counts = _count(staging)
    with connection.cursor() as cursor:
        cursor.execute(_UPSERT.format(staging=staging))
        cursor.execute(f'DROP TABLE "{staging}"')
    return counts
