"""The tables read, cleaned as an import cleans them, and judged."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

import polars as pl
import pyarrow as pa

from kith.matching.cleaning import CleaningOptions, clean
from kith.matching.comparable import Comparable, comparables
from kith.matching.evidence import Recipe
from kith.matching.figures import Figures
from kith.matching.judge import Outcome
from kith.matching.judge import judge as matching_judge
from kith.matching.records import ADDRESS_PARTS, MAX_REPEATS, SINGLE_FIELDS
from tests.matching.cases.population import figures_of

TABLES: Final = Path(__file__).parent
TODAY: Final = date(2026, 11, 22)
_RECIPE: Final = Recipe.shipped()
_ABOUT: Final = ("case", "expected", "country", "comment", "side")
_SIDES: Final = ("left", "right")
_REPEATED: Final = (
    *(f"{field}{part}" for field in ("email_{}", "phone_{}") for part in ("", "_type")),
    "phone_{}_country",
    *(f"address_{{}}_{part}" for part in ("type", *ADDRESS_PARTS)),
)
FIELDS: Final = frozenset(
    (*SINGLE_FIELDS, *(name.format(n) for name in _REPEATED for n in range(1, MAX_REPEATS + 1)))
)


class Expected(StrEnum):
    MUST = "must"
    MAY = "may"
    REVIEW = "review"
    MUST_NOT = "must_not"

    @property
    def allowed(self) -> frozenset[Outcome]:
        return _ALLOWED[self]


_ALLOWED: Final = {
    Expected.MUST: frozenset({Outcome.GROUP}),
    Expected.MAY: frozenset({Outcome.GROUP, Outcome.REVIEW}),
    Expected.REVIEW: frozenset({Outcome.REVIEW}),
    Expected.MUST_NOT: frozenset({Outcome.REVIEW, Outcome.DIFFERENT}),
}


class UnreadableCase(ValueError):
    """The sentence names the table and the case."""


@dataclass(frozen=True, slots=True)
class Case:
    table: str
    name: str
    expected: Expected
    country: str
    comment: str
    left: Comparable
    right: Comparable


def judge(left: Comparable, right: Comparable) -> Outcome:
    """By the recipe Kith ships, untrained."""
    return matching_judge(left, right, recipe=_RECIPE, figures=_figures())


@cache
def open_cases() -> frozenset[str]:
    """Those the shipped model does not meet yet."""
    lines = (TABLES / "open.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


@cache
def _figures() -> Figures:
    return figures_of(record for case in all_cases() for record in (case.left, case.right))


def failure(case: Case, *, got: Outcome) -> str:
    """'' where the verdict is allowed, else all that is needed to see why not."""
    if got in case.expected.allowed:
        return ""
    return (
        f"{case.table} {case.name}: expected {case.expected}, got {got}: {case.comment}\n"
        f"  left  {_known(case.left)}\n  right {_known(case.right)}"
    )


def _known(record: Comparable) -> str:
    known = {name: value for name, value in asdict(record).items() if value and name != "record_id"}
    return ", ".join(f"{name}={value!s}" for name, value in known.items())


@cache
def all_cases() -> tuple[Case, ...]:
    """In the order of the tables and their rows. Raises UnreadableCase."""
    written = [case for path in sorted(TABLES.glob("*.csv")) for case in written_cases(path)]
    twice = sorted(name for name, count in Counter(case.name for case in written).items() if count > 1)
    if twice:
        raise UnreadableCase(f"Two cases have one name: {', '.join(twice)}.")
    cleaned: dict[str, tuple[Comparable, Comparable]] = {}
    for country in sorted({case.country for case in written}):
        cleaned |= _cleaned([case for case in written if case.country == country], country=country)
    return tuple(
        Case(case.table, case.name, case.expected, case.country, case.comment, *cleaned[case.name])
        for case in written
    )


@dataclass(frozen=True, slots=True)
class _Written:
    table: str
    name: str
    expected: Expected
    country: str
    comment: str
    left: Mapping[str, str]
    right: Mapping[str, str]


def written_cases(path: Path) -> Iterator[_Written]:
    with path.open(encoding="utf-8-sig", newline="") as table:
        reader = csv.DictReader(table)
        unknown = sorted(set(reader.fieldnames or ()) - FIELDS - set(_ABOUT))
        if unknown:
            raise UnreadableCase(f"{path.name}: there is no field {', '.join(unknown)}.")
        sides: dict[str, dict[str, dict[str, str]]] = {}
        for row in reader:
            sides.setdefault(row["case"], {})[row["side"]] = row
    for name, rows in sides.items():
        yield _case(path.name, name, rows)


def _case(table: str, name: str, rows: Mapping[str, Mapping[str, str]]) -> _Written:
    if sorted(rows) != sorted(_SIDES):
        raise UnreadableCase(f"{table} {name}: a case has one row 'left' and one row 'right'.")
    left, right = rows["left"], rows["right"]
    about = {column: left.get(column) or right.get(column) or "" for column in _ABOUT}
    if about["expected"] not in set(Expected):
        raise UnreadableCase(f"{table} {name}: '{about['expected']}' is none of {', '.join(Expected)}.")
    return _Written(table, name, Expected(about["expected"]), about["country"], about["comment"], left, right)


def _cleaned(cases: Sequence[_Written], *, country: str) -> dict[str, tuple[Comparable, Comparable]]:
    """By case. All at once, since starting the cleaning costs more than cleaning."""
    rows = [row for case in cases for row in (case.left, case.right)]
    fields = sorted(FIELDS.intersection(field for row in rows for field in row))
    raw = pl.DataFrame(
        [pl.Series(field, [row.get(field) or None for row in rows], pl.String) for field in fields]
    )
    table = clean(raw, options=CleaningOptions(default_country=country or None, today=TODAY))
    numbered = table.append_column("record_id", pa.array(range(1, len(rows) + 1), pa.int64()))
    found = comparables(numbered)
    return {case.name: (found[2 * n], found[2 * n + 1]) for n, case in enumerate(cases)}
