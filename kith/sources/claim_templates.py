"""Files to fill in: for persons, for companies and for both, as CSV, XLSX and XLS (A30, C32).

Each has an example row and says what its columns hold. Those lines begin with #: an import passes over them.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import xlsxwriter
import xlwt

from kith.matching.cleaning.custom import CustomType
from kith.sources.claims import REMARK
from kith.sources.custom_fields import CustomField, custom_fields

CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
}
KINDS: Final = {"person": "Persons", "company": "Companies", "mixed": "Persons and companies"}
_SHEET: Final = "Contacts"
_EXPLAINED: Final = "Explanations"
_EXPLAINED_HEAD: Final = ("Column", "Must be there", "What it holds", "For example")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    header: str
    about: str
    must: str = ""
    person: str = ""
    company: str = ""
    """Examples."""
    of: tuple[str, ...] = ("person", "company")

    def example(self, kind: str) -> str:
        return {"person": self.person, "company": self.company}.get(kind, "")


_PERSON: Final = ("person",)
_COMPANY: Final = ("company",)
_NAMES: Final = (
    Column(
        header="Contact Type",
        about="PERSON or COMPANY. A line that begins with # is passed over.",
        must="of new contacts",
        person="PERSON",
        company="COMPANY",
    ),
    Column(header="First Name", about="", must="of new persons", person="Ann", of=_PERSON),
    Column(header="Middle Name", about="", person="Maria", of=_PERSON),
    Column(header="Last Name", about="", must="of new persons", person="Leeson", of=_PERSON),
    Column(header="Company Name", about="", must="of new companies", company="Harbour Hotels", of=_COMPANY),
    Column(
        header="Contact Code",
        about="One that Kith has: that contact is updated. A new one: it is created with it. Empty: it is"
        " created with sixteen digits. It never changes, and stands once in a file.",
        person="M-1001",
        company="C-2001",
    ),
    Column(
        header="Contact Email",
        about="The main e-mail.",
        person="ann.leeson@example.org",
        company="office@harbour.example",
    ),
    Column(
        header="Contact Phone Country",
        about="A country code of ISO 3166, three letters.",
        must="with a phone number, unless that begins with +",
        person="CYP",
        company="CYP",
    ),
    Column(header="Contact Phone Number", about="As dialled there.", person="99123456", company="25123456"),
)
_ADDRESS: Final = (
    Column(
        header="Address Type",
        about="A code of the address types in the settings. An address of this type is replaced.",
        person="HOME",
        company="BUSINESS",
    ),
    Column(header="Address Line 1", about="The street with its number.", person="12 Harbour Street"),
    Column(header="Address Line 2", about=""),
    Column(header="Postcode", about="", person="3036", company="3036"),
    Column(header="City", about="Town or city.", person="Limassol", company="Limassol"),
    Column(header="Region", about=""),
    Column(header="Country", about="A code or a name.", person="CYP", company="CYP"),
    Column(header="Street", about="Instead of line 1, with the number beside it.", company="Harbour Street"),
    Column(header="Street Number", about="", company="14"),
    Column(header="Floor", about=""),
    Column(header="Apartment", about=""),
    Column(header="Area", about=""),
    Column(header="District", about=""),
    Column(header="Municipality", about=""),
    Column(header="PO Box", about=""),
    Column(header="PO Box Postcode", about=""),
    Column(header="Care Of", about=""),
)
_FURTHER: Final = (
    Column(header="Title", about="", person="Ms", of=_PERSON),
    Column(header="Gender", about="Female, male or other.", person="female", of=_PERSON),
    Column(header="Date of Birth", about="A date.", person="1987-03-14", of=_PERSON),
    Column(header="Name Day", about="Day and month.", person="7 January", of=_PERSON),
    Column(header="Country of Residence", about="A code or a name.", person="CYP", of=_PERSON),
    Column(header="ID Number", about="", of=_PERSON),
    Column(header="ID Registration Country", about="A code or a name.", of=_PERSON),
    Column(header="ID Expiry Date", about="A date.", of=_PERSON),
    Column(header="Passport Number", about="", of=_PERSON),
    Column(header="Passport Registration Country", about="A code or a name.", of=_PERSON),
    Column(header="Passport Expiry Date", about="A date.", of=_PERSON),
    Column(header="Social Security Number", about="", of=_PERSON),
    Column(header="VAT Number", about="", of=_COMPANY),
    Column(header="Registration Number", about="", of=_COMPANY),
    Column(header="Registration Country", about="A code or a name.", of=_COMPANY),
    Column(header="Industry", about="A code of the industries in the settings.", of=_COMPANY),
    Column(header="Established On", about="A date.", company="1998-05-01", of=_COMPANY),
    Column(header="Website", about="", company="https://harbour.example", of=_COMPANY),
    Column(header="Number of Employees", about="", company="120", of=_COMPANY),
    Column(header="Category", about="A code of the categories in the settings."),
    Column(header="Language", about="A code or a name.", person="en", company="en"),
    Column(header="Direct Marketing", about="Yes or no.", person="yes", company="no"),
    Column(header="Affiliate Marketing", about="Yes or no.", person="no", company="no"),
)
_GENERAL: Final = (
    "An empty cell leaves what Kith has. A cell that holds only - takes it away.",
    "Save the file as CSV, XLSX or XLS; rows that cannot be taken come back with the reason.",
)


def columns_of(kind: str) -> tuple[Column, ...]:
    """`kind`: person, company or mixed; with the user-defined fields there are."""
    custom = tuple(_custom(one) for one in custom_fields())
    every = (*_NAMES, *_ADDRESS, *_FURTHER, *custom)
    return tuple(column for column in every if kind == "mixed" or kind in column.of)


_TYPED: Final = {
    CustomType.DATE: "A date.",
    CustomType.NUMBER: "A number.",
    CustomType.YES_NO: "Yes or no.",
}


def _custom(one: CustomField) -> Column:
    words = _TYPED.get(one.type, "")
    if one.choices:
        words = f"One of {', '.join(choice.code for choice in one.choices)}."
    return Column(header=f"custom.{one.code}", about=f"{one.label}. {words}".strip())


def template_file(kind: str, form: str) -> bytes:
    """`form`: csv, xlsx or xls."""
    return {"csv": _csv, "xlsx": _xlsx, "xls": _xls}[form](columns_of(kind), _kinds(kind))


def _kinds(kind: str) -> tuple[str, ...]:
    return ("person", "company") if kind == "mixed" else (kind,)


def _examples(columns: Sequence[Column], kinds: Sequence[str]) -> list[list[str]]:
    rows = [[column.example(kind) for column in columns] for kind in kinds]
    return [[f"{REMARK}{row[0]}", *row[1:]] for row in rows]


def _explained(columns: Sequence[Column]) -> list[list[str]]:
    return [
        [column.header, column.must, column.about, " / ".join(filter(None, (column.person, column.company)))]
        for column in columns
    ]


def _csv(columns: Sequence[Column], kinds: Sequence[str]) -> bytes:
    lines = [*_GENERAL, "Take the # away from an example row to import it."]
    lines += [_sentence(column) for column in columns]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([column.header for column in columns])
    writer.writerows(_examples(columns, kinds))
    # As wide as the table, or a row with one cell would be one that lacks the others.
    writer.writerows([f"{REMARK} {line}", *([""] * (len(columns) - 1))] for line in lines)
    return text.getvalue().encode("utf-8-sig")


def _sentence(column: Column) -> str:
    must = f" Must be there {column.must}." if column.must else ""
    return f"{column.header}: {column.about}{must}".strip()


def _xlsx(columns: Sequence[Column], kinds: Sequence[str]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_urls": False})
    bold, plain = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet = book.add_worksheet(_SHEET)
    sheet.set_column(0, len(columns), 20, book.add_format({"num_format": "@"}))  # text keeps leading zeros
    sheet.write_row(0, 0, [column.header for column in columns], bold)
    for place, row in enumerate(_examples(columns, kinds), start=1):
        sheet.write_row(place, 0, row)
    sheet.freeze_panes(1, 0)
    explained = book.add_worksheet(_EXPLAINED)
    explained.set_column(0, 1, 28, plain)
    explained.set_column(2, 3, 60, plain)
    explained.write_row(0, 0, _EXPLAINED_HEAD, bold)
    for place, row in enumerate(_explained(columns), start=1):
        explained.write_row(place, 0, row)
    for place, line in enumerate(_GENERAL, start=len(columns) + 2):
        explained.write_string(place, 2, line)
    book.close()
    return file.getvalue()


def _xls(columns: Sequence[Column], kinds: Sequence[str]) -> bytes:
    file = io.BytesIO()
    book = xlwt.Workbook()
    bold, text = xlwt.easyxf("font: bold on"), xlwt.easyxf(num_format_str="@")
    sheet = book.add_sheet(_SHEET)
    for place, column in enumerate(columns):
        sheet.write(0, place, column.header, bold)
        sheet.col(place).width = 20 * 256
    for number, row in enumerate(_examples(columns, kinds), start=1):
        for place, cell in enumerate(row):
            sheet.write(number, place, cell, text)
    explained = book.add_sheet(_EXPLAINED)
    for place, head in enumerate(_EXPLAINED_HEAD):
        explained.write(0, place, head, bold)
    general = [["", "", line, ""] for line in ("", *_GENERAL)]
    for number, row in enumerate([*_explained(columns), *general], start=1):
        for place, cell in enumerate(row):
            explained.write(number, place, cell)
    book.save(file)
    return file.getvalue()
