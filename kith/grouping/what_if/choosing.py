"""Which examples to keep: the largest and, for the rest, a sample that is the same every time."""

from __future__ import annotations

from typing import Final

import polars as pl

from kith.grouping.what_if.result import MOST_EXAMPLES

_LARGEST: Final = 5
_PRIME: Final = 2_654_435_761


def chosen(found: pl.DataFrame, *, key: str, size: str | None = None) -> pl.DataFrame:
    """At most MOST_EXAMPLES rows: the largest by `size` first, then by a hash of `key`."""
    if found.height <= MOST_EXAMPLES:
        return found.sort(*([size] if size else []), key, descending=[True, False] if size else False)
    mixed = found.with_columns(
        _mixed=(pl.col(key) % 2**31 + 1) * _PRIME % 2**32,
        _place=pl.col(size).rank("ordinal", descending=True) if size else pl.lit(_LARGEST + 1),
    )
    large = mixed.filter(pl.col("_place") <= _LARGEST).sort("_place")
    rest = mixed.filter(pl.col("_place") > _LARGEST).sort("_mixed", key)
    return pl.concat([large, rest]).head(MOST_EXAMPLES).drop("_mixed", "_place")
