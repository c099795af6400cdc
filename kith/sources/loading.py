"""Cleaned chunks into PostgreSQL: Arrow into an unlogged table, then SQL in one transaction per chunk.

Called only by `importing`. The new table is filled on a connection of its own and committed; whatever is
killed meanwhile leaves at most that table behind, which the next try of the import drops.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlencode

import polars as pl
import pyarrow as pa
from adbc_driver_postgresql import dbapi as adbc
from django.db import connection, transaction

from kith.matching.records import CLEANED
from kith.sources.claims import Claims
from kith.sources.mapping import SYSTEM_REF
from kith.sources.models import Import, RejectedRow
from kith.sources.reading import BadRow

REJECTED_KEPT: Final = 100_000
"""Rejected rows stored per import; beyond them only the count goes on."""

_DOCUMENTS: Final = ("addresses", "remarks")
_PLAIN: Final = (
    *(field.name for field in CLEANED if field.name not in {*_DOCUMENTS, "refusals"}),
    "match_keys",
)


@dataclass(frozen=True, slots=True)
class Counts:
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.new + other.new,
            self.changed + other.changed,
            self.unchanged + other.unchanged,
            self.rejected + other.rejected,
        )


@contextmanager
def bulk_connection() -> Iterator[adbc.Connection]:
    with adbc.connect(_as_uri()) as bulk:
        yield bulk


def _as_uri() -> str:
    own = connection.settings_dict
    named = {"host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    query = {name: str(own[key]) for name, key in named.items() if own[key]}
    return f"postgresql:///{quote(str(own['NAME']))}?{urlencode(query, quote_via=quote)}"


def staging_prefix(import_id: int) -> str:
    return f"sources_staging_{import_id}_"


def drop_left_over(import_id: int) -> None:
    """Staging tables of a killed try."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables"
            " WHERE schemaname = current_schema() AND starts_with(tablename, %s)",
            [staging_prefix(import_id)],
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TABLE IF EXISTS "{name}"')


def hashes_of(source_id: int, refs: Sequence[str]) -> pl.DataFrame:
    """system_ref and stored_hash (hex; '' of a record that is gone) of what is stored."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT system_ref, CASE WHEN gone_at IS NULL THEN replace(content_hash::text, '-', '')"
            " ELSE '' END FROM sources_sourcerecord"
            " WHERE source_id = %s AND system_ref = ANY(%s)",
            [source_id, list(refs)],
        )
        rows = cursor.fetchall()
    return pl.DataFrame(rows, schema={SYSTEM_REF: pl.String, "stored_hash": pl.String}, orient="row")


def staged(claims: pl.DataFrame, cleaned: pa.Table) -> pa.Table:
    """Columns as the staging table has them; `cleaned` row for row with `claims`."""
    frame = pl.from_arrow(cleaned.select([*_DOCUMENTS]))
    assert isinstance(frame, pl.DataFrame)
    documents = frame.select(pl.struct(_DOCUMENTS).struct.json_encode()).to_series()
    own = claims.select(SYSTEM_REF, "claim", "content_hash", "first_hash", "times").to_arrow()
    table = own.append_column("documents", documents.to_arrow())
    for name in _PLAIN:
        table = table.append_column(name, cleaned.column(name))
    return table.cast(_plain_text(table.schema))


def _plain_text(schema: pa.Schema) -> pa.Schema:
    """Polars' string views as the strings that the driver knows."""
    return pa.schema(
        [
            pa.field(f.name, pa.string())
            if pa.types.is_string_view(f.type) or pa.types.is_large_string(f.type)
            else f
            for f in schema
        ]
    )


def fill_staging(bulk: adbc.Connection, import_id: int, rows: pa.Table) -> str:
    """Write `rows` to a new unlogged table and commit; its name."""
    name = f"{staging_prefix(import_id)}{uuid.uuid4().hex[:12]}"
    with bulk.cursor() as cursor:
        cursor.execute(f'CREATE UNLOGGED TABLE "{name}" AS {_SHAPE} WITH NO DATA')
        cursor.adbc_ingest(name, rows, mode="append")
    bulk.commit()
    return name


_SHAPE: Final = (
    "SELECT system_ref::text, ''::text AS claim, ''::text AS content_hash, ''::text AS first_hash,"
    f" 0::int AS times, ''::text AS documents, {', '.join(_PLAIN)} FROM sources_sourcerecord"
)

_COUNT: Final = """
SELECT count(*) FILTER (WHERE r.id IS NULL),
       count(*) FILTER (
           WHERE r.id IS NOT NULL AND (r.content_hash <> s.first_hash::uuid OR r.gone_at IS NOT NULL))
FROM "{staging}" s LEFT JOIN sources_sourcerecord r ON r.source_id = %s AND r.system_ref = s.system_ref
"""

