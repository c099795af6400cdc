"""What a workbook may take once it is unpacked: a file of a few kilobytes can hold gigabytes, or one cell so
far away from the others that all between them would fill the memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final
from zipfile import ZipFile

from kith.sources.reading.table import Unreadable

MOST_ROWS: Final = 1_048_576
"""Where the format ends."""
_BLOCK_BYTES: Final = 4_000_000
_SPLIT_BYTES: Final = 256
"""So much of a block is read again with the next: a cell may begin in one and end in the other."""
_CELL: Final = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["']([A-Za-z]{1,9})[A-Za-z]*([0-9]{1,9})""")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    unpacked_bytes: int = 2 * 1024 * 1024 * 1024
    cells: int = 60_000_000
    """From the first to the farthest that says anything, empty ones between them too."""


def refuse_what_unpacks_too_large(archive: ZipFile, bounds: Bounds) -> None:
    """Raises Unreadable. `archive`: of a workbook, before anything in it is read."""
    members = archive.infolist()
    if sum(one.file_size for one in members) > bounds.unpacked_bytes:
        most = f"{bounds.unpacked_bytes // 1024 // 1024:,} MB"
        raise Unreadable(f"The spreadsheet is larger than {most} once it is unpacked. Save it as CSV.")
    for one in members:
        columns, rows = _reach(_blocks(archive, one.filename))
        if rows > MOST_ROWS or columns * rows > bounds.cells:
            raise Unreadable(
                f"The spreadsheet reaches over {columns:,} columns and {rows:,} rows, too many to read."
                " Delete what stands far away from the table, or save it as CSV."
            )


def _blocks(archive: ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as member:
        before = b""
        for block in iter(partial(member.read, _BLOCK_BYTES), b""):
            yield before + block
            before = block[-_SPLIT_BYTES:]


def _reach(blocks: Iterator[bytes]) -> tuple[int, int]:
    """The farthest column and row, from 1; 0 where the member is no sheet."""
    column = row = 0
    for block in blocks:
        cells = _CELL.findall(block)
        column = max(column, *map(_column_number, {name for name, _ in cells}), 0)
        row = max(row, *map(int, {number for _, number in cells}), 0)
    return column, row


def _column_number(name: bytes) -> int:
    """`A` is 1, `AA` is 27."""
    number = 0
    for letter in name.upper():
        number = 26 * number + letter - ord("A") + 1
    return number
