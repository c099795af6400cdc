"""Addresses as comparable keys."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from bench.population.columns import digits
from kith.demo import pools
from kith.demo.people import Homes
from kith.demo.places import COUNTRIES
from kith.demo.pools import Ints, Mask
from kith.matching.cleaning.addresses import postcode_key, street_key


def street_keys(homes: Homes, *, which: Ints, latin: Mask) -> pl.Series:
    entries = len(pools.streets().words[0])
    street = _streets().gather(pl.Series(latin * entries + homes.street[which]))
    return street + pl.Series(homes.number[which]).cast(pl.String)


def postcode_keys(homes: Homes, *, which: Ints) -> pl.Series:
    """Null where the country has none."""
    country = homes.country[which]
    widths = np.array([country.digits for country in COUNTRIES])[country]
    numbers = homes.digits[which]
    middle = pl.Series([""], dtype=pl.String).new_from_index(0, len(which))
    for width in set(widths.tolist()) - {0}:
        rows = np.flatnonzero(widths == width)
        middle = middle.scatter(pl.Series(rows), digits(numbers[rows], width=width))
    code = _prefixes().gather(pl.Series(homes.town[which])) + middle + _tails(homes, which=which)
    return code.set(code.str.len_bytes() == 0, None)


def _tails(homes: Homes, *, which: Ints) -> pl.Series:
    sizes = np.array([len(tails) for tails in pools.tails()])
    flat = pl.Series([postcode_key(tail) for tails in pools.tails() for tail in tails])
    return flat.gather(pl.Series((np.cumsum(sizes) - sizes)[homes.country[which]] + homes.tail[which]))


@cache
def _streets() -> pl.Series:
    words = pools.streets().words
    return pl.Series([street_key(word) for form in (words[0], words[1]) for word in form])


@cache
def _prefixes() -> pl.Series:
    return pl.Series([postcode_key(prefix) for prefix in pools.towns().words[pools.PLACE_SHORT]])
