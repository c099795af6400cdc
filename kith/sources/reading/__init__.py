"""Files to rows of text: CSV, XLSX and XLS, found out from their content."""

from __future__ import annotations

from pathlib import Path

from kith.sources.reading.delimited import DelimitedTable
from kith.sources.reading.detection import file_type
from kith.sources.reading.on_disk import OnDisk
from kith.sources.reading.spreadsheets import SpreadsheetTable
from kith.sources.reading.table import BadRow, Chunk, FileFormat, Received, Table, Unreadable

__all__ = ["BadRow", "Chunk", "FileFormat", "OnDisk", "Received", "Table", "Unreadable", "open_table"]


def open_table(received: Received | Path, *, sheet: str = "") -> Table:
    """Raises Unreadable with a sentence for whoever sent the file."""
    file = OnDisk(received) if isinstance(received, Path) else received
    kind = file_type(file)
    if kind == "csv":
        return DelimitedTable.open(file)
    return SpreadsheetTable.open(file, kind=kind, sheet=sheet)
