"""Records with several values: all of one side against all of the other."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kith.matching.prepared import Ints, Lists, Mask


@dataclass(frozen=True, slots=True)
class Crossed:
    """Places of values, flat; `pair` says whose they are, in no order."""

    pair: Ints
    left: Ints
    right: Ints


def crossed(offsets: Ints, left: Ints, right: Ints, *, among: Mask | None = None) -> Crossed:
    """Values of record i are at `offsets[i]` to `offsets[i + 1]`."""
    if among is not None:
        return _of(crossed(offsets, left[among], right[among]), np.flatnonzero(among))
    # `take` lets other threads work, an index in brackets does not.
    counts = np.diff(offsets)
    mine, theirs = counts.take(left), counts.take(right)
    products = mine * theirs
    pair = np.flatnonzero(products == 1)
    one, other = offsets.take(left.take(pair)), offsets.take(right.take(pair))
    several = np.flatnonzero(products > 1)
    if not len(several):
        return Crossed(pair, one, other)
    counts = products[several]
    starts_left, starts_right = offsets.take(left), offsets.take(right)
    spread = np.repeat(several, counts)
    within = np.arange(len(spread)) - np.repeat(np.cumsum(counts) - counts, counts)
    wide = theirs[spread]
    return Crossed(
        np.concatenate((pair, spread)),
        np.concatenate((one, starts_left[spread] + within // wide)),
        np.concatenate((other, starts_right[spread] + within % wide)),
    )


def _of(found: Crossed, chosen: Ints) -> Crossed:
    return Crossed(chosen[found.pair], found.left, found.right)


def shares(lists: Lists, one: Ints, other: Ints) -> Mask:
    """Whether both of two things that hold lists hold one code."""
    found = crossed(lists.offsets, one, other)
    held = np.zeros(len(one), dtype=np.bool_)
    held[found.pair[lists.codes[found.left] == lists.codes[found.right]]] = True
    return held
