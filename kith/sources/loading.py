"""Cleaned chunks into PostgreSQL: into a temporary table, then SQL, all in one transaction per chunk.

Called only by `importing` and `recleaning`. A kill leaves nothing behind but the chunks that are settled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl
import pyarrow as pa
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count
from django.utils.module_loading import import_string

from kith import bulk
from kith.kernel import clock
from kith.matching.records import ADDRESS_DETAILS, ADDRESS_LINES, CLEANED
from kith.sources import changes, past_claims
from kith.sources.claims import Claims
from kith.sources.doors import lock
from kith.sources.doors.refusing import silenced
from kith.sources.mapping import SYSTEM_REF
from kith.sources.models import LOCAL, Import, ImportedRow, RejectedRow, SourceSystem
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


def staged(claims: pl.DataFrame, cleaned: pa.Table) -> pl.DataFrame:
    """The columns of `_INCOMING`; `cleaned` row for row with `claims`."""
    frame = pl.from_arrow(cleaned)
    assert isinstance(frame, pl.DataFrame)
    own = claims.select(SYSTEM_REF, "claim", "content_hash", "first_hash")
    return pl.concat([own, _documents(frame), frame.select(_PLAIN)], how="horizontal")


def _documents(frame: pl.DataFrame) -> pl.DataFrame:
    """Addresses keep only the details they have: most have none."""
    details = pl.DataFrame({"one": frame["addresses"].explode()}).unnest("one").select(ADDRESS_DETAILS)
    if all(details[part].null_count() == details.height for part in ADDRESS_DETAILS):
        frame = frame.with_columns(pl.col("addresses").cast(_ADDRESSES_OF_LINES))
        return frame.select(pl.struct(_DOCUMENTS).struct.json_encode().alias("documents"))
    encoded = frame.select(pl.struct(_DOCUMENTS).struct.json_encode().alias("documents"))
    return encoded.with_columns(pl.col("documents").str.replace_all(_NO_DETAIL, ""))


_ADDRESSES_OF_LINES: Final = pl.List(pl.Struct(dict.fromkeys(("type", *ADDRESS_LINES), pl.String())))
_NO_DETAIL: Final = f',"({"|".join(ADDRESS_DETAILS)})":null'
"""In JSON a quotation mark inside a text never follows a comma unescaped, so no text is taken for this."""


_ARRAYS: Final = {"match_keys": "bigint"} | {
    field.name: "text" for field in CLEANED if pa.types.is_list(field.type) and field.name in _PLAIN
}
"""Element type of the lists, which travel as text."""
_ODD_TYPES: Final = {
    "content_hash": "uuid",
    "first_hash": "uuid",
    "birth_date": "date",
    "id_number_expires": "date",
    "passport_expires": "date",
    "established_on": "date",
    "employees": "integer",
    "custom": "jsonb",
    "direct_marketing": "boolean",
    "affiliate_marketing": "boolean",
    "claimed_at": "timestamptz",
    "source_created_at": "timestamptz",
}
_INCOMING: Final = {
    name: _ODD_TYPES.get(name, "text")
    for name in (SYSTEM_REF, "claim", "content_hash", "first_hash", "documents", *_PLAIN)
}
_VALUES: Final = ", ".join(bulk.opened(name, _ARRAYS[name]) if name in _ARRAYS else name for name in _PLAIN)

_COUNT: Final = """
SELECT count(*), count(*) FILTER (WHERE r.id IS NULL),
       count(*) FILTER (
           WHERE r.id IS NOT NULL AND (r.content_hash <> s.first_hash OR r.gone_at IS NOT NULL))
