"""The numbered fields: e-mails, phones and addresses, cleaned in one long column and listed per row."""

from __future__ import annotations

from typing import Final, Protocol

import polars as pl
import pyarrow as pa

from kith.matching.cleaning import addresses, emails, values, words
from kith.matching.cleaning.columns import (
    Remarks,
    as_arrow,
    is_placeholder,
    list_array,
    nothing,
    one_per_value,
    only_where,
    per_value,
    stacked,
    without,
)
from kith.matching.cleaning.junk import JunkList
from kith.matching.cleaning.options import CleaningOptions
from kith.matching.cleaning.sheet import Sheet
from kith.matching.records import ADDRESS, ADDRESS_DETAILS, ADDRESS_PARTS, MAX_REPEATS

UNKNOWN_PHONE_COUNTRY: Final = "not an ISO country code of two or three letters"
UNKNOWN_COUNTRY: Final = "not a country we know"

_VALUE_AND_REASON: Final = {"value": pl.String, "reason": pl.String}


def email_lists(sheet: Sheet, *, options: CleaningOptions) -> dict[str, pa.Array]:
    long = _long(sheet, prefix="email", parts=("type",))
    text = long[""].str.to_lowercase()
    sure = text.str.contains(emails.PLAIN) & (text.str.len_bytes() <= emails.LONGEST_PLAIN)
    found = only_where(text, ~sure, emails.clean_email)
    empty = _is_junk_email(found, junk=options.junk)
    missed = long[""].is_not_null() & found.is_null()
    reason = _where(missed, emails.NOT_ONE).fill_null(_where(empty, values.A_PLACEHOLDER))
    _remark(sheet.remarks, long, prefix="email", reason=reason)
    return _value_lists(
        long.with_columns(value=without(found, empty)), names=("emails", "email_types"), sheet=sheet
    )


def phone_lists(sheet: Sheet, *, options: CleaningOptions) -> dict[str, pa.Array]:
    long = _long(sheet, prefix="phone", parts=("type", "country"))
    country = one_per_value(long["country"], words.country_of_code)
    unassigned = one_per_value(long["country"], words.is_private_code, kind=pl.Boolean)
    empty = is_placeholder(long["country"], junk=options.junk) & ~unassigned
    stated = without(long["country"], empty & country.is_null())
    refused = stated.is_not_null() & country.is_null() & long[""].is_not_null()
    _remark(
        sheet.refusals, long, prefix="phone", suffix="_country", reason=_where(refused, UNKNOWN_PHONE_COUNTRY)
    )
    keyed = _keyed(long[""], country=without(_or_default(country, options=options), refused))
    read = per_value(
        keyed, lambda key: _of_country(values.read_phone, key, junk=options.junk), into=_VALUE_AND_REASON
    )
    _remark(sheet.remarks, long, prefix="phone", reason=read["reason"])
    return _value_lists(long.with_columns(value=read["value"]), names=("phones", "phone_types"), sheet=sheet)


def address_lists(sheet: Sheet, *, options: CleaningOptions, residence: pl.Series) -> dict[str, pa.Array]:
    """Also the keys of street and postcode, one per address."""
    long = _long(sheet, prefix="address", parts=("type", *ADDRESS_PARTS))
    country = one_per_value(long["country"], words.read_country)
    unknown = long["country"].is_not_null() & country.is_null()
    _remark(sheet.remarks, long, prefix="address", suffix="_country", reason=_where(unknown, UNKNOWN_COUNTRY))
    at = _or_default(country.fill_null(residence.gather(long["row"])), options=options)
    long = _with_postcode(long, "postcode", country=at, sheet=sheet, options=options)
    shown = {part: _place(long[part]) for part in ("line1", "line2", "city", "region")}
    long = long.with_columns(**shown, country=country)
    if any(long[part].null_count() < long.height for part in ADDRESS_DETAILS):
        long = _with_details(long, country=at, sheet=sheet, options=options)
    return _address_arrays(long.filter(pl.any_horizontal(pl.col(*ADDRESS_PARTS).is_not_null())), sheet=sheet)


def _with_postcode(
    long: pl.DataFrame, part: str, *, country: pl.Series, sheet: Sheet, options: CleaningOptions
) -> pl.DataFrame:
    read = per_value(
        _keyed(long[part], country=country),
        lambda key: _of_country(values.read_postcode, key, junk=options.junk),
        into=_VALUE_AND_REASON,
    )
    _remark(sheet.remarks, long, prefix="address", suffix=f"_{part}", reason=read["reason"])
    return long.with_columns(read["value"].alias(part))


