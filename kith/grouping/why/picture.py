"""The picture of “Why are these one person?”: circles are System Refs, on the lines what joined them.

Drawn twice, for a page and for a phone: what shrinks with a picture cannot be read any more. On a phone the
circles are numbered, and a list beside the picture names them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

import numpy as np

from kith.contacts.names import record_name
from kith.grouping.why.badges import BADGE_HEIGHT, Box, Placing
from kith.sources.models import SourceRecord

MOST_CIRCLES: Final = 40
MOST_LINES: Final = 14
"""Beyond this the picture shows the strongest pairs that hold all together; the table shows the rest."""
_RADIUS: Final = 15
_WIDTHS: Final = {"rule": BADGE_HEIGHT, "bits": 46, "person": 34}
_LABEL: Final = (150, 34)

Spot: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Canvas:
    width: int
    labelled: bool
    """Names stand beside the circles; else a list beside the picture has them."""


PAGE: Final = Canvas(width=760, labelled=True)
PHONE: Final = Canvas(width=350, labelled=False)


class Joined(Protocol):
    """What of a pair is drawn."""

    @property
    def left(self) -> SourceRecord: ...
    @property
    def right(self) -> SourceRecord: ...
    @property
    def mark(self) -> str: ...
    @property
    def by(self) -> str: ...
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
    number: int
    ink: str
    """Of the number, so that it is read on the colour of the source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    look: str
    """'strong', 'weak', 'review', 'bridge' or 'person'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """A rule's number in a square, the model's bits in a pill, a person's initials in another."""

    x: float
    y: float
    left: float
    top: float
    width: int
    height: int
    text: str
    by: str
    """'rule', 'bits' or 'person'."""
    title: str

    @property
    def is_rule(self) -> bool:
        return self.by == "rule"


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    width: int
    height: int
    circles: tuple[Circle, ...]
    lines: tuple[Line, ...]
    badges: tuple[Badge, ...]
    labelled: bool
    is_partial: bool


def picture(found: Sequence[SourceRecord], pairs: Sequence[Joined], *, canvas: Canvas = PAGE) -> Picture:
    drawn = found[:MOST_CIRCLES]
    across, down = _radii(len(drawn), canvas)
    height = round(2 * down + (130 if canvas.labelled else 60))
    middle = canvas.width / 2, height / 2 - (10 if canvas.labelled else 0)
    spots = {
        record.pk: _spot(number, len(drawn), middle=middle, across=across, down=down)
        for number, record in enumerate(drawn)
    }
    circles = tuple(
        _circle(record, spots[record.pk], number=number, height=height)
        for number, record in enumerate(drawn, start=1)
    )
    shown = [pair for pair in pairs if pair.left.pk in spots and pair.right.pk in spots]
    if len(shown) > MOST_LINES:
        shown = [pair for pair in shown if pair.holds_together]
    ends = [(spots[pair.left.pk], spots[pair.right.pk]) for pair in shown]
    placing = Placing(width=canvas.width, height=height, taken=tuple(_taken(circles, canvas)))
    return Picture(
        width=canvas.width,
        height=height,
        circles=circles,
        lines=tuple(
            Line(x1=start[0], y1=start[1], x2=end[0], y2=end[1], look=pair.look)
            for pair, (start, end) in zip(shown, ends, strict=True)
        ),
        badges=tuple(_badge(pair, placing, *both) for pair, both in zip(shown, ends, strict=True)),
        labelled=canvas.labelled,
        is_partial=len(shown) < len(pairs) or len(drawn) < len(found),
    )


def _radii(circles: int, canvas: Canvas) -> tuple[float, float]:
    if circles < 3:
        return (170 if canvas.labelled else 110), 0
    if canvas.labelled:
        radius = min(60 + 14 * circles, 300)
        return 0.95 * radius, radius
    return canvas.width / 2 - 30, max(100, 9 * circles)


def _spot(number: int, of: int, *, middle: Spot, across: float, down: float) -> Spot:
    if of == 1:
        return middle
    if of == 2:
        return middle[0] + (across if number else -across), middle[1]
    angle = _turn(number, of, across=across, down=down) - math.pi / 2
    return round(middle[0] + across * math.cos(angle), 1), round(middle[1] + down * math.sin(angle), 1)


def _turn(number: int, of: int, *, across: float, down: float) -> float:
    """Equally far from each other on the way around, which on a tall ellipse equal angles are not."""
    angles = np.linspace(0, 2 * math.pi, 721)
    steps = np.hypot(across * np.diff(np.sin(angles)), down * np.diff(np.cos(angles)))
    way = np.concatenate(([0.0], np.cumsum(steps)))
    return float(np.interp(way[-1] * number / of, way, angles))


def _circle(record: SourceRecord, spot: Spot, *, number: int, height: int) -> Circle:
    x, y = spot
    above = y < height / 2 - 40
    return Circle(
        x=x,
        y=y,
        label_y=y - _RADIUS - 22 if above else y + _RADIUS + 16,
        record=record,
        name=record_name(record),
        number=number,
        ink=_ink_on(record.source.colour),
    )


def _ink_on(colour: str) -> str:
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return "#1c1a17" if 0.299 * red + 0.587 * green + 0.114 * blue > 150 else "#ffffff"


def _taken(circles: Sequence[Circle], canvas: Canvas) -> Iterator[Box]:
    for circle in circles:
        yield Box.around(circle.x, circle.y, width=2 * _RADIUS, height=2 * _RADIUS)
        if canvas.labelled:
            yield Box.around(circle.x, circle.label_y + 3, width=_LABEL[0], height=_LABEL[1])


def _badge(pair: Joined, placing: Placing, start: Spot, end: Spot) -> Badge:
    width = _WIDTHS[pair.by]
    box = placing.place(start, end, width=width)
    return Badge(
        x=round(box.left + width / 2, 1),
        y=round(box.top + BADGE_HEIGHT / 2, 1),
        left=round(box.left, 1),
        top=round(box.top, 1),
        width=width,
        height=BADGE_HEIGHT,
        text=pair.mark,
        by=pair.by,
        title=pair.words,
    )