FROM incoming_now s LEFT JOIN sources_sourcerecord r ON r.source_id = %s AND r.system_ref = s.system_ref
"""

# People edit typed claims at the same time. The merging statement has to see what they wrote, or it would
# keep the claim before theirs. Nobody else writes into another source while its import runs.
_LOCK_TYPED: Final = """
SELECT count(*) FROM (
    SELECT r.id FROM incoming_now s
    JOIN sources_sourcerecord r ON r.source_id = %s AND r.system_ref = s.system_ref
    ORDER BY r.id FOR UPDATE OF r
) locked
"""
_MERGE: Final = f"""
INSERT INTO sources_sourcerecord AS r
    (source_id, system_ref, claim, content_hash, addresses, remarks, {", ".join(_PLAIN)})
SELECT %s, system_ref, claim::jsonb, content_hash, (documents::jsonb)->'addresses',
       (documents::jsonb)->'remarks', {_VALUES}
FROM incoming_now
ON CONFLICT (source_id, system_ref) DO UPDATE SET
    {", ".join(f"{name} = excluded.{name}" for name in ("claim", "content_hash", *_DOCUMENTS, *_PLAIN))},
    received_at = now(), gone_at = NULL
WHERE r.content_hash <> excluded.content_hash OR r.gone_at IS NOT NULL
RETURNING r.id, r.content_hash, r.claim
"""
_BEFORE: Final = """
SELECT r.id, r.content_hash, r.match_keys
FROM incoming_now s JOIN sources_sourcerecord r ON r.source_id = %s AND r.system_ref = s.system_ref
"""
_NEW_OR_CHANGED: Final = """
SELECT merged.id, coalesce(before.match_keys, '{}') FROM merged LEFT JOIN before USING (id)
WHERE before.content_hash IS DISTINCT FROM merged.content_hash ORDER BY merged.id
"""
_UPSERT: Final = f"""
WITH before AS MATERIALIZED ({_BEFORE}), merged AS ({_MERGE}), kept AS ({past_claims.KEEP_MERGED})
{changes.noting(_NEW_OR_CHANGED)}
"""
"""The claims, those they replace, and the note of which they are, for matching. One that only came back is
no change."""


def tune() -> None:
    """For the running transaction: fewer merges of the match-key index, no wait for the disk.

    A crash of the database may lose the last chunks whole, with their row count: they are done again.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute("SET LOCAL gin_pending_list_limit = '64MB'")
        cursor.execute("SET LOCAL work_mem = '64MB'")


_KNOWN_ROWS: Final = "SELECT reltuples FROM pg_class WHERE oid = 'sources_sourcerecord'::regclass"


def learn_size(job: Import) -> None:
    """Tell the planner, where it knows of less than half of the rows. Until it does, looking up the System
    Refs of a chunk reads the whole source: for a million rows 20 times a million.
    """
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_ROWS)
        (known,) = cursor.fetchall()[0]
        if job.new_count > 2 * max(known, 0):
            cursor.execute("ANALYZE sources_sourcerecord (source_id, system_ref)")


