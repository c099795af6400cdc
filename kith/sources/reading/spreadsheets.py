"""XLSX and XLS: values as last calculated, dates in ISO form, merged cells in their first cell.

A spreadsheet is read as a whole: the format ends at 1,048,576 rows, and its cells come compressed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Self

import fastexcel
import polars as pl

from kith.sources.reading.detection import spreadsheet_of
from kith.sources.reading.table import CHUNK_ROWS, Chunk, FileFormat, Received, Unreadable, as_headers

_MIDNIGHT: Final = r"^(\d{4}-\d{2}-\d{2}) 00:00:00$"
_DAMAGED: Final = (
    "The spreadsheet cannot be read: it is damaged or protected by a password. Save it again without one."
)


@dataclass(frozen=True, slots=True)
class SpreadsheetTable:
    headers: tuple[str, ...]
    format: FileFormat
    rows: pl.DataFrame
    first_number: int

    @classmethod
    def open(cls, received: Received, *, kind: str, sheet: str = "") -> Self:
        try:
            book = fastexcel.read_excel(spreadsheet_of(received))
            names = tuple(book.sheet_names)
            name, cells = _sheet(book, names, wanted=sheet)
        except fastexcel.FastExcelError as error:
            raise Unreadable(_DAMAGED) from error
        header_place = _header_place(cells)
        headers = as_headers(str(value or "") for value in cells.row(header_place))
        rows = cells.slice(header_place + 1)
        rows.columns = list(headers)
        form = FileFormat(type=kind, sheet=name, sheets=names)
        return cls(headers, form, rows.with_columns(pl.all().str.replace(_MIDNIGHT, "$1")), header_place + 2)

    def count_rows(self) -> int:
        return self.rows.height

    def chunks(self) -> Iterator[Chunk]:
        for start in range(0, self.rows.height, CHUNK_ROWS):
            rows = self.rows.slice(start, CHUNK_ROWS).with_columns(
                pl.all().fill_null("").str.replace_all("\x00", "")
            )
            first = self.first_number + start
            numbers = pl.int_range(first, first + rows.height, dtype=pl.Int64, eager=True)
            filled = rows.select(pl.any_horizontal(pl.all().str.strip_chars() != "")).to_series()
            yield Chunk(rows.filter(filled), numbers.filter(filled), (), first + rows.height - 1)


def _sheet(book: fastexcel.ExcelReader, names: tuple[str, ...], *, wanted: str) -> tuple[str, pl.DataFrame]:
    """The sheet asked for, else the first that holds anything."""
    if wanted and wanted not in names:
        raise Unreadable(f"There is no sheet “{wanted}”; the file has {', '.join(names)}.")
    for name in (wanted,) if wanted else names:
        sheet = book.load_sheet(name, header_row=None, dtypes="string")
        if sheet.width:
            return name, sheet.to_polars()
    raise Unreadable("The spreadsheet is empty.")


def _header_place(cells: pl.DataFrame) -> int:
    for place, row in enumerate(cells.head(20).iter_rows()):
        if any(value and value.strip() for value in row):
            return place
    raise Unreadable("The spreadsheet has no header in its first 20 rows.")
