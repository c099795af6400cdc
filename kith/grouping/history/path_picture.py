"""The way of a System Ref drawn: time from left to right, a lane per GroupID, a mark where it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Final

from kith.grouping.history.path import Stay

MOST_STAYS: Final = 24
"""The newest that are drawn; the list beneath tells of all."""
_LABELS: Final = 130
_GAP: Final = 84
"""Between two marks at least: a date has room there."""
_TAIL: Final = 60
_WIDTH: Final = 760
_LANE: Final = 46
_TOP: Final = 34


@dataclass(frozen=True, slots=True)
class Lane:
    group_id: int
    y: int
    is_retired: bool
    is_now: bool


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch on a lane."""

    x1: int
    x2: int
    y: int
    is_undone: bool
    """The operation that brought it here was undone."""
    is_now: bool


@dataclass(frozen=True, slots=True)
class Step:
    """From lane to lane, upright at the time of the move."""

    x: int
    y1: int
    y2: int
    is_undone: bool


@dataclass(frozen=True, slots=True)
class Mark:
    number: int
    """In the list beneath, from 1."""
    x: int
    y: int
    shape: str
    """'person', 'run' or 'placed'."""
    at: datetime
    title: str
    is_undone: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PathPicture:
    width: int
    height: int
    dates_y: int
    lanes: tuple[Lane, ...]
    pieces: tuple[Piece, ...]
    steps: tuple[Step, ...]
    marks: tuple[Mark, ...]
    is_partial: bool


def path_picture(stays: Sequence[Stay], *, retired: frozenset[int]) -> PathPicture:
    drawn = stays[-MOST_STAYS:]
    first = len(stays) - len(drawn) + 1
    spots, width = _spots(drawn)
    heights = {
        group_id: _TOP + _LANE * place
        for place, group_id in enumerate(dict.fromkeys(stay.group_id for stay in drawn))
    }
    ends = [*spots[1:], width - 8]
    return PathPicture(
        width=width,
        height=_TOP + _LANE * len(heights) + 18,
        dates_y=_TOP + _LANE * len(heights) + 2,
        lanes=tuple(_lane(group_id, y, drawn, retired) for group_id, y in heights.items()),
        pieces=tuple(
            Piece(x1, x2, heights[stay.group_id], bool(stay.told.undone), stay.until is None)
            for stay, x1, x2 in zip(drawn, spots, ends, strict=True)
        ),
        steps=tuple(
            Step(x, heights[before.group_id], heights[stay.group_id], bool(stay.told.undone))
            for before, stay, x in zip(drawn[:-1], drawn[1:], spots[1:], strict=True)
        ),
        marks=tuple(
            _mark(number, stay, x, heights[stay.group_id])
            for number, (stay, x) in enumerate(zip(drawn, spots, strict=True), start=first)
        ),
        is_partial=len(drawn) < len(stays),
    )


def _spots(drawn: Sequence[Stay]) -> tuple[list[int], int]:
    """Where each begins, and the width. Each has the room that its date needs; the rest goes by duration."""
    gaps = len(drawn) - 1
    width = max(_WIDTH, _LABELS + _GAP * gaps + _TAIL)
    spare = width - _LABELS - _TAIL - _GAP * gaps
    lasted = [(after.since - stay.since).total_seconds() for stay, after in pairwise(drawn)]
    whole = sum(lasted)
    x, spots = float(_LABELS), [_LABELS]
    for seconds in lasted:
        x += _GAP + (spare * 0.6 * seconds / whole if whole else 0)
        spots.append(round(x))
    return spots, width


def _lane(group_id: int, y: int, drawn: Sequence[Stay], retired: frozenset[int]) -> Lane:
    return Lane(group_id, y, group_id in retired, group_id == drawn[-1].group_id)


def _mark(number: int, stay: Stay, x: int, y: int) -> Mark:
    by = f", {stay.told.by}" if stay.told.by else ""
    undone = f", undone {stay.told.undone}" if stay.told.undone else ""
    return Mark(number, x, y, stay.mark, stay.since, f"{stay.told.what}{by}{undone}", bool(stay.told.undone))
