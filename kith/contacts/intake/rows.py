"""Chunks of a file of contacts into Kith's own source (C32): a `kith.sources.file_kinds.RowsIn`.

Read and cleaned ahead of what the database settles. Settling locks what it changes and looks again: a row
whose contact somebody edited meanwhile is put together anew with what they typed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Final, cast

import polars as pl
import pyarrow as pa
from django.db import transaction

from kith.access.actors import IMPORTER
from kith.contacts import local
from kith.contacts.checks.formats import troubles
from kith.contacts.entry import Claim
from kith.contacts.intake.codes import Codes
from kith.contacts.intake.reading import (
    Columns,
    made_ref,
    repeated_codes,
    rows_of,
    said_of,
    stored_of,
)
from kith.contacts.intake.typed import Merged, Said, Stored, faults, merged
from kith.contacts.may.asking import restricted_among
from kith.contacts.settings.authorisation import authorisation_in_force
from kith.contacts.settings.formatting import formatting_in_force
from kith.kernel.clock import now
from kith.kernel.decision import sentence
from kith.matching.cleaning import CleaningOptions, dates, values
from kith.matching.cleaning.columns import CUT, NUL_REMOVED
from kith.matching.cleaning.further import NOT_OF_COMPANIES, NOT_OF_PERSONS
from kith.organisation import actions as organisation
from kith.sources import claims as claim_texts
from kith.sources import loading, tombstones
from kith.sources.claims import NUMBER
from kith.sources.cleaned import Cleaner, clean_and_key
from kith.sources.doors.refusing import count_stopped, refused_among
from kith.sources.file_kinds import PreparedRows, ShownRow
from kith.sources.loading import Counts
from kith.sources.mapping import SYSTEM_REF
from kith.sources.models import Import, ImportedRow, SourceRecord
from kith.sources.reading import BadRow, Chunk, Table

SHOWN: Final = 20
_HARMLESS: Final = frozenset(
    {values.A_PLACEHOLDER, dates.PLACEHOLDER, CUT, NUL_REMOVED, NOT_OF_COMPANIES, NOT_OF_PERSONS}
)
"""Remarks on values that say nothing, or that are kept."""
_VALUES: Final = 2_000
"""Characters of one cell that a rejected row keeps."""

Fault = tuple[str, str]
"""Claim field and sentence."""


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows that may be taken, and what cleaning makes of them, row for row."""

    rows: tuple[Merged, ...]
    cleaned: Future[pa.Table]
    faults: tuple[tuple[int, Fault], ...]
    """By row number."""


@dataclass(frozen=True, slots=True)
class Taken:
    rows: tuple[Merged, ...]
    cleaned: pa.Table
    faults: tuple[tuple[int, Fault], ...]
    remarks: Mapping[int, tuple[str, ...]]

    def only(self, wanted: Iterable[bool]) -> Taken:
        mask = list(wanted)
        rows = tuple(row for row, kept in zip(self.rows, mask, strict=True) if kept)
        return Taken(rows, self.cleaned.filter(pa.array(mask, pa.bool_())), self.faults, self.remarks)

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            (*self.rows, *other.rows),
            pa.concat_tables([self.cleaned, other.cleaned]),
            (*self.faults, *other.faults),
            {**self.remarks, **other.remarks},
        )


@dataclass(slots=True)
class Prepared:
    original: pl.DataFrame
    bad: tuple[BadRow, ...]
    judged: Judged
    upto: int
    labels: Mapping[str, str]
    _taken: Taken | None = None

    def taken(self) -> Taken:
        if self._taken is None:
            self._taken = accepted(self.judged)
        return self._taken

    @property
    def shown(self) -> Sequence[ShownRow]:
        taken = self.taken()
        return [
            ShownRow(
                row.said.number,
                "new code" if row.said.is_new_ref else row.said.ref,
                (
                    ("Becomes", str(ImportedRow.Outcome(row.outcome).label)),
                    *((self.labels.get(name, _label(name)), row.fields[name]) for name in self._order(row)),
                ),
                taken.remarks.get(row.said.number, ()),
                fields=("", *self._order(row)),
            )
            for row in taken.rows[:SHOWN]
        ]

    def _order(self, row: Merged) -> list[str]:
        """As the columns of the file, then what only Kith has."""
        known = [name for name in self.labels if name in row.fields]
        return [*known, *sorted(set(row.fields) - set(known))]


