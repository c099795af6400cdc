"""Where the badges of a picture go: on their line, and none on another one or on a circle."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Self, TypeAlias

BADGE_HEIGHT: Final = 22
_GAP: Final = 2
_ALONG: Final = (0.5, 0.42, 0.58, 0.34, 0.66, 0.27, 0.73, 0.21, 0.79)
"""Of the way from one end of the line to the other."""
_STEP: Final = 13
_FARTHEST: Final = 80

Spot: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    left: float
    top: float
    width: float
    height: float

    @classmethod
    def around(cls, x: float, y: float, *, width: float, height: float) -> Self:
        return cls(x - width / 2, y - height / 2, width, height)

    def meets(self, other: Box) -> bool:
        return (
            self.left < other.left + other.width + _GAP
            and other.left < self.left + self.width + _GAP
            and self.top < other.top + other.height + _GAP
            and other.top < self.top + self.height + _GAP
        )

    def is_inside(self, *, width: float, height: float) -> bool:
        return (
            self.left >= 0
            and self.top >= 0
            and self.left + self.width <= width
            and self.top + self.height <= height
        )


@dataclass(slots=True, kw_only=True)
class Placing:
    """One badge after the other; each takes its place from those that follow."""

    width: float
    height: float
    taken: tuple[Box, ...]
    _badges: list[Box] = field(default_factory=list)

    def place(self, start: Spot, end: Spot, *, width: float) -> Box:
        boxes = [Box.around(*spot, width=width, height=BADGE_HEIGHT) for spot in _on_line(start, end)]
        middle = boxes[0]
        found = next((box for box in boxes if self._is_free(box)), None)
        found = found or next(
            (box for box in self._about(start, end, width=width) if self._is_free(box)), middle
        )
        self._badges.append(found)
        return found

    def _about(self, start: Spot, end: Spot, *, width: float) -> Iterator[Box]:
        """Around the middle of the line, farther and farther."""
        x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
        for ring in range(1, _FARTHEST):
            for turn in range(6 * ring):
                angle = 2 * math.pi * turn / (6 * ring)
                spot = x + ring * _STEP * math.cos(angle), y + ring * _STEP * math.sin(angle)
                yield Box.around(*spot, width=width, height=BADGE_HEIGHT)

    def _is_free(self, box: Box) -> bool:
        return box.is_inside(width=self.width, height=self.height) and not any(
            box.meets(other) for other in (*self._badges, *self.taken)
        )


def _on_line(start: Spot, end: Spot) -> Iterator[Spot]:
    for part in _ALONG:
        yield start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