def tidy_keys() -> None:
    """New match keys wait in a list that every look-up by key reads through: half a second for a million."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('source_record_by_match_key')")


@transaction.atomic
def settle(
    job: Import, claims: Claims, cleaned: pa.Table, *, bad: Sequence[BadRow], unchanged: int, upto: int
) -> Counts:
    """Everything that one chunk changes, with how far the import is. `cleaned` row for row with `claims`."""
    tune()
    counts = Counts(
        changed=claims.changed_again, unchanged=claims.unchanged_again + unchanged, rejected=len(bad)
    )
    if claims.rows.height:
        counts += upsert(job.source, staged(claims.rows, cleaned))
    keep_rejected(job, bad)
    advance(job, counts, upto=upto)
    return counts


_AGAIN: Final = {
    "id": "bigint",
    "old_hash": "uuid",
    "content_hash": "uuid",
    "keeps_time": "boolean",
    "documents": "text",
    **{name: _INCOMING[name] for name in _PLAIN},
}
_CLEANED_NOW: Final = {
    "addresses": "(s.documents::jsonb)->'addresses'",
    "remarks": "(s.documents::jsonb)->'remarks'",
    **{name: bulk.opened(f"s.{name}", _ARRAYS[name]) if name in _ARRAYS else f"s.{name}" for name in _PLAIN},
    "claimed_at": "CASE WHEN s.keeps_time THEN r.claimed_at ELSE s.claimed_at END",
}
_STORED_NOW: Final = ", ".join(f"r.{name}" for name in _CLEANED_NOW)
_ARE_OTHER: Final = f"({_STORED_NOW}) IS DISTINCT FROM ({', '.join(_CLEANED_NOW.values())})"
_OF_THEM: Final = "s.id = r.id AND s.old_hash = r.content_hash"
_LOCK_AGAIN: Final = f"""
CREATE TEMPORARY TABLE other_now ON COMMIT DROP AS
SELECT r.id, r.match_keys, {_ARE_OTHER} AS is_other
FROM again_now s JOIN sources_sourcerecord r ON {_OF_THEM} ORDER BY r.id FOR UPDATE OF r
"""
_NOTE_AGAIN: Final = changes.noting("SELECT id, match_keys FROM other_now WHERE is_other ORDER BY id")
_WRITE_AGAIN: Final = f"""
UPDATE sources_sourcerecord r
SET content_hash = s.content_hash, {", ".join(f"{name} = {value}" for name, value in _CLEANED_NOW.items())}
FROM again_now s WHERE {_OF_THEM} AND (s.content_hash <> s.old_hash OR {_ARE_OTHER})
"""


@transaction.atomic
def settle_again(rows: pl.DataFrame, cleaned: pa.Table) -> int:
    """Stored claims cleaned anew; `rows`: id, old_hash, content_hash, keeps_time, row for row with `cleaned`.

    Returns how many are other now, which matching will look at. A claim that was replaced meanwhile keeps
    what it was replaced with. `keeps_time`: of typed claims, whose time is not said by the claim.
    """
    lock.shared()
    tune()
    frame = pl.from_arrow(cleaned)
    assert isinstance(frame, pl.DataFrame)
    own = rows.select("id", "old_hash", "content_hash", "keeps_time")
    bulk.load(
        pl.concat([own, _documents(frame), frame.select(_PLAIN)], how="horizontal"),
        "again_now",
        columns=_AGAIN,
    )
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_AGAIN)
        cursor.execute(_NOTE_AGAIN)
        other = int(cursor.rowcount)
        cursor.execute(_WRITE_AGAIN)
    _tell_of(rows["id"].to_list)
    bulk.drop("again_now", "other_now")
    return other


def upsert(source: SourceSystem, rows: pl.DataFrame) -> Counts:
    """`rows`: as `staged` makes them; in the transaction of the caller."""
    lock.shared()
    bulk.load(rows, "incoming_now", columns=_INCOMING)
    with connection.cursor() as cursor:
        if source.code == LOCAL:
            cursor.execute(_LOCK_TYPED, [source.pk])
        cursor.execute(_COUNT, [source.pk])
        total, new, changed = cursor.fetchone() or (0, 0, 0)
        cursor.execute(_UPSERT, [source.pk, source.pk])
    _tell_of(lambda: _written(source))
    bulk.drop("incoming_now")
    return Counts(new, changed, total - new - changed)


def _written(source: SourceSystem) -> Sequence[int]:
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, [source.pk])
        return [pk for (pk,) in cursor.fetchall()]


_WRITTEN: Final = """
SELECT r.id FROM incoming_now s
JOIN sources_sourcerecord r ON r.source_id = %s AND r.system_ref = s.system_ref
"""


def _tell_of(record_ids: Callable[[], Sequence[int]]) -> None:
    """The rooms above, in the transaction that wrote these claims."""
    claims_written: Callable[[Callable[[], Sequence[int]]], int] = import_string(settings.KITH_CLAIMS_WRITTEN)
    claims_written(record_ids)


# `+ 0`: by the index of the record. The planner, which knows nothing of claims replaced a moment ago, would
# look for the greatest id by walking back through the ids of all.
_KEEP_OUTCOMES: Final = """
INSERT INTO sources_importedrow
    (import_file_id, row_number, record_id, outcome, content_hash, past_claim_id, undone, kept_because)
