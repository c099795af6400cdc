"""A training report as lines to read, whatever training found worth telling."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MOST_LINES: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    said: str


def lines_of(report: object) -> tuple[Line, ...]:
    return tuple(line for line, _ in zip(_lines("", report), range(MOST_LINES), strict=False))


def _lines(name: str, said: object) -> Iterator[Line]:
    if isinstance(said, dict):
        for key, value in said.items():
            words = str(key).replace("_", " ")
            yield from _lines(f"{name}: {words}" if name else words[:1].upper() + words[1:], value)
        return
    if isinstance(said, list) and any(isinstance(one, dict | list) for one in said):
        for number, one in enumerate(said, start=1):
            yield from _lines(f"{name} {number}".strip(), one)
        return
    yield Line(name, _words(said))


def _words(said: object) -> str:
    if isinstance(said, bool):
        return "yes" if said else "no"
    if isinstance(said, int):
        return f"{said:,}"
    if isinstance(said, float):
        return f"{said:.4g}"
    if isinstance(said, list):
        return ", ".join(_words(one) for one in said)
    return "" if said is None else str(said)
