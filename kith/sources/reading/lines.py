"""Lines to rows by Python's csv module: slower, but a bad row stays one bad row."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from kith.sources.reading.table import MAX_LINE_CHARS, BadRow, named_values

_END: Final = "\x02kith end of block\x02"
"""Read as a row of its own where every quotation mark before it is closed."""

OPEN_QUOTE: Final = "A quotation mark is opened in this row and never closed."


@dataclass(slots=True)
class Parsed:
    rows: list[list[str]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    bad: list[BadRow] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)
    """Lines of a row that the next block may finish."""


@dataclass(slots=True)
class LineParser:
    headers: Sequence[str]
    delimiter: str
    encoding: str
    number: int
    """Of the next row."""

    def parse(self, lines: list[str], *, final: bool) -> Parsed:
        """`final` when nothing follows, so that an open row is a bad row."""
        parsed = Parsed()
        start = 0
        while start < len(lines):
            start = self._parse_from(lines, start, parsed, final=final)
        return parsed

    def _parse_from(self, lines: list[str], start: int, parsed: Parsed, *, final: bool) -> int:
        """Parse until the end or a runaway quotation mark; return the line to go on from."""
        feed = _Feed(lines, start)
        reader = csv.reader(feed, delimiter=self.delimiter)
        while True:
            begin = feed.place
            try:
                cells = next(reader, None)
            except csv.Error:
                cells = None
                self._refuse(lines[begin], OPEN_QUOTE, parsed)
                return begin + 1
            if cells is None or cells == [_END]:
                return len(lines)
            is_open = feed.place > len(lines)
            if is_open and not final:
                parsed.rest = lines[begin:]
                return len(lines)
            if is_open or (feed.place - begin > 1 and len(cells) != len(self.headers)):
                self._refuse(lines[begin], OPEN_QUOTE, parsed)
                return begin + 1
            self._take(cells, parsed)

    def _take(self, cells: list[str], parsed: Parsed) -> None:
        width = len(self.headers)
        if len(cells) > width and not any(cells[width:]):
            del cells[width:]
        reason = self._fault(cells)
        if reason:
            parsed.bad.append(BadRow(self.number, reason, "", named_values(self.headers, _mended(cells))))
        elif any(cell.strip() for cell in cells):
            parsed.rows.append(cells + [""] * (width - len(cells)))
            parsed.numbers.append(self.number)
        self.number += 1

    def _fault(self, cells: list[str]) -> str:
        if len(cells) > len(self.headers):
            return f"The row has {len(cells)} values, the header has {len(self.headers)} columns."
        text = "".join(cells)
        if not text.isascii() and any("\ud800" <= sign <= "\udfff" for sign in text):
            return f"The row holds bytes that are not {self.encoding} text."
        return ""

    def _refuse(self, line: str, reason: str, parsed: Parsed) -> None:
        parsed.bad.append(BadRow(self.number, reason, "", {"line": _mended([line.rstrip("\n")])[0][:2_000]}))
        self.number += 1

    def refuse_long_line(self, beginning: str) -> BadRow:
        row = BadRow(
            self.number,
            f"The line is longer than {MAX_LINE_CHARS:,} characters.",
            "",
            {"line": _mended([beginning[:200]])[0]},
        )
        self.number += 1
        return row


@dataclass(slots=True)
class _Feed:
    """Hands lines to the csv reader and knows how many it took; the end mark comes last."""

    lines: list[str]
    place: int

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        place = self.place
        self.place += 1
        if place < len(self.lines):
            return self.lines[place]
        if place == len(self.lines):
            return _END
        raise StopIteration


def _mended(cells: list[str]) -> list[str]:
    """Storable text: undecoded bytes become the replacement character."""
    return [cell.encode("utf-8", "replace").decode("utf-8") for cell in cells]
