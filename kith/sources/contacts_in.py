"""Chunks of a contacts file into source records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa
from django.db import transaction

from kith.matching.cleaning import CLEANING_VERSION, CleaningOptions, DateOrder, JunkList
from kith.matching.cleaning.custom import CustomType
from kith.matching.keys import KEYS_VERSION
from kith.sources import loading, tombstones
from kith.sources.claims import NUMBER, Claims, claims_of, header_of
from kith.sources.cleaned import Cleaner
from kith.sources.custom_fields import shapes
from kith.sources.doors.refusing import count_stopped, refused_among
from kith.sources.loading import Counts
from kith.sources.mapping import SYSTEM_REF
from kith.sources.models import CleaningSettings, Import, SourceSystem
from kith.sources.reading import BadRow, Chunk

_NOT_CLAIMED = ("claim", "content_hash", "first_hash", "times", SYSTEM_REF, NUMBER)


def cleaning_options(source: SourceSystem) -> CleaningOptions:
    return CleaningOptions(
        default_country=source.default_country or None,
        date_order=DateOrder(source.date_order.lower()),
        junk=junk_list(),
        custom=shapes(),
    )


def fingerprint(options: CleaningOptions) -> str:
    """The same for options that clean alike. The day is left out: tomorrow's import changes nothing."""
    said = (
        CLEANING_VERSION,
        KEYS_VERSION,
        options.default_country,
        options.date_order,
        options.default_kind,
        options.junk.to_json(),
        *(shape for shape in options.custom if shape.type is not CustomType.TEXT),
    )
    return hashlib.md5(repr(said).encode(), usedforsecurity=False).hexdigest()


def junk_list() -> JunkList:
    """As edited, else as shipped."""
    row = CleaningSettings.objects.filter(pk=1).first()
    return JunkList.from_json(json.dumps(row.junk)) if row and row.junk else JunkList.default()


@dataclass(frozen=True, slots=True)
class Prepared:
    claims: Claims
    """Only the rows that may be new or changed."""
    unchanged: int
    cleaned: Future[pa.Table]
    upto: int


@dataclass(slots=True)
class ContactsIn:
    """`prepare` and `settle` take the same chunks in the same order; several may be between the two."""

    job: Import
    mapping: Mapping[str, str]
    options: CleaningOptions
    clean: Cleaner
    _cleaned_with: str = field(init=False)
    _between: list[set[str]] = field(default_factory=list)
    """System Refs of the chunks prepared and not settled: what is stored of them says nothing yet."""

    def __post_init__(self) -> None:
        self._cleaned_with = fingerprint(self.options)

    def prepare(self, chunk: Chunk) -> Prepared:
        claims = claims_of(
            chunk,
            mapping=self.mapping,
            cleaned_with=self._cleaned_with,
        )
        fresh, unchanged = self._without_unchanged(claims)
        self._between.append(set(fresh.rows[SYSTEM_REF].to_list()))
        return Prepared(fresh, unchanged, self.clean(fields_of(fresh.rows), self.options), chunk.last_number)

    def settle(self, prepared: Prepared) -> Counts:
        cleaned = prepared.cleaned.result()
        claims, cleaned, refused = without_refused(prepared.claims, cleaned)
        with transaction.atomic():
            claims, cleaned, kept_out, tombstone_ids = without_kept_out(claims, cleaned, self.job)
            count_stopped(self.job.source, tombstone_ids)
            bad = (*claims.bad, *refused, *kept_out)
            counts = loading.settle(
                self.job, claims, cleaned, bad=bad, unchanged=prepared.unchanged, upto=prepared.upto
            )
        self._between.pop(0)
        return counts

    def _without_unchanged(self, claims: Claims) -> tuple[Claims, int]:
        """Rows whose claim is stored already are done; refs that stand several times go to the database."""
        rows = claims.rows
        stored = loading.hashes_of(self.job.source_id, rows[SYSTEM_REF].to_list())
        if stored.is_empty():
            return claims, 0
        joined = rows.join(stored, on=SYSTEM_REF, how="left", maintain_order="left")
        same = (joined["stored_hash"] == joined["content_hash"]).fill_null(value=False) & (
            joined["times"] == 1
        )
        if self._between:
            same &= ~joined[SYSTEM_REF].is_in(list(set[str]().union(*self._between)))
        fresh = Claims(rows.filter(~same), claims.bad, claims.changed_again, claims.unchanged_again)
        return fresh, int(same.sum())


def without_kept_out(
    claims: Claims, cleaned: pa.Table, job: Import
) -> tuple[Claims, pa.Table, tuple[BadRow, ...], tuple[int, ...]]:
    """Whoever was deleted or anonymised becomes a rejected row, which repeats nothing of them; last, by which
    tombstones. `cleaned`: row for row with `claims`."""
    refused = refused_among(job.source, claims.rows[SYSTEM_REF].to_list(), cleaned)
    if not refused:
        return claims, cleaned, (), ()
    numbers = claims.rows[NUMBER].to_list()
    column = header_of(SYSTEM_REF, job.mapping)
    bad = tuple(BadRow(numbers[place], tombstones.REASON, column, {}) for place in sorted(refused))
    kept = pl.Series([place not in refused for place in range(len(numbers))], dtype=pl.Boolean)
    rest = Claims(claims.rows.filter(kept), claims.bad, claims.changed_again, claims.unchanged_again)
    return rest, cleaned.filter(kept.to_arrow()), bad, tuple(refused.values())


def fields_of(rows: pl.DataFrame) -> pl.DataFrame:
    """What cleaning reads; keeps its height even if no column is mapped."""
    return rows.drop([name for name in _NOT_CLAIMED if name not in {NUMBER}])


def without_refused(claims: Claims, cleaned: pa.Table) -> tuple[Claims, pa.Table, tuple[BadRow, ...]]:
    """Rows that cleaning refuses become rejected rows with their reasons."""
    refusals = cleaned.column("refusals").to_pylist()
    places = [place for place, found in enumerate(refusals) if found]
    if not places:
        return claims, cleaned, ()
    bad = []
    for place in places:
        values = claims.rows.row(place, named=True)
        shown = {name: text for name, text in values.items() if name not in _NOT_CLAIMED and text}
        reason = "; ".join(f"{item['field']}: {item['reason']}" for item in refusals[place])
        column = refusals[place][0]["field"]
        bad.append(BadRow(values[NUMBER], reason, column, {SYSTEM_REF: values[SYSTEM_REF], **shown}))
    kept = pl.Series([not found for found in refusals])
    rest = Claims(claims.rows.filter(kept), claims.bad, claims.changed_again, claims.unchanged_again)
    return rest, cleaned.filter(kept.to_arrow()), tuple(bad)
