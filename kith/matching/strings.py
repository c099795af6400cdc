"""Texts beside texts, each two different ones once: how alike they are, whether a slip lies between them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA, JaroWinkler
from rapidfuzz.process import cpdist

from kith.matching.prepared import Codes, Ints, Mask, Texts

Similarities: TypeAlias = npt.NDArray[np.float32]
_LEAST_SIMILAR: Final = 0.7
"""Less similar texts all count as 0: nobody asks for less, and the library stops early."""
_SHORTEST_FOR_SLIPS: Final = 5
_NOT_A_LETTER: Final = re.compile(r"[^a-z]")
_ALONE: Final = re.compile(r"(?:^|[._-])([a-z])(?=$|[._\d-])")
_WORTH_A_THREAD: Final = 2000
_ROWS_AT_ONCE: Final = 200_000
_BYTES_OF_ONE_EDIT: Final = 2


def similarity(texts: Texts, one: Codes, other: Codes) -> Similarities:
    """Jaro-Winkler, 1 for equal texts, 0 where one is not known or hardly anything is alike."""
    found = ((one == other) & (one >= 0)).astype(np.float32)
    differ = np.flatnonzero((one != other) & (one >= 0) & (other >= 0))
    left, right, place = _distinct(one[differ], other[differ], size=len(texts))
    found[differ] = compared(texts, left, right, scorer=JaroWinkler.similarity)[place]
    return found


def slip_apart(texts: Texts, one: Codes, other: Codes) -> Mask:
    """One letter or digit more, less, other, or two swapped, and a slip is a likely reason."""
    found = np.zeros(len(one), dtype=np.bool_)
    differ = np.flatnonzero((one != other) & (one >= 0) & (other >= 0))
    left, right, place = _distinct(one[differ], other[differ], size=len(texts))
    held = np.zeros(len(left), dtype=np.bool_)
    may = np.flatnonzero(_perhaps_one_edit(texts, left, right))
    near = may[_one_edit(texts.at(left[may]), texts.at(right[may]))]
    pairs = zip(texts.at(left[near]), texts.at(right[near]), strict=True)
    held[near] = np.fromiter((_may_be_a_slip(*both) for both in pairs), dtype=np.bool_, count=len(near))
    found[differ] = held[place]
    return found


def same_by(texts: Texts, one: Codes, other: Codes, rule: Callable[[str], str]) -> Mask:
    """Whether the rule makes the same of both texts; '' is the same as nothing."""
    known = np.flatnonzero((one >= 0) & (other >= 0))
    left, right, place = _distinct(one[known], other[known], size=len(texts))
    pairs = zip(texts.at(left), texts.at(right), strict=True)
    held = np.fromiter((rule(a) == rule(b) != "" for a, b in pairs), dtype=np.bool_, count=len(left))
    found = np.zeros(len(one), dtype=np.bool_)
    found[known] = held[place]
    return found


def compared(texts: Texts, one: Ints, other: Ints, *, scorer: Callable[..., float]) -> Similarities:
    """Pair by pair, no pair spared."""
    found: Similarities = cpdist(
        texts.at(one),
        texts.at(other),
        scorer=scorer,
        score_cutoff=_LEAST_SIMILAR,
        dtype=np.float32,
        workers=_workers(len(one)),
    )
    return found


def _distinct(one: Codes, other: Codes, *, size: int) -> tuple[Ints, Ints, Ints]:
    keys = np.minimum(one, other).astype(np.int64) * max(size, 1) + np.maximum(one, other)
    distinct, place = np.unique(keys, return_inverse=True)
    return distinct // max(size, 1), distinct % max(size, 1), place


def _perhaps_one_edit(texts: Texts, one: Ints, other: Ints) -> Mask:
    """Lengths one apart, or the same with at most two bytes that differ: nothing else can be one edit."""
    letters, starts, lengths = _buffers(texts)
    apart = np.abs(lengths.take(one) - lengths.take(other))
    may = apart == 1
    same = np.flatnonzero((apart == 0) & (lengths.take(one) >= _SHORTEST_FOR_SLIPS))
    for begin in range(0, len(same), _ROWS_AT_ONCE):
        rows = same[begin : begin + _ROWS_AT_ONCE]
        width = np.arange(lengths.take(one[rows]).max(initial=0))
        inside = width < lengths.take(one[rows])[:, None]
        left = letters.take(starts.take(one[rows])[:, None] + width, mode="clip")
        right = letters.take(starts.take(other[rows])[:, None] + width, mode="clip")
        may[rows] = ((left != right) & inside).sum(axis=1) <= _BYTES_OF_ONE_EDIT
    return may


def _buffers(texts: Texts) -> tuple[npt.NDArray[np.uint8], Ints, Ints]:
    """All bytes one after the other, where each text starts, and how long it is."""
    array = texts.arrow
    if not len(array) or array.buffers()[2] is None:
        nothing = np.zeros(len(array), dtype=np.int64)
        return np.zeros(1, dtype=np.uint8), nothing, nothing
    offsets = np.frombuffer(array.buffers()[1], dtype=np.int32)[array.offset : array.offset + len(array) + 1]
    letters = np.frombuffer(array.buffers()[2], dtype=np.uint8)
    return letters, offsets[:-1].astype(np.int64), np.diff(offsets).astype(np.int64)


def _one_edit(one: list[str], other: list[str]) -> Mask:
    apart = cpdist(
        one, other, scorer=OSA.distance, score_cutoff=1, dtype=np.uint8, workers=_workers(len(one))
    )
    near: Mask = apart == 1
    return near


def _may_be_a_slip(one: str, other: str) -> bool:
    """Of texts one edit apart: long enough, and not two addresses that providers hand out side by side, as
    'ann.lee1' and 'ann.lee2', 'ann.lee' and 'ann_lee', 'lee.a' and 'lee.b'."""
    if min(len(one), len(other)) < _SHORTEST_FOR_SLIPS:
        return False
    left, right = (_NOT_A_LETTER.sub("", text) for text in (one, other))
    if not left:
        return True
    return left != right and left[:1] == right[:1] and not _initials_differ(one, other)


def _initials_differ(one: str, other: str) -> bool:
    left, right = (_ALONE.findall(text.partition("@")[0]) for text in (one, other))
    return bool(left != right)


def _workers(size: int) -> int:
    """Threads cost more than they bring for a few."""
    return 2 if size > _WORTH_A_THREAD else 1
