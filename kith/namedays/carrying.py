"""Rules of one's own as a file: the columns Day and Names. What is exported and taken in elsewhere gives the
same rules.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from typing import Final

import fastexcel
import xlsxwriter

from kith.kernel.errors import Refused
from kith.namedays.days import read_day
from kith.namedays.sections import OwnRule, OwnRules

HEADERS: Final = ("Day", "Names")
LARGEST: Final = 1024 * 1024
_ZIP: Final = b"PK\x03\x04"
_MOST_SAID: Final = 10


def as_csv(rules: OwnRules) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(HEADERS)
    writer.writerows(_rows(rules))
    return text.getvalue().encode("utf-8-sig")


def as_xlsx(rules: OwnRules) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Name days")
    sheet.set_column(0, 0, 24, book.add_format({"num_format": "@"}))  # or 04-23 becomes a date
    sheet.set_column(1, 1, 80, book.add_format({"num_format": "@"}))
    sheet.write_row(0, 0, HEADERS, book.add_format({"bold": True}))
    for place, row in enumerate(_rows(rules), 1):
        sheet.write_string(place, 0, row[0])
        sheet.write_string(place, 1, row[1])
    book.close()
    return file.getvalue()


FORMS: Final[Mapping[str, Callable[[OwnRules], bytes]]] = {"csv": as_csv, "xlsx": as_xlsx}


def read_rules(content: bytes) -> OwnRules:
    """Of a CSV or XLSX file. Refused with the rows that cannot be read."""
    rows = _of_xlsx(content) if content.startswith(_ZIP) else _of_csv(content)
    if not rows or tuple(cell.casefold() for cell in rows[0]) != tuple(one.casefold() for one in HEADERS):
        raise Refused("The first row of the file has to say Day, Names.")
    rules: list[OwnRule] = []
    wrong: list[str] = []
    for number, (day, names) in enumerate(rows[1:], 2):
        if not day and not names:
            continue
        try:
            rules.append(OwnRule(read_day(day).code, names_in(names)))
        except Refused as refused:
            wrong.append(f"Row {number}: {refused.message}")
    if wrong:
        raise Refused(" ".join(wrong[:_MOST_SAID]))
    return OwnRules(tuple(rules))


def names_in(text: str) -> tuple[str, ...]:
    """Comma separated; each once."""
    names = (" ".join(one.split()) for one in text.replace("\n", ",").split(","))
    return tuple(dict.fromkeys(name for name in names if name))


def _rows(rules: OwnRules) -> Iterable[tuple[str, str]]:
    return ((one.day, ", ".join(one.names)) for one in rules.rules)


def _of_csv(content: bytes) -> list[tuple[str, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("The file is not UTF-8 text. Save it as “CSV UTF-8”, or as XLSX.") from None
    first = text.partition("\n")[0]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=";" if ";" in first else ","))
    except csv.Error:
        raise Refused("The file cannot be read as CSV.") from None
    return [_two(row) for row in rows]


def _of_xlsx(content: bytes) -> list[tuple[str, str]]:
    try:
        sheet = fastexcel.read_excel(content).load_sheet(0, header_row=None, dtypes="string")
    except fastexcel.FastExcelError:
        raise Refused("The spreadsheet cannot be read.") from None
    return [_two([str(cell or "") for cell in row]) for row in sheet.to_polars().rows()]


def _two(row: list[str]) -> tuple[str, str]:
    day, names = [*row, "", ""][:2]
    return day.strip(), names.strip()
