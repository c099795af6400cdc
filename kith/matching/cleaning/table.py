"""Raw text columns to the cleaned claim of `kith.matching.records`, a whole chunk at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

import polars as pl
import pyarrow as pa

from kith.matching.cleaning import custom, dates, identifiers, names, values, words
from kith.matching.cleaning.columns import (
    as_arrow,
    is_placeholder,
    nothing,
    one_per_value,
    only_where,
    per_value,
    without,
)
from kith.matching.cleaning.further import FURTHER_FIELDS, NOT_OF_COMPANIES, NOT_OF_PERSONS
from kith.matching.cleaning.junk import JunkList
from kith.matching.cleaning.options import CleaningOptions
from kith.matching.cleaning.repeats import UNKNOWN_COUNTRY, address_lists, email_lists, phone_lists
from kith.matching.cleaning.sheet import Sheet
from kith.matching.records import CLEANED, COMPANY, CUSTOM, CUSTOM_PREFIX, PERSON

UNKNOWN_KIND: Final = "neither person nor company"
UNKNOWN_WORD: Final = "a word we do not know"
PLACEHOLDER_NAME: Final = "a placeholder name"

_NAME: Final = {"shown": pl.String, "key": pl.String, "title": pl.String}
_SPLIT: Final = {"title": pl.String, "first": pl.String, "middle": pl.String, "last": pl.String}
_DAY: Final = {"value": pl.Date, "reason": pl.String}
_NUMBER: Final = {"value": pl.String, "reason": pl.String}
_PLAIN_MOMENT: Final = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d{1,6})?Z?$"


def clean(raw: pl.DataFrame, *, options: CleaningOptions) -> pa.Table:
    """`raw`: any of the columns of `kith.matching.records`, as text; others are not looked at.

    One row out for each row in, in the same order. No content makes it raise: see `remarks`, `refusals`.
    """
    sheet = Sheet(raw, junk=options.junk)
    columns = {name: as_arrow(column) for name, column in _single(sheet, options=options).items()}
    residence = pl.Series(columns["residence_country"], dtype=pl.String)
    columns |= email_lists(sheet, options=options)
    columns |= phone_lists(sheet, options=options)
    columns |= address_lists(sheet, options=options, residence=residence)
    columns["remarks"] = sheet.remarks.lists(height=sheet.height)
    columns["refusals"] = sheet.refusals.lists(height=sheet.height)
    return pa.Table.from_arrays([columns[field.name].cast(field.type) for field in CLEANED], schema=CLEANED)


def _single(sheet: Sheet, *, options: CleaningOptions) -> dict[str, pl.Series]:
    residence = _word(
        sheet, "residence_country", words.read_country, reason=UNKNOWN_COUNTRY, junk=options.junk
    )
    found = {
        **_names_and_kind(sheet, options=options),
        "gender": _word(sheet, "gender", words.read_gender, reason=UNKNOWN_WORD, junk=options.junk),
        "language": _word(sheet, "language", words.read_language, reason=UNKNOWN_WORD, junk=options.junk),
        "residence_country": residence,
        "birth_date": _birth_date(sheet, options=options),
    }
    for field in ("direct_marketing", "affiliate_marketing"):
        found[field] = _word(
            sheet, field, words.read_yes_or_no, reason=UNKNOWN_WORD, junk=options.junk, kind=pl.Boolean
        )
    for field in ("claimed_at", "source_created_at"):
        found[field] = _moment(sheet, field, options=options)
    for field in identifiers.NUMBER_FIELDS:
        found[field] = _number(sheet, field, country=residence, options=options)
    return found | _further(sheet, kind=found["kind"], options=options)


def _further(sheet: Sheet, *, kind: pl.Series, options: CleaningOptions) -> dict[str, pl.Series]:
    """Most sources state none of these: what no row says costs nothing."""
    found = {}
    for one in FURTHER_FIELDS:
        dtype = _FURTHER_TYPES.get(one.name, pl.String)
        if sheet.has(one.name):
            found[one.name] = _word(
                sheet, one.name, one.reader(options), reason=one.reason, junk=options.junk, kind=dtype
            )
        else:
            found[one.name] = nothing(sheet.height, kind=dtype)
    is_company = kind == COMPANY
    sheet.remarks.say("name_day", NOT_OF_COMPANIES, where=is_company & found["name_day"].is_not_null())
    stray = without(found["industry"], is_company)
    sheet.remarks.say("industry", NOT_OF_PERSONS, where=stray.is_not_null())
    found["name_day"] = without(found["name_day"], is_company)
    found["industry"] = without(found["industry"], ~is_company)
    return found | {CUSTOM: _custom(sheet, stray=stray, options=options)}


_FURTHER_TYPES: Final[dict[str, type[pl.DataType]]] = {
    "id_number_expires": pl.Date,
    "passport_expires": pl.Date,
    "established_on": pl.Date,
    "employees": pl.Int64,
}


def _custom(sheet: Sheet, *, stray: pl.Series, options: CleaningOptions) -> pl.Series:
    """As JSON; `stray`: industries of persons."""
    shapes = {shape.code: shape for shape in options.custom}
    columns: dict[str, pl.Series] = {}
    for name in sheet.starting_with(CUSTOM_PREFIX):
        shape = shapes.get(name.removeprefix(CUSTOM_PREFIX))
        columns[name.removeprefix(CUSTOM_PREFIX)] = _word(
            sheet,
            name,
            partial(custom.read, shape=shape, order=options.date_order),
            reason=custom.reason(shape),
            junk=options.junk,
        )
    if stray.null_count() < len(stray):
        stated = columns.get("industry")
        columns["industry"] = stray if stated is None else _first_of(stated, stray)
    if not columns:
        return nothing(sheet.height)
    rows = pl.DataFrame(columns).rows(named=True)
    return pl.Series([custom.as_json(row) for row in rows], dtype=pl.String)


def _names_and_kind(sheet: Sheet, *, options: CleaningOptions) -> dict[str, pl.Series]:
    full = sheet.text("full_name")
    company = sheet.text("company_name")
    first, last, middle = (sheet.text(field) for field in ("first_name", "last_name", "middle_name"))
    nameless = first.is_null() & last.is_null()
    kind = _kind(sheet, company=company, nameless=nameless & full.is_null(), options=options)
    is_company = kind == COMPANY
    company = _first_of(company, without(full, ~is_company))
    split = per_value(without(full, is_company | ~nameless), names.split_full_name, into=_SPLIT)
    read_first = per_value(_first_of(first, split["first"]), names.read_first_name, into=_NAME)
    read_middle = per_value(_first_of(middle, split["middle"]), names.read_first_name, into=_NAME)
    read_last = per_value(_first_of(last, split["last"]), names.read_last_name, into=_NAME)
    read_company = per_value(company, names.read_company, into=_NAME)
    title = one_per_value(sheet.text("title"), names.read_title)
    for taken in (split["title"], read_first["title"], read_last["title"]):
        title = _first_of(title, taken)
    nobody = _is_placeholder_name(read_first["key"], read_last["key"], junk=options.junk)
    sheet.remarks.say("last_name", PLACEHOLDER_NAME, where=nobody)
    return {
        "kind": kind,
        "title": title,
        **_named("first", _without_all(read_first, nobody)),
        **_named("middle", _without_all(read_middle, nobody)),
        **_named("last", _without_all(read_last, nobody)),
        "company_name": read_company["shown"],
        "company_key": read_company["key"],
    }


def _named(which: str, read: pl.DataFrame) -> dict[str, pl.Series]:
    return {f"{which}_name": read["shown"], f"{which}_key": read["key"]}


def _without_all(frame: pl.DataFrame, mask: pl.Series) -> pl.DataFrame:
    return frame.select(without(frame[name], mask).alias(name) for name in frame.columns)


def _first_of(one: pl.Series, other: pl.Series) -> pl.Series:
    return one.fill_null(other) if one.null_count() else one


def _kind(sheet: Sheet, *, company: pl.Series, nameless: pl.Series, options: CleaningOptions) -> pl.Series:
    stated = sheet.text("kind")
    found = one_per_value(stated, words.read_kind)
    unknown = stated.is_not_null() & found.is_null() & ~is_placeholder(stated, junk=options.junk)
    sheet.refusals.say("kind", UNKNOWN_KIND, where=unknown)
    if options.default_kind is not None:
        return found.fill_null(options.default_kind)
    guessed = pl.select(
        pl.when(company.is_not_null() & nameless).then(pl.lit(COMPANY)).otherwise(pl.lit(PERSON))
    )
    return found.fill_null(guessed.to_series())


def _is_placeholder_name(first: pl.Series, last: pl.Series, *, junk: JunkList) -> pl.Series:
    both = first.fill_null("") + last.fill_null("")
    return both.is_in(list(junk.name_keys())).fill_null(value=False)


def _word(
    sheet: Sheet,
    field: str,
    read: Callable[[str], object],
    *,
    reason: str,
    junk: JunkList,
    kind: type[pl.DataType] = pl.String,
) -> pl.Series:
    stated = sheet.text(field)
    found = one_per_value(stated, read, kind=kind)
    missed = stated.is_not_null() & found.is_null()
    if missed.any():
        empty = is_placeholder(stated, junk=junk)
        sheet.remarks.say(field, values.A_PLACEHOLDER, where=missed & empty)
        sheet.remarks.say(field, reason, where=missed & ~empty)
    return found


def _birth_date(sheet: Sheet, *, options: CleaningOptions) -> pl.Series:
    found = per_value(
        sheet.text("birth_date"), lambda text: values.read_birth_date(text, options=options), into=_DAY
    )
    sheet.remarks.say_each("birth_date", found["reason"])
    return found["value"]


def _moment(sheet: Sheet, field: str, *, options: CleaningOptions) -> pl.Series:
    stated = sheet.text(field)
    plain = stated.str.contains(_PLAIN_MOMENT).fill_null(value=False)
    others = only_where(without(stated, plain), ~plain, lambda text: _iso(text, options=options))
    spelt = stated.str.strip_chars_end("Z").str.replace(" ", "T", literal=True)
    sure = without(spelt, ~plain).str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
    rest = others.str.to_datetime("%Y-%m-%dT%H:%M:%S%.f", strict=False, time_unit="us")
    found = sure.fill_null(rest)
    odd = found.dt.date().cast(pl.String).is_in(list(options.junk.dates)).fill_null(value=False)
    sheet.remarks.say(field, dates.PLACEHOLDER, where=odd)
    sheet.remarks.say(field, dates.NOT_A_TIME, where=stated.is_not_null() & found.is_null())
    return without(found, odd).dt.replace_time_zone("UTC")


def _iso(text: str, *, options: CleaningOptions) -> str | None:
    moment = values.read_moment(text, options=options)
    return None if moment is None else moment.isoformat(timespec="microseconds")


def _number(sheet: Sheet, field: str, *, country: pl.Series, options: CleaningOptions) -> pl.Series:
    def read(key: str) -> values.Read:
        return values.read_number(key[2:], field=field, country=key[:2], junk=options.junk)

    keyed = country.fill_null(options.default_country or values.NO_COUNTRY) + sheet.text(field)
    found = per_value(keyed, read, into=_NUMBER)
    sheet.remarks.say_each(field, found["reason"])
    return found["value"]
