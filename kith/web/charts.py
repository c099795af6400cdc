"""Small pictures as SVG geometry. Colours come from the stylesheet by class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sparkline:
    width: int
    height: int
    line: str
    """SVG points of the line."""
    area: str
    """SVG points of the filled shape beneath it."""
    last_x: float
    last_y: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of a waterfall: where its rectangle stands, in the picture's own units."""

    label: str
    text: str
    x: float
    width: float
    tone: str
    """`for`, `against` or `none`."""


def sparkline(values: Sequence[float], *, width: int, height: int) -> Sparkline | None:
    """From zero to the highest value; a single value is a flat line."""
    if not values:
        return None
    series = list(values) if len(values) > 1 else [values[0], values[0]]
    top = max(*series, 1)
    step = width / (len(series) - 1)
    room = height - 4
    points = [(round(i * step, 1), round(2 + room - room * v / top, 1)) for i, v in enumerate(series)]
    line = " ".join(f"{x},{y}" for x, y in points)
    return Sparkline(width, height, line, f"0,{height} {line} {width},{height}", points[-1][0], points[-1][1])


def waterfall(steps: Sequence[tuple[str, float, str]], *, width: int = 200) -> list[Bar]:
    """Each (label, weight, words) as a bar right of the middle when it speaks for, left when against."""
    middle = width / 2
    largest = max((abs(weight) for _, weight, _ in steps), default=0) or 1
    return [_bar(label, weight, words, middle=middle, largest=largest) for label, weight, words in steps]


def _bar(label: str, weight: float, words: str, *, middle: float, largest: float) -> Bar:
    length = round(middle * abs(weight) / largest, 1)
    if weight == 0:
        return Bar(label, words, middle, 0, "none")
    if weight > 0:
        return Bar(label, words, middle, length, "for")
    return Bar(label, words, round(middle - length, 1), length, "against")
