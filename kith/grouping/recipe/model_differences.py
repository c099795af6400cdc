"""What differs between two matching models, in the words of the table."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kith.grouping.recipe.model_table import name_of, share, signed, words_of
from kith.matching.model import Compared, Comparison, Level, Model, Test
from kith.matching.words import odds_words


@dataclass(frozen=True, slots=True)
class Difference:
    what: str
    before: str
    after: str


def differences(before: Model, after: Model, *, system_refs: int) -> tuple[Difference, ...]:
    """Bits are those in a store of so many System Refs."""
    return (*_numbers(before, after), *_comparisons(before, after, system_refs))


def _numbers(before: Model, after: Model) -> Iterator[Difference]:
    for what, old, new in (
        ("Group from", before.group_at, after.group_at),
        ("Review from", before.review_at, after.review_at),
    ):
        if old != new:
            yield Difference(what, _bits(old), _bits(new))
    if before.pairs_per_record != after.pairs_per_record:
        yield Difference(
            "True pairs per record", f"{before.pairs_per_record:g}", f"{after.pairs_per_record:g}"
        )


def _bits(value: float) -> str:
    return f"{signed(value)} bits ({odds_words(value)})"


def _comparisons(before: Model, after: Model, system_refs: int) -> Iterator[Difference]:
    for field in Compared:
        old, new = before.comparison(field), after.comparison(field)
        if old == new:
            continue
        if old is None or new is None:
            yield Difference(name_of(field), _whether(old), _whether(new))
            continue
        yield from _levels(field, old, new, system_refs)


def _whether(comparison: Comparison | None) -> str:
    return "not compared" if comparison is None else "compared"


def _levels(field: Compared, before: Comparison, after: Comparison, system_refs: int) -> Iterator[Difference]:
    """A level is the same as long as its kind is, and its place among those of its kind."""
    old, new = _by_place(before), _by_place(after)
    for place in {**old, **new}:
        one, other = old.get(place), new.get(place)
        if one != other:
            shown = one or other
            assert shown is not None
            what = f"{name_of(field)}: {_name(field, shown)}"
            yield Difference(what, _said(one, system_refs), _said(other, system_refs))
    if list(old) != list(new) and set(old) == set(new):
        yield Difference(f"{name_of(field)}: order of the levels", _order(before), _order(after))


def _by_place(comparison: Comparison) -> dict[tuple[Test, int], Level]:
    found: dict[tuple[Test, int], Level] = {}
    for level in comparison.levels:
        found[level.test, sum(1 for test, _ in found if test is level.test)] = level
    return found


def _name(field: Compared, level: Level) -> str:
    return words_of(field, level).partition(" (at least")[0]


def _order(comparison: Comparison) -> str:
    return ", ".join(level.test.value.replace("_", " ") for level in comparison.levels)


def _said(level: Level | None, system_refs: int) -> str:
    if level is None:
        return "no such level"
    least = "" if level.threshold is None else f"at least {level.threshold:g}, "
    rare = ", rare values say more" if level.by_frequency else ""
    size = ", falls as the store grows" if level.by_size else ""
    bits = f"{share(level.m)} against {share(level.u)}: {signed(level.weight(system_refs))} bits"
    return f"{least}{bits}{rare}{size}"