_UPSERT: Final = f"""
INSERT INTO sources_sourcerecord AS r
    (source_id, system_ref, claim, content_hash, addresses, remarks, {", ".join(_PLAIN)})
SELECT %s, system_ref, claim::jsonb, content_hash::uuid, (documents::jsonb)->'addresses',
       (documents::jsonb)->'remarks', {", ".join(_PLAIN)}
FROM "{{staging}}"
ON CONFLICT (source_id, system_ref) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in ("claim", "content_hash", *_DOCUMENTS, *_PLAIN))},
    received_at = now(), gone_at = NULL
WHERE r.content_hash <> excluded.content_hash OR r.gone_at IS NOT NULL
"""


def tune() -> None:
    """For the running transaction: fewer merges of the match-key index, no wait for the disk.

    A crash of the database may lose the last chunks whole, with their row count: they are done again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
        cursor.execute("SET LOCAL work_mem = '64MB'")


@transaction.atomic
def settle(
    job: Import, claims: Claims, *, staging: str | None, bad: Sequence[BadRow], unchanged: int, upto: int
) -> Counts:
    """Everything that one chunk changes, with how far the import is."""
    tune()
    counts = Counts(
        changed=claims.changed_again, unchanged=claims.unchanged_again + unchanged, rejected=len(bad)
    )
    if staging is not None:
        counts += _upsert(job.source_id, staging)
    keep_rejected(job, bad)
    advance(job, counts, upto=upto)
    return counts


def _upsert(source_id: int, staging: str) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(_COUNT.format(staging=staging), [source_id])
        new, changed = cursor.fetchone() or (0, 0)
        cursor.execute(f'SELECT count(*) FROM "{staging}"')
        (total,) = cursor.fetchone() or (0,)
        cursor.execute(_UPSERT.format(staging=staging), [source_id])
        cursor.execute(f'DROP TABLE "{staging}"')
    return Counts(new, changed, total - new - changed)


def keep_rejected(job: Import, bad: Sequence[BadRow]) -> None:
    room = max(REJECTED_KEPT - job.rejected_count, 0)
    RejectedRow.objects.bulk_create(
        [
            RejectedRow(
                import_file=job,
                row_number=row.number,
                column=row.column[:200],
                reason=row.reason[:300],
                values=dict(row.values),
            )
            for row in sorted(bad, key=lambda row: row.number)[:room]
        ],
        batch_size=5_000,
    )


def advance(job: Import, counts: Counts, *, upto: int) -> None:
    """`upto`: the row number settled; row 1 is the header."""
    job.rows_done = upto - 1
    job.new_count += counts.new
    job.changed_count += counts.changed
    job.unchanged_count += counts.unchanged
    job.rejected_count += counts.rejected
    job.save(update_fields=["rows_done", "new_count", "changed_count", "unchanged_count", "rejected_count"])


def stage_refs(bulk: adbc.Connection, import_id: int, rows: pa.Table) -> str:
    """`rows` has the one column system_ref; the name of the table made of it."""
    name = f"{staging_prefix(import_id)}{uuid.uuid4().hex[:12]}"
    with bulk.cursor() as cursor:
        cursor.execute(f'CREATE UNLOGGED TABLE "{name}" (system_ref text)')
        cursor.adbc_ingest(name, rows, mode="append")
        cursor.execute(f'ANALYZE "{name}"')
    bulk.commit()
    return name


def plan_gone(job: Import, present: str) -> tuple[int, int]:
    """How many records the source has, and how many of them `present` (a staging table) does not name."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE NOT EXISTS"
            f' (SELECT 1 FROM "{present}" p WHERE p.system_ref = r.system_ref))'
            " FROM sources_sourcerecord r WHERE r.source_id = %s AND r.gone_at IS NULL",
            [job.source_id],
        )
        total, gone = cursor.fetchone() or (0, 0)
    return total, gone


def mark_gone(job: Import, present: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sources_sourcerecord r SET gone_at = now()"
            " WHERE r.source_id = %s AND r.gone_at IS NULL AND NOT EXISTS"
            f' (SELECT 1 FROM "{present}" p WHERE p.system_ref = r.system_ref)',
            [job.source_id],
        )
        marked = int(cursor.rowcount)
        cursor.execute(f'DROP TABLE "{present}"')
    return marked


def begin(job: Import, *, rows_total: int, at: datetime) -> None:
    job.state = Import.State.RUNNING
    job.rows_total = max(rows_total, job.rows_done)
    job.started_at = job.started_at or at
    job.error = ""
    job.save(update_fields=["state", "rows_total", "started_at", "error"])


def end(job: Import, state: Import.State, *, at: datetime, error: str = "") -> None:
    """By the key alone: after a lost connection nothing in memory is to be trusted."""
    Import.objects.filter(pk=job.pk).update(state=state, finished_at=at, error=error[:500])
    job.refresh_from_db()


def note_totals(job: Import, *, gone: int) -> None:
    """The file is read to its end: the estimate of its rows gives way to their number."""
    job.rows_total = job.rows_done
    job.gone_count = gone
    job.save(update_fields=["rows_total", "gone_count"])
