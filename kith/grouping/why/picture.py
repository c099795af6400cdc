"""The picture of “Why are these one person?”: circles are System Refs, on the lines what joined them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from kith.contacts.names import record_name
from kith.sources.models import SourceRecord

MOST_CIRCLES: Final = 40
MOST_LINES: Final = 14
"""Beyond this the picture shows the strongest pairs that hold all together; the table shows the rest."""
WIDTH: Final = 760
_RADIUS: Final = 15
_PILL: Final = 46
_SQUARE: Final = 22


class Joined(Protocol):
    """What of a pair is drawn."""

    @property
    def left(self) -> SourceRecord: ...
    @property
    def right(self) -> SourceRecord: ...
    @property
    def mark(self) -> str: ...
    @property
    def is_rule(self) -> bool: ...
    @property
    def look(self) -> str: ...
    @property
    def words(self) -> str: ...
    @property
    def holds_together(self) -> bool: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    x: float
    y: float
    label_y: float
    record: SourceRecord
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    look: str
    """'strong', 'weak', 'review' or 'bridge'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A rule's number in a square, or the model's bits in a pill."""

    x: float
    y: float
    left: float
    top: float
    width: int
    height: int
    text: str
    is_rule: bool
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    height: int
    circles: tuple[Circle, ...]
    lines: tuple[Line, ...]
    badges: tuple[Badge, ...]
    is_partial: bool


def picture(found: Sequence[SourceRecord], pairs: Sequence[Joined]) -> Picture:
    drawn = found[:MOST_CIRCLES]
    radius = min(60 + 14 * max(len(drawn), 3), 300) if len(drawn) > 2 else 0
    height = 2 * radius + 130
    spots = {
        record.pk: _spot(number, len(drawn), height=height, radius=radius)
        for number, record in enumerate(drawn)
    }
    shown = [pair for pair in pairs if pair.left.pk in spots and pair.right.pk in spots]
    if len(shown) > MOST_LINES:
        shown = [pair for pair in shown if pair.holds_together]
    ends = [(spots[pair.left.pk], spots[pair.right.pk]) for pair in shown]
    return Picture(
        height=height,
        circles=tuple(_circle(record, spots[record.pk], height=height) for record in drawn),
        lines=tuple(
            Line(x1=start[0], y1=start[1], x2=end[0], y2=end[1], look=pair.look)
            for pair, (start, end) in zip(shown, ends, strict=True)
        ),
        badges=tuple(_badge(pair, start, end) for pair, (start, end) in zip(shown, ends, strict=True)),
        is_partial=len(shown) < len(pairs) or len(drawn) < len(found),
    )


def _spot(number: int, of: int, *, height: int, radius: int) -> tuple[float, float]:
    middle_x, middle_y = WIDTH / 2, height / 2 - 10
    if of == 1:
        return middle_x, middle_y
    if of == 2:
        return middle_x + (170 if number else -170), middle_y
    angle = 2 * math.pi * number / of - math.pi / 2
    return round(middle_x + 0.95 * radius * math.cos(angle), 1), round(middle_y + radius * math.sin(angle), 1)


def _circle(record: SourceRecord, spot: tuple[float, float], *, height: int) -> Circle:
    x, y = spot
    above = y < height / 2 - 40
    label_y = y - _RADIUS - 22 if above else y + _RADIUS + 16
    return Circle(x=x, y=y, label_y=label_y, record=record, name=record_name(record))


def _badge(pair: Joined, start: tuple[float, float], end: tuple[float, float]) -> Badge:
    x, y = round((start[0] + end[0]) / 2, 1), round((start[1] + end[1]) / 2, 1)
    width = _SQUARE if pair.is_rule else _PILL
    return Badge(
        x=x,
        y=y,
        left=round(x - width / 2, 1),
        top=round(y - _SQUARE / 2, 1),
        width=width,
        height=_SQUARE,
        text=pair.mark,
        is_rule=pair.is_rule,
        title=pair.words,
    )
