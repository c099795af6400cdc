"""What an import would do, without doing it. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import polars as pl

from kith.sources import file_kinds, loading, transaction_loading
from kith.sources.as_seen import Reading, ReadingOf
from kith.sources.claims import NUMBER, Claims, claims_of
from kith.sources.cleaned import clean_and_key, cleaner
from kith.sources.contacts_in import (
    cleaning_options,
    fields_of,
    fingerprint,
    without_kept_out,
    without_refused,
)
from kith.sources.file_kinds import RowsIn, ShownRow
from kith.sources.importing import open_file
from kith.sources.loading import Counts
from kith.sources.mapping import SYSTEM_REF
from kith.sources.models import Import
from kith.sources.reading import BadRow, Chunk, Table
from kith.sources.transactions_in import TransactionsIn, decimal_comma_of

ROWS: Final = 100_000
SHOWN: Final = 20
REJECTED_SHOWN: Final = 20


def _as_it_is(_field: str) -> Reading | None:
    return None


@dataclass(frozen=True, slots=True)
class UnderstoodRow:
    number: int
    system_ref: str
    values: tuple[tuple[str, str], ...]
    """Field label to what Kith reads in it; lists joined."""
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DryRun:
    counts: Counts
    rows_tried: int
    rows_total: int
    """More than `rows_tried` when only the beginning was tried."""
    understood: tuple[UnderstoodRow, ...]
    rejected: tuple[BadRow, ...]

    @property
    def is_partial(self) -> bool:
        return self.rows_tried < self.rows_total


def try_out(job: Import, *, reading_of: ReadingOf = _as_it_is) -> DryRun:
    """`reading_of`: what is stored shows too, so not even whoever brought the file reads all of it."""
    table = open_file(job)
    chunk = _beginning(table)
    tried = chunk.last_number - 1
    total = max(table.count_rows(), tried) if tried >= ROWS else tried
    if job.kind == Import.Kind.TRANSACTIONS:
        return _transactions(job, chunk, tried=tried, total=total)
    kind = file_kinds.declared(job.kind)
    if kind is not None:
        return _of_kind(kind.rows_in(job, chunk), chunk, reading_of, tried=tried, total=total)
    if job.is_of_typed_contacts:
        with cleaner(in_processes=False) as clean:
            intake = file_kinds.typed_contacts_in(job, table, clean)
            return _of_kind(intake, chunk, reading_of, tried=tried, total=total)
    options = cleaning_options(job.source)
    claims = claims_of(chunk, mapping=job.mapping, cleaned_with=fingerprint(options))
    cleaned = clean_and_key(fields_of(claims.rows), options)
    taken, kept, refused = without_refused(claims, cleaned)
    taken, kept, kept_out, _ = without_kept_out(taken, kept, job)
    rejected = (*claims.bad, *refused, *kept_out)
    frame = pl.from_arrow(kept.slice(0, SHOWN))
    assert isinstance(frame, pl.DataFrame)
    return DryRun(
        _counts(job.source_id, taken, rejected=len(rejected)),
        tried,
        total,
        tuple(_understood(taken.rows.head(SHOWN), frame, reading_of)),
        tuple(sorted(rejected, key=lambda row: row.number)[:REJECTED_SHOWN]),
    )


def _of_kind(intake: RowsIn, chunk: Chunk, reading_of: ReadingOf, *, tried: int, total: int) -> DryRun:
    prepared = intake.prepare(chunk)
    counts, rejected = intake.try_out(prepared)
    shown = [
        UnderstoodRow(one.number, one.name, _seen(one, reading_of), one.remarks) for one in prepared.shown
    ]
    return DryRun(counts, tried, total, tuple(shown), rejected[:REJECTED_SHOWN])


def _seen(row: ShownRow, reading_of: ReadingOf) -> tuple[tuple[str, str], ...]:
    told = []
    for (label, text), name in zip(row.values, row.fields or [""] * len(row.values), strict=True):
        reading = reading_of(name) if name else None
        if words := reading(text) if reading else text:
            told.append((label, words))
    return tuple(told)


def _beginning(table: Table) -> Chunk:
    """The first rows of the file as one chunk."""
    taken: list[Chunk] = []
    for chunk in table.chunks():
        taken.append(chunk)
        if chunk.last_number > ROWS:
            break
    if not taken:
        empty = pl.DataFrame(schema=dict.fromkeys(table.headers, pl.String))
        return Chunk(empty, pl.Series("number", [], pl.Int64), (), 1)
    return Chunk(
        pl.concat([chunk.rows for chunk in taken]),
        pl.concat([chunk.numbers.alias("number") for chunk in taken]),
        tuple(row for chunk in taken for row in chunk.bad),
        taken[-1].last_number,
    )


def _counts(source_id: int, claims: Claims, *, rejected: int) -> Counts:
    stored = loading.hashes_of(source_id, claims.rows[SYSTEM_REF].to_list())
    joined = claims.rows.join(stored, on=SYSTEM_REF, how="left")
    new = joined["stored_hash"].null_count()
    same = int((joined["stored_hash"] == joined["first_hash"]).sum())
    changed = joined.height - new - same
    return Counts(new, changed + claims.changed_again, same + claims.unchanged_again, rejected)


def _understood(rows: pl.DataFrame, cleaned: pl.DataFrame, reading_of: ReadingOf) -> list[UnderstoodRow]:
    named = zip(rows.iter_rows(named=True), cleaned.iter_rows(named=True), strict=True)
    return [
        UnderstoodRow(
            row[NUMBER],
            row[SYSTEM_REF],
            tuple(_shown(found, reading_of).items()),
            _remarks(row["times"], found["remarks"]),
        )
        for row, found in named
    ]


def _remarks(times: int, remarks: list[dict[str, str]]) -> tuple[str, ...]:
    again = (f"stands {times} times in the file; the last row counts",) if times > 1 else ()
    return (*again, *(f"{remark['field'].replace('_', ' ')}: {remark['reason']}" for remark in remarks))


_HIDDEN: Final = frozenset({"remarks", "refusals", "match_keys", "email_types", "phone_types"})


def _shown(found: Mapping[str, object], reading_of: ReadingOf) -> dict[str, str]:
    shown: dict[str, str] = {}
    for name, value in found.items():
        if name in _HIDDEN or name.endswith(("_key", "_keys")) or value in (None, []):
            continue
        reading = reading_of(name)
        if words := reading(_text(value)) if reading else _text(value):
            shown[name.replace("_", " ").capitalize()] = words
    return shown


def _text(value: object) -> str:
    if isinstance(value, list):
        return "; ".join(_text(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(str(part) for name, part in value.items() if part and name != "type")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return str(value)


def _transactions(job: Import, chunk: Chunk, *, tried: int, total: int) -> DryRun:
    intake = TransactionsIn(job, job.mapping, decimal_comma_of(chunk, job.mapping))
    prepared = intake.prepare(chunk)
    counts, unknown = transaction_loading.try_out(job, prepared.rows, original=prepared.original)
    rejected = (*prepared.bad, *unknown)
    shown = [
        UnderstoodRow(
            row.pop(NUMBER),
            row.pop(SYSTEM_REF),
            tuple((name.capitalize(), str(text)) for name, text in row.items() if text),
            (),
        )
        for row in prepared.rows.head(SHOWN).iter_rows(named=True)
    ]
    counts += Counts(rejected=len(rejected))
    return DryRun(counts, tried, total, tuple(shown), tuple(rejected[:REJECTED_SHOWN]))