def accepted(judged: Judged) -> Taken:
    """Without the rows that cleaning refuses, or in which it cannot read what they say."""
    cleaned = judged.cleaned.result()
    refusals, remarks = (cleaned.column(name).to_pylist() for name in ("refusals", "remarks"))
    found: list[tuple[int, Fault]] = list(judged.faults)
    said: dict[int, tuple[str, ...]] = {}
    for place, row in enumerate(judged.rows):
        number = row.said.number
        wrong = [(one["field"], one["reason"]) for one in refusals[place]]
        wrong += [
            (one["field"], one["reason"])
            for one in remarks[place]
            if one["reason"] not in _HARMLESS and _is_lost(cleaned, place, one["field"], row)
        ]
        found += [(number, (name, f"{_label(name)}: {reason}.")) for name, reason in wrong]
        if remarks[place]:
            said[number] = tuple(f"{_label(one['field'])}: {one['reason']}" for one in remarks[place])
    failed = {number for number, _ in found}
    taken = Taken(judged.rows, cleaned, tuple(found), said)
    return taken.only(row.said.number not in failed for row in judged.rows)


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize().replace("Email", "E-mail")


def _is_lost(cleaned: pa.Table, place: int, name: str, row: Merged) -> bool:
    """Whether this row brings a value of which cleaning left nothing."""
    if row.stored is not None and row.stored.fields.get(name) == row.fields.get(name):
        return False
    if name.startswith(("email_", "phone_")):
        return True
    return name in cleaned.column_names and not cleaned.column(name)[place].is_valid