SELECT %s, o.row_number, r.id, o.outcome, r.content_hash, CASE o.outcome WHEN 'updated' THEN
    (SELECT max(p.id + 0) FROM sources_pastclaim p WHERE p.record_id = r.id) END, '', ''
FROM outcomes_now o JOIN sources_sourcerecord r ON r.source_id = %s AND r.system_ref = o.system_ref
ORDER BY o.row_number
"""


def keep_outcomes(job: Import, outcomes: pl.DataFrame) -> None:
    """`outcomes`: row_number, system_ref, outcome, after the claims were written in this transaction."""
    columns = {SYSTEM_REF: "text", "row_number": "bigint", "outcome": "text"}
    bulk.load(outcomes, "outcomes_now", columns=columns)
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_OUTCOMES, [job.pk, job.source_id])
    bulk.drop("outcomes_now")


def keep_imported(reasons: Mapping[int, str]) -> None:
    """Rows of an import (their ids) that stay though it is undone, and why."""
    by_reason: dict[str, list[int]] = {}
    for row_id, reason in reasons.items():
        by_reason.setdefault(reason, []).append(row_id)
    for reason, ids in by_reason.items():
        ImportedRow.objects.filter(pk__in=ids).update(undone=ImportedRow.Undone.KEPT, kept_because=reason)


def mark_imported(row_ids: Sequence[int], undone: ImportedRow.Undone) -> None:
    ImportedRow.objects.filter(pk__in=row_ids).update(undone=undone)


def note_undone(job: Import) -> None:
    rows = job.outcomes.values("undone").annotate(number=Count("pk")).values_list("undone", "number")
    found = dict(rows)
    job.undone_at = clock.now()
    job.undone_created = found.get(ImportedRow.Undone.GONE, 0)
    job.undone_updated = found.get(ImportedRow.Undone.BACK, 0)
    job.undo_kept = found.get(ImportedRow.Undone.KEPT, 0)
    job.save(update_fields=["undone_at", "undone_created", "undone_updated", "undo_kept"])


def stop_undoing(job: Import) -> None:
    """Cancelled: what is taken back stays so, and it can be asked for again."""
    Import.objects.filter(pk=job.pk).update(undo_asked_at=None)


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
            for row in silenced(job, sorted(bad, key=lambda row: row.number)[:room])
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


def hold_present(refs: pl.Series) -> None:
    """The System Refs of the whole file, for `plan_gone` and `mark_gone` in this transaction."""
    # Numbered: in a table of one column the text \. alone on its line would end the COPY.
    rows = pl.DataFrame({SYSTEM_REF: refs}).with_row_index("number")
    bulk.load(rows, "present_now", columns={"number": "bigint", SYSTEM_REF: "text"})


def plan_gone(job: Import) -> tuple[int, int]:
    """How many records the source has, and how many of them the file does not name."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE NOT EXISTS"
            " (SELECT 1 FROM present_now p WHERE p.system_ref = r.system_ref))"
            " FROM sources_sourcerecord r WHERE r.source_id = %s AND r.gone_at IS NULL",
            [job.source_id],
        )
        total, gone = cursor.fetchone() or (0, 0)
    return total, gone


def mark_gone(job: Import) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sources_sourcerecord r SET gone_at = now()"
            " WHERE r.source_id = %s AND r.gone_at IS NULL AND NOT EXISTS"
            " (SELECT 1 FROM present_now p WHERE p.system_ref = r.system_ref)",
            [job.source_id],
        )
        marked = int(cursor.rowcount)
    bulk.drop("present_now")
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
