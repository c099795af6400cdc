"""Chunks of such a file into PostgreSQL: read as columns, then SQL, a chunk in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, cast

import polars as pl
from babel.numbers import get_territory_currencies
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from kith import bulk
from kith.access.actors import IMPORTER
from kith.audit import journal
from kith.matching.cleaning import DateOrder, parse_date
from kith.sources import loading
from kith.sources.amounts import plain_amounts, writes_decimal_comma
from kith.sources.claims import NUMBER, header_of, one_line, refused, without_blank_rows
from kith.sources.doors import lock
from kith.sources.file_kinds import PreparedRows, ShownRow
from kith.sources.loading import Counts
from kith.sources.models import Import
from kith.sources.reading import BadRow, Chunk

SHOWN: Final = 20
_YES: Final = frozenset({"yes", "y", "true", "1", "x", "ja", "oui", "si", "ναι", "unbilled"})
_NO: Final = frozenset({"", "no", "n", "false", "0", "nein", "non", "οχι", "όχι", "billed"})

Fault = tuple[str, pl.Series, str]
"""Field, where, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One kind of file. The SQL reads `incoming_now`, whose columns are those of `columns`."""

    fields: tuple[str, ...]
    columns: Mapping[str, str]
    """PostgreSQL types; the first is what the planner learns about."""
    key: tuple[str, ...]
    """What names a row: of several in one chunk the last counts."""
    name: str
    """The column by which a row is shown."""
    read: Callable[[Reader], pl.DataFrame]
    """A column per column, null where a value cannot be read."""
    faults: Callable[[pl.DataFrame], list[Fault]]
    locks: str
    """Locks what the rows would change, by id."""
    refuses: str
    """number, field, reason of rows that do not fit what is stored; takes the source."""
    counts: str
    """All, new and changed; takes the source."""
    writes: str
    """Takes the source."""
    strays: str = ""
    """How many new ones go to the Suspense Account; takes the source."""
    of_erased: frozenset[str] = frozenset()
    """Reasons for which nothing of a row is repeated: it is of somebody who was anonymised."""


@dataclass(slots=True)
class Reader:
    """The values of one chunk, by field."""

    rows: pl.DataFrame
    mapping: Mapping[str, str]
    job: Import
    decimal_comma: bool
    days: dict[str, str | None]

    @property
    def numbers(self) -> pl.Series:
        return self.rows[NUMBER]

    @property
    def currency(self) -> str:
        """Of the source's country."""
        country = self.job.source.default_country
        return (get_territory_currencies(country) or ["EUR"])[0] if country else "EUR"

    def text(self, name: str, *, most: int | None = None) -> pl.Series:
        header = header_of(name, self.mapping)
        if not header:
            return pl.repeat("", self.rows.height, dtype=pl.String, eager=True)
        found = one_line(self.rows[header])
        return found if most is None else found.str.slice(0, most)

    def word(self, name: str) -> pl.Series:
        return self.text(name).str.to_lowercase()

    def day(self, name: str) -> pl.Series:
        return pl.Series([self._day(text) for text in self.text(name).to_list()], dtype=pl.String)

    def amount(self, name: str) -> pl.Series:
        return plain_amounts(self.text(name), decimal_comma=self.decimal_comma)

    def flag(self, name: str) -> pl.Series:
        words = self.word(name)
        read = [True if word in _YES else (False if word in _NO else None) for word in words.to_list()]
        return pl.Series(read, dtype=pl.Boolean)

    def _day(self, text: str) -> str | None:
        if text not in self.days:
            day = parse_date(text, order=DateOrder(self.job.source.date_order.lower()))
            self.days[text] = day.isoformat() if day else None
        return self.days[text]


@dataclass(frozen=True, slots=True)
class Prepared:
    rows: pl.DataFrame
    original: pl.DataFrame
    bad: tuple[BadRow, ...]
    upto: int
    name: str

    @property
    def shown(self) -> Sequence[ShownRow]:
        return [
            ShownRow(
                int(row[NUMBER]),
                str(row[self.name]),
                tuple(
                    (column.replace("_", " ").capitalize(), _said(value))
                    for column, value in row.items()
                    if column not in {NUMBER, self.name} and value not in (None, "")
                ),
            )
            for row in self.rows.head(SHOWN).iter_rows(named=True)
        ]


def _said(value: object) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