@dataclass(slots=True)
class TypedContactsIn:
    job: Import
    columns: Columns
    clean: Cleaner
    options: CleaningOptions
    codes: Codes
    repeated: Mapping[int, int]

    def prepare(self, chunk: Chunk) -> PreparedRows:
        rows = rows_of(chunk, self.columns)
        bad = list(chunk.bad)
        said = self._first_of_each(said_of(rows, self.columns), rows, bad)
        said, stored = self._with_free_codes(said)
        judged = self._judged(said, stored, self.clean)
        return Prepared(rows, tuple(bad), judged, chunk.last_number, self.columns.fields)

    def settle(self, prepared: PreparedRows) -> Counts:
        mine = cast(Prepared, prepared)
        taken = mine.taken()
        with transaction.atomic():
            loading.tune()
            taken, kept_out = self._let_in(self._as_it_stands(taken))
            taken, held = self._not_restricted(taken, mine.original)
            counts = self._written(taken)
            bad = (*self._bad(mine, taken), *kept_out, *held)
            counts += Counts(rejected=len(bad))
            loading.keep_rejected(self.job, bad)
            loading.advance(self.job, counts, upto=mine.upto)
        return counts

    def try_out(self, prepared: PreparedRows) -> tuple[Counts, tuple[BadRow, ...]]:
        mine = cast(Prepared, prepared)
        taken, held = self._not_restricted(mine.taken(), mine.original)
        bad = (*self._bad(mine, taken), *held)
        return _counted(taken.rows) + Counts(rejected=len(bad)), bad

    def _first_of_each(self, said: list[Said], rows: pl.DataFrame, bad: list[BadRow]) -> list[Said]:
        """A Contact Code stands once in a file, and never comes back once it was deleted."""
        deleted = tombstones.deleted_among(self.job.source, [one.ref for one in said if not one.is_new_ref])
        again = {
            one.number: ("system_ref", f"Row {self.repeated[one.number]} has this Contact Code already.")
            for one in said
            if one.number in self.repeated
        }
        bad += [
            BadRow(one.number, tombstones.REASON, self.columns.ref, {}) for one in said if one.ref in deleted
        ]
        bad += self._rejected(rows, again)
        return [one for one in said if one.ref not in deleted and one.number not in again]

    def _with_free_codes(self, said: list[Said]) -> tuple[list[Said], dict[str, Stored]]:
        """A code made at random is nobody's; that it is somebody's happens once in a million files."""
        stored = stored_of(self.job.source_id, [one.ref for one in said])
        while taken := [one for one in said if one.is_new_ref and one.ref in stored]:
            renamed = {one.number: made_ref() for one in taken}
            said = [_with_ref(one, renamed[one.number]) if one.number in renamed else one for one in said]
            stored |= stored_of(self.job.source_id, list(renamed.values()))
        return said, stored

    def _judged(self, said: Sequence[Said], stored: Mapping[str, Stored], clean: Cleaner) -> Judged:
        defaults = authorisation_in_force()
        formats, country = formatting_in_force(), self.job.source.default_country
        good: list[Merged] = []
        found: list[tuple[int, Fault]] = []
        for one in said:
            row = merged(one, stored.get(one.ref))
            if row.stored is None:
                row.fields.update(defaults.for_claim(row.fields))
            before = row.stored.fields if row.stored else {}
            wrong = [
                *faults(row),
                *self.codes.faults(row),
                *(troubles(formats, row.fields, country=country, before=before) if formats.rules else ()),
            ]
            if wrong:
                found += [(one.number, fault) for fault in wrong]
            else:
                good.append(row)
        return Judged(tuple(good), clean(_frame(good), self.options), tuple(found))

    def _as_it_stands(self, taken: Taken) -> Taken:
        """Locked, and where somebody was faster put together with what they left."""
        stored = stored_of(self.job.source_id, [row.said.ref for row in taken.rows], is_locked=True)
        same = [_version(row.stored) == _version(stored.get(row.said.ref)) for row in taken.rows]
        if all(same):
            return taken
        moved = [row.said for row, is_same in zip(taken.rows, same, strict=True) if not is_same]
        return taken.only(same) + accepted(self._judged(moved, stored, _at_once))

    def _let_in(self, taken: Taken) -> tuple[Taken, tuple[BadRow, ...]]:
        """Without whoever was deleted or anonymised; of them nothing is repeated."""
        refs = [row.said.ref for row in taken.rows]
        refused = refused_among(self.job.source, refs, taken.cleaned)
        if not refused:
            return taken, ()
        count_stopped(self.job.source, refused.values())
        numbers = [taken.rows[place].said.number for place in sorted(refused)]
        bad = tuple(BadRow(number, tombstones.REASON, self.columns.ref, {}) for number in numbers)
        return taken.only(place not in refused for place in range(len(taken.rows))), bad

    def _not_restricted(self, taken: Taken, rows: pl.DataFrame) -> tuple[Taken, list[BadRow]]:
        """A file typed by a person changes nobody whose processing is restricted."""
        changes = [row.said.ref for row in taken.rows if row.outcome == "updated"]
        records = SourceRecord.objects.filter(source=self.job.source, system_ref__in=changes)
        refs = dict(records.values_list("pk", "system_ref"))
        held = {refs[pk]: sentence((why,)) for pk, why in restricted_among(list(refs)).items()}
        faults_by_row = {
            row.said.number: ("system_ref", held[row.said.ref]) for row in taken.rows if row.said.ref in held
        }
        left = taken.only(row.said.number not in faults_by_row for row in taken.rows)
        return left, self._rejected(rows, faults_by_row)

    def _written(self, taken: Taken) -> Counts:
        counts = _counted(taken.rows)
        written = [row.outcome != "unchanged" for row in taken.rows]
        kept = taken.only(written)
        if kept.rows:
            loading.upsert(self.job.source, _staged(kept))
        if taken.rows:
            loading.keep_outcomes(self.job, _outcomes(taken.rows))
        created = [row.said.ref for row in kept.rows if row.outcome == "created"]
        if created:
            self._own(created)
        return counts

    def _own(self, refs: Sequence[str]) -> None:
        records = SourceRecord.objects.filter(source=self.job.source, system_ref__in=refs).order_by("pk")
        organisation.own_imported(
            actor=IMPORTER,
            record_ids=list(records.values_list("pk", flat=True)),
            user_id=self.job.created_by_id,
        )

    def _bad(self, prepared: Prepared, taken: Taken) -> tuple[BadRow, ...]:
        reasons: dict[int, list[Fault]] = defaultdict(list)
        for number, fault in taken.faults:
            if fault not in reasons[number]:
                reasons[number].append(fault)
        found = {
            number: (wrong[0][0], " ".join(sentence for _, sentence in wrong))
            for number, wrong in reasons.items()
        }
        return (*prepared.bad, *self._rejected(prepared.original, found))

    def _rejected(self, rows: pl.DataFrame, faults_by_row: Mapping[int, Fault]) -> list[BadRow]:
        """With their values as they came, by header."""
        if not faults_by_row:
            return []
        taken = rows.filter(rows[NUMBER].is_in(list(faults_by_row)))
        return [
            BadRow(
                number := int(row.pop(NUMBER)),
                faults_by_row[number][1],
                self._header(faults_by_row[number][0]),
                {name: str(text)[:_VALUES] for name, text in row.items() if text},
            )
            for row in taken.iter_rows(named=True)
        ]

    def _header(self, name: str) -> str:
        special = {"system_ref": self.columns.ref, "kind": self.columns.kind}
        return special.get(name) or self.columns.fields.get(name, "")


