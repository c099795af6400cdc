"""Which examples to keep: the largest and, for the rest, a sample that is the same every time."""

from __future__ import annotations

from typing import Final

import polars as pl

from kith.grouping.what_if.result import MOST_EXAMPLES

_LARGEST: Final = 5
_PRIME: Final = 2_654_435_761


def mixed_up(found: pl.DataFrame, *, key: str) -> pl.DataFrame:
    """In an order that looks like chance and is the same every time."""
    mixed = (pl.col(key) % 2**31 + 1) * _PRIME % 2**32
    return found.sort(mixed, *found.select(pl.col(pl.Int64)).columns)


def chosen(found: pl.DataFrame, *, key: str, size: str | None = None) -> pl.DataFrame:
    """At most MOST_EXAMPLES rows: the largest by `size` first, then a sample."""
    if size is None:
        return (
            found.sort(key) if found.height <= MOST_EXAMPLES else mixed_up(found, key=key).head(MOST_EXAMPLES)
        )
    by_size = found.sort(size, key, descending=[True, False])
    if found.height <= MOST_EXAMPLES:
        return by_size
    rest = mixed_up(by_size[_LARGEST:], key=key)
    return pl.concat([by_size[:_LARGEST], rest]).head(MOST_EXAMPLES)
