"""Printouts as a workbook: a sheet for each section. Text stays text: no cell is a formula or a link."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import xlsxwriter
from django.utils import timezone
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from kith.contacts.report import Cell, Content, Facts
from kith.printouts.document import Document

_LONGEST: Final = 32_767
"""Characters of a cell, as spreadsheets have it."""
_LONGEST_NAME: Final = 31
_NOT_IN_NAMES: Final = re.compile(r"[\[\]:*?/\\]")
_WIDEST: Final = 60
_FACTS: Final = ("Field", "Value", "Reads", "Note", "Source", "Said at")
_OPTIONS: Final = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class _Formats:
    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.head = book.add_format({"bold": True, "bottom": 1})
        self.day = book.add_format({"num_format": "yyyy-mm-dd"})
        self.moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.amount = book.add_format({"num_format": "#,##0.00"})


def write(document: Document) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, dict(_OPTIONS)) as book:
        formats = _Formats(book)
        _sheet(book.add_worksheet("Contact"), ("", ""), _head(document), formats)
        for part in document.parts:
            heads, rows = _table(part.content)
            sheet = book.add_worksheet(_name(part.section.label))
            _sheet(sheet, heads, rows, formats)
    return out.getvalue()


def _name(label: str) -> str:
    """Spreadsheets keep the name `History` to themselves."""
    name = _NOT_IN_NAMES.sub(" ", label)[:_LONGEST_NAME].strip()
    return f"{name} of the contact" if name.casefold() == "history" else name


def _head(document: Document) -> list[tuple[Cell, ...]]:
    return [
        ("Printout", document.preset),
        ("Name", document.name),
        ("GroupID", document.group_id),
        ("Kind", document.kind),
        ("Standing", document.standing),
        ("Made at", document.made_at),
        ("Made by", document.made_by),
        *([("Remember", document.reminder)] if document.reminder else []),
    ]


def _table(content: Content) -> tuple[Sequence[str], Sequence[tuple[Cell, ...]]]:
    if isinstance(content, Facts):
        rows = [(one.label, one.value, one.words, one.note, one.source, one.said_at) for one in content.rows]
        return _FACTS, rows
    more: list[tuple[Cell, ...]] = [("There are more: the newest are here.",)] if content.is_cut else []
    return [column.label for column in content.columns], [*content.rows, *more]


def _sheet(
    sheet: Worksheet, heads: Sequence[str], rows: Sequence[tuple[Cell, ...]], formats: _Formats
) -> None:
    widths = [len(head) for head in heads]
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, formats.head)
    for number, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _put(sheet, number, column, cell, formats)
            widths[column] = max(widths[column], min(len(str(cell or "")), _WIDEST))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width + 2)
    sheet.freeze_panes(1, 0)


def _put(sheet: Worksheet, row: int, column: int, cell: Cell, formats: _Formats) -> None:
    style: Format | None = None
    match cell:
        case None | "":
            return
        case bool():
            sheet.write_boolean(row, column, cell)
        case datetime():
            local = timezone.localtime(cell).replace(tzinfo=None) if timezone.is_aware(cell) else cell
            style = formats.moment
            _put_moment(sheet, row, column, local, style)
        case date():
            _put_moment(sheet, row, column, datetime(cell.year, cell.month, cell.day), formats.day)  # noqa: DTZ001  # a day
        case Decimal():
            sheet.write_number(row, column, float(cell), formats.amount)
        case int():
            sheet.write_number(row, column, cell)
        case str():
            sheet.write_string(row, column, cell[:_LONGEST])


def _put_moment(sheet: Worksheet, row: int, column: int, moment: datetime, style: Format) -> None:
    """What is before the calendar of spreadsheets stands there as text."""
    if moment.year < 1900:
        sheet.write_string(row, column, moment.date().isoformat())
    else:
        sheet.write_datetime(row, column, moment, style)
