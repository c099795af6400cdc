"""The five dialects: which columns each source's file has, how it writes them, and what they mean."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final

import polars as pl
import xlsxwriter

SHEET_ROWS: Final = 250_000
"""Beyond this a membership secretary would not send a spreadsheet: CSV instead (one sheet ends at 2^20)."""


@dataclass(frozen=True, slots=True)
class Column:
    header: str
    field: str
    content: pl.Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """`colour` is that of the dot beside the source's records. `priority`: 1 is believed first."""

    code: str
    name: str
    kind: str
    priority: int
    colour: str
    file_name: str
    separator: str
    encoding: str
    default_country: str
    date_order: str
    columns: tuple[Column, ...]

    @property
    def mapping(self) -> Mapping[str, str]:
        return {column.header: column.field for column in self.columns}


def _as_is(header: str, field: str, source: str = "") -> Column:
    return Column(header, field, pl.col(source or field))


def _british(column: str) -> pl.Expr:
    return pl.col(column).dt.strftime("%d/%m/%Y")


def _yes_no(yes: str, no: str) -> pl.Expr:
    return pl.when("opt_in").then(pl.lit(yes)).otherwise(pl.lit(no))


COMPANY_NAME: Final = pl.when(pl.col("kind") == "COMPANY").then(pl.col("company_name"))
FULL_NAME: Final = pl.concat_str(pl.col("first_name"), pl.lit(" "), pl.col("last_name"))

DIALECTS: Final = (
    Dialect(
        code="ticketing", name="Ticketing", kind="ticketing", priority=2, colour="#3b6fb6",
        file_name="ticketing.csv", separator=";", encoding="cp1252", default_country="CY", date_order="DMY",
        columns=(
            _as_is("Client No", "system_ref"), _as_is("Title", "title"), _as_is("Surname", "last_name"),
            _as_is("Forename", "first_name"), _as_is("E-mail", "email_1"), _as_is("Mobile", "phone_1"),
            _as_is("Home phone", "phone_2"), _as_is("Address 1", "address_1_line1", "line1"),
            _as_is("Address 2", "address_1_line2", "line2"),
            _as_is("Post code", "address_1_postcode", "postcode"),
            _as_is("Town", "address_1_city", "city"), _as_is("Country", "address_1_country", "country"),
            Column("DOB", "birth_date", pl.when(pl.col("luck") < 0.55).then(_british("birth_date"))),
            Column("Created", "source_created_at", _british("created")),
            Column("Last change", "claimed_at", _british("changed")),
        ),
    ),
    Dialect(
        code="membership", name="Membership", kind="membership", priority=1, colour="#7b4ea3",
        file_name="membership.xlsx", separator=",", encoding="utf-8", default_country="CY", date_order="YMD",
        columns=(
            _as_is("Member ID", "system_ref"),
            _as_is("First name", "first_name"), _as_is("Last name", "last_name"),
            _as_is("Gender", "gender"),
            Column("Date of birth", "birth_date", pl.when(pl.col("luck") < 0.93).then(pl.col("birth_date"))),
            Column("ID card", "id_number", pl.when(pl.col("luck") < 0.3).then(pl.col("id_number"))),
            _as_is("E-mail address", "email_1"), _as_is("Second e-mail", "email_2"),
            _as_is("Mobile phone", "phone_1"), _as_is("Home phone", "phone_2"),
            _as_is("Street", "address_1_line1", "line1"), _as_is("Flat", "address_1_line2", "line2"),
            _as_is("Postal code", "address_1_postcode", "postcode"), _as_is("City", "address_1_city", "city"),
            _as_is("Country", "address_1_country", "country_code"),
            Column("Post allowed", "direct_marketing", _yes_no("Yes", "No")),
            _as_is("Member since", "source_created_at", "created"),
            Column("Modified", "claimed_at", pl.col("changed").dt.date()),
        ),
    ),
    Dialect(
        code="retail", name="Club shop", kind="retail", priority=3, colour="#c06f43",
        file_name="retail.csv", separator=",", encoding="utf-8", default_country="CY", date_order="YMD",
        columns=(
            _as_is("customer_id", "system_ref"),
            Column("type", "kind", pl.col("kind").str.to_lowercase()),
            _as_is("first_name", "first_name"), _as_is("last_name", "last_name"),
            Column("company", "company_name", COMPANY_NAME),
            _as_is("vat_id", "vat_number"),
            _as_is("email", "email_1"), _as_is("phone", "phone_1"),
            _as_is("shipping_street", "address_1_line1", "line1"),
            _as_is("shipping_zip", "address_1_postcode", "postcode"),
            _as_is("shipping_city", "address_1_city", "city"),
            _as_is("shipping_country", "address_1_country", "country_code"),
            Column("updated_at", "claimed_at", pl.col("changed").dt.strftime("%Y-%m-%dT%H:%M:%SZ")),
        ),
    ),
    Dialect(
        code="newsletter", name="Newsletter", kind="newsletter", priority=5, colour="#3f8f63",
        file_name="newsletter.csv", separator="\t", encoding="utf-8", default_country="CY", date_order="YMD",
        columns=(
            _as_is("subscriber_id", "system_ref"), _as_is("email", "email_1"),
            Column("name", "full_name", pl.when(pl.col("luck") < 0.85).then(FULL_NAME)),
            Column("opt_in", "direct_marketing", _yes_no("1", "0")), _as_is("language", "language"),
            Column("subscribed", "source_created_at", pl.col("created").dt.strftime("%Y-%m-%d")),
        ),
    ),
    Dialect(
        code="hospitality", name="Hospitality", kind="hospitality", priority=4, colour="#a8434f",
        file_name="hospitality.csv", separator=",", encoding="utf-8-sig",
        default_country="CY", date_order="DMY",
        columns=(
            _as_is("Account", "system_ref"), _as_is("Kind", "kind"), _as_is("Company", "company_name"),
            _as_is("VAT No", "vat_number"), _as_is("Reg No", "registration_number"),
            Column("Contact name", "full_name", pl.when(pl.col("kind") == "PERSON").then(FULL_NAME)),
            _as_is("E-mail", "email_1"),
            _as_is("Phone", "phone_1"), _as_is("Address", "address_1_line1", "line1"),
            _as_is("Postcode", "address_1_postcode", "postcode"), _as_is("City", "address_1_city", "city"),
            _as_is("Country", "address_1_country", "country"),
            Column("Updated", "claimed_at", _british("changed")),
        ),
    ),
)  # fmt: skip


