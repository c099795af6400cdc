"""Slips of hands and machines, on the rows they befall only."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from kith.demo.noise import NEIGHBOURS
from kith.demo.pools import Ints, Mask, Random

CONFUSED: Final = (
    ("rn", "m"), ("m", "rn"), ("cl", "d"), ("l", "i"), ("i", "l"), ("u", "v"), ("e", "c"), ("h", "b"),
    ("o", "0"), ("s", "5"), ("a", "o"), ("nn", "m"), ("vv", "w"), ("g", "q"),
)  # fmt: skip
"""What reading machines take for one another."""


def mistyped(rng: Random, *, of: pl.Series, where: Mask, scanned: Mask | None = None) -> pl.Series:
    rows = np.flatnonzero(where)
    if not len(rows):
        return of
    luck = rng.random((len(rows), 3)).tolist()
    by_machine = scanned[rows].tolist() if scanned is not None else [False] * len(rows)
    words = of.gather(pl.Series(rows)).to_list()
    slipped = [
        (_misread if machine else _slip)(word, *three) if word else word
        for word, three, machine in zip(words, luck, by_machine, strict=True)
    ]
    return of.clone().scatter(pl.Series(rows), pl.Series(slipped, dtype=pl.String))


def _slip(word: str, where: float, kind: float, which: float) -> str:
    """A neighbouring key, two signs swapped, one left out or doubled; seldom in the first sign."""
    if len(word) < 3:
        return word
    place = max(int(where * len(word)), 1 if kind < 0.9 else 0)
    before, here, after = word[:place], word[place], word[place + 1 :]
    if which < 0.3:
        keys = NEIGHBOURS.get(here, here)
        return before + keys[int(kind * len(keys))] + after
    if which < 0.55 and after:
        return before + after[0] + here + after[1:]
    if which < 0.8:
        return before + after
    return before + here + here + after


def _misread(word: str, where: float, kind: float, which: float) -> str:
    found = [pair for pair in CONFUSED if pair[0] in word]
    if not found:
        return _slip(word, where, kind, which)
    old, new = found[int(which * len(found))]
    return word.replace(old, new, 1)


def misdialled(rng: Random, *, of: pl.Series, where: Mask) -> pl.Series:
    """One digit another, or two swapped, never in the country's code."""
    rows = np.flatnonzero(where)
    if not len(rows):
        return of
    luck = rng.random((len(rows), 2)).tolist()
    words = of.gather(pl.Series(rows)).to_list()
    changed = [_misdial(word, *two) if word else word for word, two in zip(words, luck, strict=True)]
    return of.clone().scatter(pl.Series(rows), pl.Series(changed, dtype=pl.String))


def _misdial(number: str, where: float, kind: float) -> str:
    place = 5 + int(where * max(len(number) - 6, 1))
    if place + 1 >= len(number):
        return number
    if kind < 0.4:
        return number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    return number[:place] + str((int(number[place]) + 1 + int(kind * 8)) % 10) + number[place + 1 :]


def misdated(
    rng: Random, *, days: Ints, swapped: float, near: float, year: float, first_of_january: float
) -> pl.Series:
    """Birth dates as written down: right, day and month swapped, a little off, the wrong year, 1 January."""
    count = len(days)
    luck = rng.random((4, count))
    off = np.where(luck[0] < near, rng.choice((-1, 1, -10, 10), count), 0)
    dates = pl.DataFrame({"date": pl.Series(days + off).cast(pl.Int32).cast(pl.Date)})
    date = pl.col("date")
    wrong_year = pl.Series(np.where(luck[1] < year, rng.choice((-10, -1, 1, 10), count), 0))
    swaps = pl.Series(luck[2] < swapped) & (date.dt.day() <= 12)
    january = pl.Series(luck[3] < first_of_january)
    month = pl.when(january).then(1).when(swaps).then(date.dt.day()).otherwise(date.dt.month())
    day = pl.when(january).then(1).when(swaps).then(date.dt.month()).otherwise(date.dt.day())
    # 29 February of a year that has none becomes the 28th
    day = pl.when((month == 2) & (day == 29) & pl.Series(wrong_year != 0)).then(28).otherwise(day)
    return dates.select(pl.date(date.dt.year() + wrong_year, month, day).alias("birth_date"))["birth_date"]