def typed_contacts_in(job: Import, table: Table, clean: Cleaner) -> TypedContactsIn:
    columns = Columns.of(job.mapping, table.headers)
    options = local.cleaning_options(job.source)
    return TypedContactsIn(job, columns, clean, options, Codes.now(), repeated_codes(table, columns))


def _with_ref(said: Said, ref: str) -> Said:
    return Said(
        number=said.number, ref=ref, is_new_ref=True, kind=said.kind, fields=said.fields, extra=said.extra
    )


def _version(stored: Stored | None) -> tuple[str, bool] | None:
    return (stored.version, stored.is_gone) if stored else None


def _at_once(fields: pl.DataFrame, options: CleaningOptions) -> Future[pa.Table]:
    done: Future[pa.Table] = Future()
    done.set_result(clean_and_key(fields, options))
    return done


def _frame(rows: Sequence[Merged]) -> pl.DataFrame:
    """A column per claim field; keeps its height even where nobody says anything."""
    names = sorted({name for row in rows for name in row.fields})
    columns = {
        NUMBER: [row.said.number for row in rows],
        "kind": [row.kind for row in rows],
        **{name: [row.fields.get(name) for row in rows] for name in names},
    }
    kinds = {NUMBER: pl.Int64, "kind": pl.String, **dict.fromkeys(names, pl.String)}
    return pl.DataFrame(columns, schema=kinds)


def _staged(taken: Taken) -> pl.DataFrame:
    hashes = [_hash(row.fields, row.extra, kind=row.kind) for row in taken.rows]
    own = pl.DataFrame(
        {
            SYSTEM_REF: [row.said.ref for row in taken.rows],
            "claim": [claim_texts.claim_text(row.fields, row.extra) for row in taken.rows],
            "content_hash": hashes,
            "first_hash": hashes,
        },
        schema=dict.fromkeys((SYSTEM_REF, "claim", "content_hash", "first_hash"), pl.String),
    )
    return loading.staged(own, _claimed_now(taken.cleaned))


def _claimed_now(cleaned: pa.Table) -> pa.Table:
    """A typed claim does not say its time."""
    place = cleaned.schema.get_field_index("claimed_at")
    times = pa.array([now()] * cleaned.num_rows, cleaned.schema.field(place).type)
    return cleaned.set_column(place, cleaned.schema.field(place), times)


def _hash(fields: Claim, extra: Claim, *, kind: str) -> str:
    """As a form makes it, so that the version people edit is the same kind of thing."""
    beside = {f"extra.{header}": text for header, text in extra.items()}
    return local.content_hash({**fields, **beside}, kind=kind).hex


def _outcomes(rows: Sequence[Merged]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            SYSTEM_REF: [row.said.ref for row in rows],
            "row_number": [row.said.number for row in rows],
            "outcome": [row.outcome for row in rows],
        },
        schema={SYSTEM_REF: pl.String, "row_number": pl.Int64, "outcome": pl.String},
    )


def _counted(rows: Sequence[Merged]) -> Counts:
    outcomes = [row.outcome for row in rows]
    return Counts(
        new=outcomes.count("created"),
        changed=outcomes.count("updated"),
        unchanged=outcomes.count("unchanged"),
    )
