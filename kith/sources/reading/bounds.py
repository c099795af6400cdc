"""What a workbook may take once it is unpacked: a file of a few kilobytes can hold gigabytes, or one cell so
far away from the others that all between them would fill the memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final
from zipfile import ZipFile

from kith.sources.reading.table import Unreadable

MOST_ROWS: Final = 1_048_576
"""Where the format ends."""
_BLOCK_BYTES: Final = 4_000_000
_LONGEST_TAG: Final = 4_000_000
_ANY_CELL: Final = re.compile(rb"<(?:\w+:)?c[\s/>]")
_ANY_ROW: Final = re.compile(rb"<(?:\w+:)?row[\s/>]")
_CELL: Final = rb"""<c\s[^<>]*?\br\s*=\s*["']([A-Za-z]{1,9})[A-Za-z]*([0-9]{1,9})"""
_ROW: Final = rb"""<row\s(?:[^<>]*?\s)?r\s*=\s*["']([0-9]{1,9})"""
_PLAIN: Final = re.compile(_CELL), re.compile(_ROW)
_PREFIXED: Final = re.compile(_CELL.replace(b"<", rb"<\w+:", 1)), re.compile(_ROW.replace(b"<", rb"<\w+:", 1))


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
        columns, rows = _reach(partial(_blocks, archive, one.filename))
        if rows > MOST_ROWS or columns * rows > bounds.cells:
            raise Unreadable(
                f"The spreadsheet reaches over {columns:,} columns and {rows:,} rows, too many to read."
                " Delete what stands far away from the table, or save it as CSV."
            )


def _blocks(archive: ZipFile, name: str) -> Iterator[bytes]:
    """No tag is cut in two."""
    with archive.open(name) as member:
        begun = b""
        for block in iter(partial(member.read, _BLOCK_BYTES), b""):
            whole = begun + block
            end = whole.rfind(b"<") if whole.rfind(b"<") > whole.rfind(b">") else len(whole)
            begun = whole[end:]
            if len(begun) > _LONGEST_TAG:
                raise Unreadable("The spreadsheet is damaged: a tag in it does not end. Save it again.")
            yield whole[:end]
        yield begun


def _reach(blocks: Callable[[], Iterator[bytes]]) -> tuple[int, int]:
    """The farthest column and row, from 1; 0 where the member is no sheet."""
    column = row = unplaced_cells = unplaced_rows = 0
    for block in blocks():
        cells, rows = _placed(block)
        column = max(column, *map(_column_number, {name for name, _ in cells}), 0)
        row = max(row, *map(int, {number for _, number in cells}), *map(int, rows), 0)
        # Looked at closely where the quick count leaves any: `<cols>` begins so too.
        if block.count(b"<c") + block.count(b":c") > len(cells):
            unplaced_cells += len(_ANY_CELL.findall(block)) - len(cells)
        if block.count(b"<row") + block.count(b":row") > len(rows):
            unplaced_rows += len(_ANY_ROW.findall(block)) - len(rows)
    # A cell or row that says not where it is comes after the one before it.
    return column + (_longest_row(blocks()) if unplaced_cells else 0), row + unplaced_rows


def _placed(block: bytes) -> tuple[list[tuple[bytes, bytes]], list[bytes]]:
    """Cells and rows that say where they are."""
    cell, row = _PLAIN
    cells, rows = cell.findall(block), row.findall(block)
    if b":c" in block or b":row" in block:
        cell, row = _PREFIXED
        cells, rows = cells + cell.findall(block), rows + row.findall(block)
    return cells, rows


def _longest_row(blocks: Iterator[bytes]) -> int:
    """Cells between two beginnings of rows."""
    most = running = 0
    for block in blocks:
        for part in (found := _ANY_ROW.split(block)):
            number = len(_ANY_CELL.findall(part))
            running = running + number if part is found[0] else number
            most = max(most, running)
    return most


def _column_number(name: bytes) -> int:
    """`A` is 1, `AA` is 27."""
    number = 0
    for letter in name.upper():
        number = 26 * number + letter - ord("A") + 1
    return number
