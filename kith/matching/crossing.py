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
    chosen = np.arange(len(left)) if among is None else np.flatnonzero(among)
    starts_left, starts_right = offsets[left[chosen]], offsets[right[chosen]]
    mine, theirs = offsets[left[chosen] + 1] - starts_left, offsets[right[chosen] + 1] - starts_right
    products = mine * theirs
    single = products == 1
    pair, one, other = chosen[single], starts_left[single], starts_right[single]
    several = np.flatnonzero(products > 1)
    if not len(several):
        return Crossed(pair, one, other)
    counts = products[several]
    spread = np.repeat(several, counts)
    within = np.arange(len(spread)) - np.repeat(np.cumsum(counts) - counts, counts)
    wide = theirs[spread]
    return Crossed(
        np.concatenate((pair, chosen[spread])),
        np.concatenate((one, starts_left[spread] + within // wide)),
        np.concatenate((other, starts_right[spread] + within % wide)),
    )


def shares(lists: Lists, one: Ints, other: Ints) -> Mask:
    """Whether both of two things that hold lists hold one code."""
    found = crossed(lists.offsets, one, other)
    held = np.zeros(len(one), dtype=np.bool_)
    held[found.pair[lists.codes[found.left] == lists.codes[found.right]]] = True
    return held
