"""Files to rows of text: CSV, XLSX and XLS, found out from their content."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from kith.sources.reading.bounds import Bounds
from kith.sources.reading.delimited import DelimitedTable
from kith.sources.reading.detection import file_type
from kith.sources.reading.on_disk import OnDisk
from kith.sources.reading.spreadsheets import SpreadsheetTable
from kith.sources.reading.table import BadRow, Chunk, FileFormat, Received, Table, Unreadable

__all__ = [
    "BadRow",
    "Bounds",
    "Chunk",
    "FileFormat",
    "OnDisk",
    "Received",
    "Table",
    "Unreadable",
    "open_table",
]

_ANY_FILE: Final = Bounds()


def open_table(received: Received | Path, *, sheet: str = "", bounds: Bounds = _ANY_FILE) -> Table:
    """Raises Unreadable with a sentence for whoever sent the file. `bounds`: of a workbook."""
    file = OnDisk(received) if isinstance(received, Path) else received
    kind = file_type(file, bounds)
    if kind == "csv":
        return DelimitedTable.open(file)
    return SpreadsheetTable.open(file, kind=kind, sheet=sheet)
