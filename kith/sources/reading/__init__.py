"""Files to rows of text: CSV, XLSX and XLS, found out from their content."""

from __future__ import annotations

from pathlib import Path

from kith.sources.reading.delimited import DelimitedTable
from kith.sources.reading.detection import file_type
from kith.sources.reading.spreadsheets import SpreadsheetTable
from kith.sources.reading.table import BadRow, Chunk, FileFormat, Table, Unreadable

__all__ = ["BadRow", "Chunk", "FileFormat", "Table", "Unreadable", "open_table"]


def open_table(path: Path, *, sheet: str = "") -> Table:
    """Raises Unreadable with a sentence for whoever sent the file."""
    kind = file_type(path)
    if kind == "csv":
        return DelimitedTable.open(path)
    return SpreadsheetTable.open(path, kind=kind, sheet=sheet)