def write(seen: pl.DataFrame, *, dialect: Dialect, folder: Path, as_of: date) -> Path:
    rows = seen.select(column.content.alias(column.header) for column in dialect.columns)
    path = folder / dialect.file_name
    if path.suffix == ".xlsx":
        if rows.height <= SHEET_ROWS:
            return _write_sheet(rows, path=path, as_of=as_of)
        path = path.with_suffix(".csv")
    return _write_text(rows, path=path, dialect=dialect)


def _write_text(rows: pl.DataFrame, *, path: Path, dialect: Dialect) -> Path:
    if dialect.encoding.startswith("utf-8"):
        rows.write_csv(path, separator=dialect.separator, include_bom=dialect.encoding == "utf-8-sig")
        return path
    text = io.BytesIO()
    rows.write_csv(text, separator=dialect.separator)
    path.write_bytes(text.getvalue().decode().encode(dialect.encoding))
    return path


def _write_sheet(rows: pl.DataFrame, *, path: Path, as_of: date) -> Path:
    """Row by row in constant memory; dated `as_of`, so that the same rows are always the same bytes."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_urls": False})
    book.set_properties({"created": datetime.combine(as_of, time(9), tzinfo=UTC)})
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet("Members")
    sheet.write_row(0, 0, rows.columns)
    for place, dtype in enumerate(rows.dtypes):
        sheet.set_column(place, place, 16, day if dtype == pl.Date else None)
    dates = [dtype == pl.Date for dtype in rows.dtypes]
    for number, row in enumerate(rows.iter_rows(), start=1):
        for place, value in enumerate(row):
            if value is None:
                continue
            if dates[place]:
                sheet.write_datetime(number, place, value, day)
            else:
                sheet.write_string(number, place, value)
    book.close()
    return path