def _with_details(
    long: pl.DataFrame, *, country: pl.Series, sheet: Sheet, options: CleaningOptions
) -> pl.DataFrame:
    """The parts of addresses, and lines made of them where they are missing."""
    long = _with_postcode(long, "po_box_postcode", country=country, sheet=sheet, options=options)
    shown = {part: _place(long[part]) for part in ADDRESS_DETAILS if part != "po_box_postcode"}
    long = long.with_columns(**shown)
    bare = long["line2"].is_null().arg_true()
    rows = long.select("line1", *ADDRESS_DETAILS).gather(bare).rows()
    made = [
        addresses.lines_of(addresses.Details(*row), line1=line1, country=at)
        for (line1, *row), at in zip(rows, country.gather(bare).to_list(), strict=True)
    ]
    lines = {
        name: long[name].clone().scatter(bare, pl.Series([one[place] for one in made], dtype=pl.String))
        for place, name in enumerate(("line1", "line2"))
    }
    return long.with_columns(**lines)


def _address_arrays(long: pl.DataFrame, *, sheet: Sheet) -> dict[str, pa.Array]:
    columns = [as_arrow(long[part.name]) for part in ADDRESS]
    street = one_per_value(long["line1"], addresses.street_key).fill_null("")
    postcode = one_per_value(long["postcode"], addresses.postcode_key).fill_null("")
    made = {
        "addresses": pa.StructArray.from_arrays(columns, fields=list(ADDRESS)),
        "street_keys": as_arrow(street),
        "postcode_keys": as_arrow(postcode),
    }
    return {name: list_array(long["row"], column, height=sheet.height) for name, column in made.items()}


def _long(sheet: Sheet, *, prefix: str, parts: tuple[str, ...]) -> pl.DataFrame:
    """row, slot, '' (the field itself, where it has a value) and its parts; empty slots left out."""
    frames = []
    for slot in range(1, MAX_REPEATS + 1):
        field = f"{prefix}_{slot}"
        names = {"": field, **{part: f"{field}_{part}" for part in parts}}
        if any(sheet.has(name) for name in names.values()):
            frame = pl.DataFrame({part: sheet.text(name) for part, name in names.items()}).with_row_index(
                "row"
            )
            frame = frame.with_columns(slot=pl.lit(slot, dtype=pl.UInt32))
            frames.append(frame.filter(pl.any_horizontal(pl.col(*_telling(prefix)).is_not_null())))
    schema = {"row": pl.UInt32, **dict.fromkeys(("", *parts), pl.String), "slot": pl.UInt32}
    return stacked(frames, schema=schema)


def _telling(prefix: str) -> tuple[str, ...]:
    return ADDRESS_PARTS if prefix == "address" else ("",)


def _value_lists(long: pl.DataFrame, *, names: tuple[str, str], sheet: Sheet) -> dict[str, pa.Array]:
    kept = long.filter(pl.col("value").is_not_null()).unique(
        ["row", "value"], keep="first", maintain_order=True
    )
    columns = zip(names, (kept["value"], kept["type"]), strict=True)
    return {name: list_array(kept["row"], as_arrow(column), height=sheet.height) for name, column in columns}


def _is_junk_email(found: pl.Series, *, junk: JunkList) -> pl.Series:
    mailbox = found.str.extract(r"^([^@]*)@").is_in(list(junk.mailboxes))
    host = found.str.extract(r"@([^@]*)$").is_in(list(junk.mail_hosts))
    return (found.is_in(list(junk.emails)) | mailbox | host).fill_null(value=False)


def _place(column: pl.Series) -> pl.Series:
    one_case = (column.str.to_uppercase() == column) | (column.str.to_lowercase() == column)
    return only_where(column, one_case, addresses.place)


def _or_default(country: pl.Series, *, options: CleaningOptions) -> pl.Series:
    return country if options.default_country is None else country.fill_null(options.default_country)


def _keyed(column: pl.Series, *, country: pl.Series) -> pl.Series:
    return country.fill_null(values.NO_COUNTRY) + column


class _ReadsWithCountry(Protocol):
    def __call__(self, text: str, *, country: str | None, junk: JunkList) -> values.Read: ...


def _of_country(read: _ReadsWithCountry, key: str, *, junk: JunkList) -> values.Read:
    country = None if key[:2] == values.NO_COUNTRY else key[:2]
    return read(key[2:], country=country, junk=junk)


def _where(mask: pl.Series, reason: str) -> pl.Series:
    return pl.select(pl.when(mask).then(pl.lit(reason))).to_series() if mask.any() else nothing(len(mask))


def _remark(
    remarks: Remarks, long: pl.DataFrame, *, prefix: str, reason: pl.Series, suffix: str = ""
) -> None:
    field = pl.concat_str(pl.lit(prefix + "_"), pl.col("slot").cast(pl.String), pl.lit(suffix))
    if reason.null_count() < len(reason):
        remarks.say_of(long.select("row", field.alias("field")).with_columns(reason=reason))
