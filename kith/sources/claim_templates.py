"""Empty files to fill in: for persons and for companies, as CSV, XLSX and XLS (A30)."""

from __future__ import annotations

import csv
import io
from typing import Final

import xlsxwriter
import xlwt

_SHARED: Final = (
    "Contact Email",
    "Contact Phone Country",
    "Contact Phone Number",
    "Address Type",
    "Address Line 1",
    "Address Line 2",
    "Postcode",
    "City",
    "Region",
    "Country",
    "Street",
    "Street Number",
    "Floor",
    "Apartment",
    "Area",
    "District",
    "Municipality",
    "PO Box",
    "PO Box Postcode",
    "Care Of",
    "Category",
    "Language",
    "Direct Marketing",
    "Affiliate Marketing",
)
HEADERS: Final = {
    "person": (
        "Contact Type",
        "Contact Code",
        "Title",
        "First Name",
        "Middle Name",
        "Last Name",
        "Gender",
        "Date of Birth",
        "Country of Residence",
        "Name Day",
        "ID Number",
        "ID Registration Country",
        "ID Expiry Date",
        "Passport Number",
        "Passport Registration Country",
        "Passport Expiry Date",
        "Social Security Number",
        *_SHARED,
    ),
    "company": (
        "Contact Type",
        "Contact Code",
        "Company Name",
        "VAT Number",
        "Registration Number",
        "Registration Country",
        "Industry",
        "Established On",
        "Website",
        "Number of Employees",
        *_SHARED,
    ),
}
CONTENT_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xls": "application/vnd.ms-excel",
}


def template_file(kind: str, form: str) -> bytes:
    """`kind`: person or company; `form`: csv, xlsx or xls."""
    return {"csv": _csv, "xlsx": _xlsx, "xls": _xls}[form](HEADERS[kind])


def _csv(headers: tuple[str, ...]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow(headers)
    return text.getvalue().encode("utf-8-sig")


def _xlsx(headers: tuple[str, ...]) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet("Contacts")
    sheet.set_column(0, len(headers), 20, book.add_format({"num_format": "@"}))  # text keeps leading zeros
    sheet.write_row(0, 0, headers, book.add_format({"bold": True}))
    sheet.freeze_panes(1, 0)
    book.close()
    return file.getvalue()


def _xls(headers: tuple[str, ...]) -> bytes:
    file = io.BytesIO()
    book = xlwt.Workbook()
    sheet = book.add_sheet("Contacts")
    for place, header in enumerate(headers):
        sheet.write(0, place, header, xlwt.easyxf("font: bold on"))
    book.save(file)
    return file.getvalue()