@dataclass(slots=True)
class TableIn:
    """A `kith.sources.file_kinds.RowsIn`."""

    job: Import
    table: Table
    decimal_comma: bool
    _days: dict[str, str | None] = field(default_factory=lambda: {"": None})

    def prepare(self, chunk: Chunk) -> PreparedRows:
        original = without_blank_rows(chunk)
        reader = Reader(original, self.job.mapping, self.job, self.decimal_comma, self._days)
        read = self.table.read(reader).with_columns(reader.numbers)
        bad: list[BadRow] = list(chunk.bad)
        good = pl.repeat(value=True, n=read.height, dtype=pl.Boolean, eager=True)
        for name, mask, reason in self.table.faults(read):
            column = header_of(name, self.job.mapping)
            bad.extend(refused(original, mask & good, reason=reason, column=column))
            good &= ~mask
        kept = read.filter(good)
        return Prepared(kept, original, tuple(bad), chunk.last_number, self.table.name)

    def settle(self, prepared: PreparedRows) -> Counts:
        rows = cast(Prepared, prepared)
        with transaction.atomic():
            loading.tune()
            counts, bad = self._taken(rows, is_kept=True)
            loading.keep_rejected(self.job, bad)
            loading.advance(self.job, counts, upto=rows.upto)
        return counts

    def try_out(self, prepared: PreparedRows) -> tuple[Counts, tuple[BadRow, ...]]:
        with transaction.atomic():
            return self._taken(cast(Prepared, prepared), is_kept=False)

    def _taken(self, prepared: Prepared, *, is_kept: bool) -> tuple[Counts, tuple[BadRow, ...]]:
        last = prepared.rows.unique(list(self.table.key), keep="last", maintain_order=True)
        columns = {"number": "bigint", **self.table.columns}
        bulk.load(last.rename({NUMBER: "number"}), "incoming_now", columns=columns)
        names = {"source": self.job.source_id}
        with connection.cursor() as cursor:
            lock.shared()
            cursor.execute(self.table.locks)
            cursor.execute(self.table.refuses, names)
            unfit = cursor.fetchall()
            cursor.execute(
                "DELETE FROM incoming_now WHERE number = ANY(%s)", [[number for number, _, _ in unfit]]
            )
            cursor.execute(self.table.counts, names)
            total, new, changed = cursor.fetchone() or (0, 0, 0)
            if is_kept:
                self._note_strays(cursor, names)
                cursor.execute(self.table.writes, names)
        bulk.drop("incoming_now")
        bad = (*prepared.bad, *self._unfit(prepared.original, unfit))
        same = total - new - changed + prepared.rows.height - last.height
        return Counts(new, changed, same, len(bad)), bad

    def _note_strays(self, cursor: CursorWrapper, names: Mapping[str, int]) -> None:
        if not self.table.strays:
            return
        cursor.execute(self.table.strays, names)
        caught = int(cursor.fetchall()[0][0])
        if caught:
            journal.record(
                "StrayMoneyCaught",
                by=IMPORTER,
                subject_type="import",
                subject_id=self.job.pk,
                detail={"transactions": caught},
            )

    def _unfit(self, original: pl.DataFrame, unfit: list[tuple[int, str, str]]) -> tuple[BadRow, ...]:
        found: list[BadRow] = []
        for name, reason in dict.fromkeys((name, reason) for _, name, reason in unfit):
            numbers = [number for number, *why in unfit if tuple(why) == (name, reason)]
            mask = original[NUMBER].is_in(numbers)
            column = header_of(name, self.job.mapping)
            if reason in self.table.of_erased:
                found.extend(BadRow(number, reason, column, {}) for number in numbers)
            else:
                found.extend(refused(original, mask, reason=reason, column=column))
        return tuple(found)


def table_in(table: Table, *, amount: str) -> Callable[[Import, Chunk | None], TableIn]:
    """`amount`: the field by which it is told, once per file, how numbers are written."""

    def make(job: Import, first: Chunk | None) -> TableIn:
        header = header_of(amount, job.mapping)
        comma = first is not None and bool(header) and writes_decimal_comma(first.rows[header].to_list())
        return TableIn(job, table, comma)

    return make


def made_references(given: pl.Series, said: pl.DataFrame) -> pl.Series:
    """The row's own reference, else a hash of everything it says: sent again it is the same row."""
    made = [
        own or hashlib.md5("\x1f".join(map(str, rest)).encode(), usedforsecurity=False).hexdigest()
        for own, rest in zip(given.to_list(), said.iter_rows(), strict=True)
    ]
    return pl.Series(made, dtype=pl.String)
