"""Chunks of a transactions file into source transactions."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl
from babel.numbers import get_territory_currencies

from kith.matching.cleaning import DateOrder, parse_date
from kith.sources import transaction_loading
from kith.sources.amounts import plain_amounts, writes_decimal_comma
from kith.sources.claims import NO_REF, NUMBER, header_of, one_line, refused, without_blank_rows
from kith.sources.loading import Counts
from kith.sources.mapping import SYSTEM_REF, TRANSACTION_FIELDS
from kith.sources.models import Import, SourceSystem
from kith.sources.reading import BadRow, Chunk

_NO_DATE: Final = "The date is missing or cannot be read."
_NO_AMOUNT: Final = "The amount is missing or cannot be read."
_NO_CURRENCY: Final = "The currency is not a code of three letters."
_NO_SOURCE: Final = "There is no such source, or it is paused."
_LONG_REFERENCE: Final = "The reference is longer than 120 characters."


@dataclass(frozen=True, slots=True)
class PreparedTransactions:
    rows: pl.DataFrame
    original: pl.DataFrame
    bad: tuple[BadRow, ...]
    upto: int


@dataclass(slots=True)
class TransactionsIn:
    job: Import
    mapping: Mapping[str, str]
    decimal_comma: bool
    _days: dict[str, str | None] = field(default_factory=dict)
    _codes: list[str] = field(default_factory=list)

    def prepare(self, chunk: Chunk) -> PreparedTransactions:
        original = without_blank_rows(chunk)
        read = self._read(original)
        bad: list[BadRow] = list(chunk.bad)
        good = pl.repeat(value=True, n=read.height, dtype=pl.Boolean, eager=True)
        for name, mask, reason in self._faults(read):
            bad.extend(refused(original, mask & good, reason=reason, column=header_of(name, self.mapping)))
            good &= ~mask
        return PreparedTransactions(read.filter(good), original, tuple(bad), chunk.last_number)

    def settle(self, prepared: PreparedTransactions) -> Counts:
        return transaction_loading.settle(
            self.job,
            prepared.rows,
            original=prepared.original,
            bad=prepared.bad,
            ref_column=header_of(SYSTEM_REF, self.mapping),
            upto=prepared.upto,
        )

    def _read(self, rows: pl.DataFrame) -> pl.DataFrame:
        """A column per transaction field; null where it cannot be read."""
        texts = {name: self._text(rows, name) for name in TRANSACTION_FIELDS}
        country = self.job.source.default_country
        currency = (get_territory_currencies(country) or ["EUR"])[0] if country else "EUR"
        read = pl.DataFrame(
            {
                NUMBER: rows[NUMBER],
                SYSTEM_REF: texts[SYSTEM_REF],
                "source": texts["source"].replace("", self.job.source.code),
                "date": pl.Series([self._day(text) for text in texts["date"].to_list()], dtype=pl.String),
                "amount": plain_amounts(texts["amount"], decimal_comma=self.decimal_comma),
                "currency": texts["currency"].str.to_uppercase().replace("", currency),
                "kind": texts["kind"].str.slice(0, 40),
                "description": texts["description"].str.slice(0, 300),
                "reference": texts["reference"],
            }
        )
        return read.with_columns(pl.Series("reference", _references(read), pl.String))

    def _text(self, rows: pl.DataFrame, name: str) -> pl.Series:
        header = header_of(name, self.mapping)
        if not header:
            return pl.repeat("", rows.height, dtype=pl.String, eager=True)
        return one_line(rows[header])

    def _day(self, text: str) -> str | None:
        if text not in self._days:
            day = parse_date(text, order=DateOrder(self.job.source.date_order.lower()))
            self._days[text] = day.isoformat() if day else None
        return self._days[text]

    def _sources(self) -> list[str]:
        """A file may hold the transactions of several sources."""
        if not self._codes:
            self._codes.extend(SourceSystem.objects.filter(paused_at=None).values_list("code", flat=True))
        return self._codes

    def _faults(self, read: pl.DataFrame) -> list[tuple[str, pl.Series, str]]:
        return [
            (SYSTEM_REF, read[SYSTEM_REF] == "", NO_REF),
            ("source", ~read["source"].is_in(self._sources()), _NO_SOURCE),
            ("date", read["date"].is_null(), _NO_DATE),
            ("amount", read["amount"].is_null(), _NO_AMOUNT),
            ("currency", ~read["currency"].str.contains("^[A-Z]{3}$"), _NO_CURRENCY),
            ("reference", read["reference"].str.len_chars() > 120, _LONG_REFERENCE),
        ]


def decimal_comma_of(first: Chunk | None, mapping: Mapping[str, str]) -> bool:
    """Decided once per file, on its first chunk."""
    header = header_of("amount", mapping)
    return first is not None and bool(header) and writes_decimal_comma(first.rows[header].to_list())


def _references(read: pl.DataFrame) -> list[str]:
    """The source's own, else a hash of everything the row says: sent again it is the same transaction."""
    said = ["source", SYSTEM_REF, "date", "amount", "currency", "kind", "description"]
    return [
        own or hashlib.md5("\x1f".join(map(str, rest)).encode(), usedforsecurity=False).hexdigest()
        for own, *rest in read.select("reference", *said).iter_rows()
    ]
