"""A file as a table of texts: what every reader gives, whatever the file is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Protocol

import polars as pl

from kith.kernel.errors import Refused

CHUNK_ROWS: Final = 50_000
MAX_COLUMNS: Final = 500
MAX_LINE_CHARS: Final = 1_000_000
HEADER_MAX_CHARS: Final = 200


class Received(Protocol):
    """A file as it was received, wherever and however it is kept."""

    def open(self) -> BinaryIO:
        """From its start, each time anew; it need not be able to go back."""
        ...


class Unreadable(Refused):
    """The file as a whole cannot be read; the sentence says why and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    type: str
    """csv, xlsx or xls"""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BadRow:
    number: int
    """As a spreadsheet counts: the header is row 1."""
    reason: str
    column: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows in the file's order, every column text."""

    rows: pl.DataFrame
    numbers: pl.Series
    """The row number of each of `rows`."""
    bad: tuple[BadRow, ...]
    last_number: int
    """Every row up to this one is in this chunk or an earlier one."""


class Table(Protocol):
    """`chunks` may be called again; each call reads the file from its start."""

    @property
    def headers(self) -> tuple[str, ...]: ...
    @property
    def format(self) -> FileFormat: ...
    def chunks(self) -> Iterator[Chunk]: ...
    def count_rows(self) -> int:
        """Rows below the header; an estimate where values hold line breaks."""
        ...


def as_headers(cells: Iterable[str]) -> tuple[str, ...]:
    """Header cells, made distinct: the second `Name` is `Name (2)`, an empty one `Column 7`."""
    headers: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, start=1):
        wanted = " ".join(cell.split())[:HEADER_MAX_CHARS] or f"Column {place}"
        name, copy = wanted, 1
        while name in taken:
            copy += 1
            name = f"{wanted} ({copy})"
        taken.add(name)
        headers.append(name)
    if len(headers) > MAX_COLUMNS:
        raise Unreadable(f"The file has {len(headers)} columns; {MAX_COLUMNS} is the most Kith takes.")
    return tuple(headers)


def named_values(headers: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Cells by header; surplus ones as they would be called."""
    names = [*headers, *(f"Column {place}" for place in range(len(headers) + 1, len(cells) + 1))]
    return {name: cell[:2_000] for name, cell in zip(names, cells, strict=False) if cell}


def in_slices(chunk: Chunk) -> Iterator[Chunk]:
    """The chunk in parts of at most CHUNK_ROWS rows; unreadable rows go with the rows around them."""
    if chunk.rows.height <= CHUNK_ROWS:
        yield chunk
        return
    bad = list(chunk.bad)
    for start in range(0, chunk.rows.height, CHUNK_ROWS):
        numbers = chunk.numbers.slice(start, CHUNK_ROWS)
        is_last = start + CHUNK_ROWS >= chunk.rows.height
        last = chunk.last_number if is_last else int(numbers[-1])
        here = tuple(row for row in bad if row.number <= last)
        bad = bad[len(here) :]
        yield Chunk(chunk.rows.slice(start, CHUNK_ROWS), numbers, here, last)
