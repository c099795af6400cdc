"""A matching model as people read it: levels in words, shares, and what each says as a bar."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

from kith.matching.model import Compared, Comparison, Level, Model
from kith.matching.shipped import shipped_model
from kith.matching.words import COMPARED_NAMES, level_words, odds_words

BAR_WIDTH: Final = 132
_ZERO: Final = 44
_PER_BIT: Final = 3.6
"""From -12 to +24 bits; what says more ends at the edge."""


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    width: float
    tone: str
    """'for' or 'against'."""
    text: str
    """'+7.6', '−4.0'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownLevel:
    words: str
    m: str
    u: str
    bar: Bar
    by_frequency: bool
    by_size: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownComparison:
    name: str
    levels: tuple[ShownLevel, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownModel:
    comparisons: tuple[ShownComparison, ...]
    not_compared: tuple[str, ...]
    group_at: str
    group_odds: str
    review_at: str
    review_odds: str
    one_in: int
    """Before looking, so many pairs hold one that is of one person."""
    needed: str
    """Bits that all fields together must say to group two System Refs at the present number of them."""
    system_refs: int
    version: str


def shown(model: Model, *, system_refs: int) -> ShownModel:
    compared = {one.field for one in model.comparisons}
    return ShownModel(
        comparisons=tuple(_comparison(one, system_refs) for one in model.comparisons),
        not_compared=tuple(COMPARED_NAMES[field] for field in fields_of(model.kind) if field not in compared),
        group_at=signed(model.group_at),
        group_odds=odds_words(model.group_at),
        review_at=signed(model.review_at),
        review_odds=odds_words(model.review_at),
        one_in=max(round(1 / model.lam(system_refs)), 1),
        needed=signed(model.group_at - model.prior(system_refs)),
        system_refs=system_refs,
        version=model.version,
    )


def fields_of(kind: str) -> tuple[Compared, ...]:
    """What Kith compares of persons or companies when nothing is switched off."""
    return tuple(one.field for one in shipped_model(kind).comparisons)


def _comparison(comparison: Comparison, system_refs: int) -> ShownComparison:
    return ShownComparison(
        name=name_of(comparison.field),
        levels=tuple(_level(comparison.field, level, system_refs) for level in comparison.levels),
    )


def _level(field: Compared, level: Level, system_refs: int) -> ShownLevel:
    return ShownLevel(
        words=words_of(field, level),
        m=share(level.m),
        u=share(level.u_among(system_refs)),
        bar=bar(level.weight(system_refs)),
        by_frequency=level.by_frequency,
        by_size=level.by_size,
    )


def name_of(field: Compared) -> str:
    name = COMPARED_NAMES[field]
    return name[0].upper() + name[1:]


def words_of(field: Compared, level: Level) -> str:
    """'first names similar (at least 0.9)'."""
    if level.threshold is None or math.isnan(level.threshold):
        return level_words(field, level)
    words = level_words(field, level, similarity=level.threshold)
    return f"{words.rpartition(' (')[0]} (at least {level.threshold:g})"


def bar(bits: float) -> Bar:
    length = min(abs(bits) * _PER_BIT, BAR_WIDTH - _ZERO if bits > 0 else _ZERO)
    start = _ZERO if bits > 0 else _ZERO - length
    return Bar(round(start, 1), round(length, 1), "for" if bits > 0 else "against", signed(bits))


def signed(bits: float) -> str:
    """One decimal, with a real minus sign."""
    text = f"{bits:+.1f}".replace("-", "−")
    return "0" if text[1:] == "0.0" else text.removesuffix(".0")


def share(value: float) -> str:
    """'71 %', '1 in 3,333'."""
    return f"{value * 100:.3g} %" if value >= 0.01 else f"1 in {round(1 / value):,}"
