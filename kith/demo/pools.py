"""The word lists as arrays: strings once, everything else indices into them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kith.demo import given, scripts, surnames
from kith.demo.places import COUNTRIES, IN_ENGLISH, Country

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
Floats = NDArray[np.float64]
Random = np.random.Generator

CULTURES = tuple(given.MALE)
PET_NAMES = 4
"""Other spellings kept of one given name at most; shorter lists repeat."""


@dataclass(frozen=True, slots=True)
class Pool:
    """`words[form]`: one series per form of the same entries. `starts`: where each group begins."""

    words: tuple[pl.Series, ...]
    western: Mask
    starts: Ints
    cumulative: tuple[NDArray[np.float64], ...]

    def draw(self, rng: Random, *, groups: Ints) -> Ints:
        """An entry for each group number, common ones first in the list being drawn more often."""
        chosen = np.zeros(len(groups), dtype=np.int64)
        luck = rng.random(len(groups))
        for group, cumulative in enumerate(self.cumulative):
            rows = groups == group
            chosen[rows] = self.starts[group] + np.searchsorted(cumulative, luck[rows])
        return chosen

    def forms(self, entries: Ints, *, form: Ints) -> pl.Series:
        """The spelling numbered `form` of each entry."""
        size = len(self.words[0])
        return pl.concat(self.words).gather(pl.Series(form * size + entries)).alias("word")


def _pool(groups: Sequence[Sequence[tuple[str, ...]]], *, steepness: float, offset: float) -> Pool:
    entries = [entry for group in groups for entry in group]
    sizes = np.array([len(group) for group in groups])
    return Pool(
        words=tuple(pl.Series(form, dtype=pl.String) for form in zip(*entries, strict=True)),
        western=np.array([all(_western(form) for form in entry) for entry in entries]),
        starts=np.cumsum(sizes) - sizes,
        cumulative=tuple(_zipf(int(size), steepness=steepness, offset=offset) for size in sizes),
    )


def _zipf(size: int, *, steepness: float, offset: float) -> NDArray[np.float64]:
    weights = 1.0 / (np.arange(size) + offset) ** steepness
    cumulative = np.cumsum(weights / weights.sum())
    cumulative[-1] = 1.0
    return np.asarray(cumulative)


def _western(text: str) -> bool:
    try:
        text.encode("cp1252")
    except UnicodeEncodeError:
        return False
    return True


GIVEN_NATIVE, GIVEN_LATIN, GIVEN_PET, GIVEN_KEY = 0, 1, 2, 2 + PET_NAMES


@cache
def given_names() -> Pool:
    """Groups: culture × 2 + woman. Forms: native, latin, pet names, e-mail key."""
    tables = [table[culture] for culture in CULTURES for table in (given.MALE, given.FEMALE)]
    return _pool([[_given(entry) for entry in table.split()] for table in tables], steepness=0.75, offset=4)


def _given(entry: str) -> tuple[str, ...]:
    spelt, _, others = entry.partition(":")
    native, _, latin = spelt.partition("=")
    latin = latin or scripts.latin(native)
    pets = [pet if _western(pet) else scripts.latin(pet) for pet in (others or latin).split(",")]
    return native, latin, *(pets[place % len(pets)] for place in range(PET_NAMES)), scripts.key(latin)


FAMILY_NATIVE, FAMILY_LATIN, FAMILY_KEY = 0, 2, 4


@cache
def family_names() -> Pool:
    """Groups: cultures. Forms: native man, woman, latin man, woman, e-mail key man, woman."""
    table = surnames.by_culture()
    groups = [
        [(*forms, scripts.key(forms[2]), scripts.key(forms[3])) for forms in table[c]] for c in CULTURES
    ]
    return _pool(groups, steepness=0.85, offset=6)


PLACE_NATIVE, PLACE_LATIN, PLACE_SHORT = 0, 1, 2


@cache
def towns() -> Pool:
    """Groups: countries. Forms: native, latin, postcode prefix."""
    return _pool([_towns(country) for country in COUNTRIES], steepness=0.7, offset=1.5)


def _towns(country: Country) -> list[tuple[str, ...]]:
    entries: list[tuple[str, ...]] = []
    for text in country.towns.split():
        names, _, prefixes = text.partition(":")
        native, _, latin = names.partition("=")
        latin = latin or scripts.latin(native)
        entries += [(native, latin, prefix.replace("_", " ")) for prefix in prefixes.split(",")]
    return entries


@cache
def streets() -> Pool:
    """Groups: countries. Forms: native, latin, abbreviated latin."""
    return _pool([_streets(country) for country in COUNTRIES], steepness=0.4, offset=8)


def _streets(country: Country) -> list[tuple[str, ...]]:
    entries: list[tuple[str, ...]] = []
    for full, short in country.street:
        for text in country.streets.split():
            native, _, latin = text.partition("=")
            latin = latin or scripts.latin(native)
            long_latin = scripts.latin(IN_ENGLISH.get(full, full)).format(latin)
            entries.append((full.format(native), long_latin, short.format(latin)))
    return entries


@cache
def tails() -> tuple[tuple[str, ...], ...]:
    """What may end a postcode, per country: 400 endings each (one empty where there is none)."""
    return tuple(_tails(country.tail) for country in COUNTRIES)


def _tails(pattern: str) -> tuple[str, ...]:
    letters = "ABDEFGHJLNPQRSTUWXYZ" if pattern != " @@" else "ABCDEGHJKLNPRTVWXZBC"
    if not pattern:
        return ("",)
    if "#" in pattern:
        return tuple(
            f"{'ACDEFHKNPRTVWXY'[n % 15]}{n % 9 + 1}{'ACDEFHKNPRTVWXY'[n // 15 % 15]}{n % 7 + 2}"
            for n in range(400)
        )
    return tuple(pattern.replace("@@", letters[n % 20] + letters[n // 20]) for n in range(400))


def per_group(groups: Ints, *, count: int, serials: Ints, of: Callable[[int, Ints], pl.Series]) -> pl.Series:
    """A string for each row, made group by group from the row's serial number."""
    out = pl.Series([""], dtype=pl.String).new_from_index(0, len(groups))
    for group in range(count):
        rows = np.flatnonzero(groups == group)
        if len(rows):
            out = out.scatter(rows, of(group, serials[rows]))
    return out
