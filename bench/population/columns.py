"""Small moves on string columns that the makers share."""

from __future__ import annotations

import numpy as np
import polars as pl

from kith.demo.pools import Floats, Ints, Mask, Random


def either(where: Mask, then: pl.Series, otherwise: pl.Series) -> pl.Series:
    return pl.select(pl.when(pl.Series(where)).then(then).otherwise(otherwise)).to_series()


def only(where: Mask, values: pl.Series) -> pl.Series:
    """Null elsewhere."""
    return pl.select(pl.when(pl.Series(where)).then(values)).to_series()


def nothing(count: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, count)


def chance(rng: Random, of: float | Floats, *, count: int) -> Mask:
    return np.asarray(rng.random(count) < of, dtype=np.bool_)


def differs(left: pl.Series, right: pl.Series) -> Mask:
    return (left != right).fill_null(value=False).to_numpy().astype(np.bool_)


def present(values: pl.Series) -> Mask:
    return values.is_not_null().to_numpy().astype(np.bool_)


def digits(numbers: Ints, *, width: int) -> pl.Series:
    return pl.Series(numbers % 10**width + 10**width).cast(pl.String).str.slice(1)


def lists(*columns: pl.Series) -> pl.Series:
    """One list per row of what is not null, each value once, in order."""
    named = pl.DataFrame([column.alias(str(place)) for place, column in enumerate(columns)])
    return named.select(
        pl.concat_list(pl.all()).list.drop_nulls().list.unique(maintain_order=True)
    ).to_series()
