"""What hands and systems do to a value: typing slips, swapped dates, placeholders, lost letters."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl

from kith.demo.pools import Ints, Mask, Random

ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
NEIGHBOURS: Final = {
    key: row[place - 1 : place] + row[place + 1 : place + 2] for row in ROWS for place, key in enumerate(row)
}
JUNK_EMAILS: Final = ("n/a", "test@test.com", "none@example.com", "-", "noemail@example.com", "x@x.com")
JUNK_PHONES: Final = ("00000", "n/a", "0000000000", "123456", "-", "99999999")
JUNK_NAMES: Final = ("n/a", "Unknown", "-", "Test", ".", "XXX")
BOX_OFFICE: Final = "22747474"
"""The club's own telephone, typed by staff who had no other."""


def slips(rng: Random, *, of: pl.Series, share: float) -> pl.Series:
    """The same strings with one typing slip in a `share` of them."""
    rows = np.flatnonzero(rng.random(len(of)) < share)
    if not len(rows):
        return of
    luck = rng.random((len(rows), 3))
    slipped = [
        _slip(text, luck=tuple(three)) for text, three in zip(of.gather(rows), luck.tolist(), strict=True)
    ]
    return of.scatter(rows, pl.Series(slipped, dtype=pl.String))


def _slip(text: str | None, *, luck: tuple[float, ...]) -> str | None:
    """A neighbouring key, two letters swapped, one left out or one doubled; never the first letter."""
    if text is None or len(text) < 4:
        return text
    where = 1 + int(luck[0] * (len(text) - 2))
    before, here, after = text[:where], text[where], text[where + 1 :]
    if not here.isalnum():
        return text
    if luck[1] < 0.35:
        keys = NEIGHBOURS.get(here.lower(), here)
        return before + keys[int(luck[2] * len(keys))] + after
    if luck[1] < 0.6 and after[0].isalnum():
        return before + after[0] + here + after[1:]
    if luck[1] < 0.85:
        return before + after
    return before + here + here + after


def junk(rng: Random, *, over: pl.Series, words: tuple[str, ...], where: Mask) -> pl.Series:
    rows = np.flatnonzero(where)
    if not len(rows):
        return over
    return over.scatter(rows, pl.Series(words).gather(rng.integers(0, len(words), len(rows))))


def blank(over: pl.Series, *, where: Mask) -> pl.Series:
    return pl.select(pl.when(pl.Series(~where)).then(over)).to_series().alias(over.name)


def births(rng: Random, *, true: Ints) -> pl.Series:
    """Dates as typed: some with day and month swapped, some a day or a year off, some 01/01/1900."""
    luck = rng.random(len(true))
    off = np.where(luck < 0.008, 1, np.where(luck < 0.014, 365, 0))
    dates = pl.DataFrame({"date": pl.Series(true + off).cast(pl.Int32).cast(pl.Date), "luck": luck})
    date = pl.col("date")
    swaps = pl.col("luck").is_between(0.02, 0.035) & (date.dt.day() <= 12)
    month = pl.when(swaps).then(date.dt.month()).otherwise(1)
    return dates.select(
        pl.when(swaps).then(pl.date(date.dt.year(), date.dt.day(), month))
        .when(pl.col("luck") > 0.965).then(pl.date(1900, 1, 1))
        .otherwise(date).alias("birth")
    )["birth"]  # fmt: skip
