"""One record at a time, for forms and other systems; the same cleaning as for a million."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Final, TypedDict, cast

from kith.matching.cleaning import addresses, custom, dates, values, words
from kith.matching.cleaning.cleaned import CleanedRecord
from kith.matching.cleaning.further import FURTHER_FIELDS, NOT_OF_COMPANIES, NOT_OF_PERSONS, Found
from kith.matching.cleaning.names import (
    NOBODY,
    Name,
    read_first_name,
    read_last_name,
    read_title,
    split_full_name,
)
from kith.matching.cleaning.names import read_company as read_company_name
from kith.matching.cleaning.options import CleaningOptions
from kith.matching.cleaning.repeats import UNKNOWN_COUNTRY
from kith.matching.cleaning.row import Row
from kith.matching.cleaning.row_repeats import addresses_of, each_once, emails_of, phones_of
from kith.matching.cleaning.table import PLACEHOLDER_NAME, UNKNOWN_KIND, UNKNOWN_WORD
from kith.matching.records import COMPANY, CUSTOM_PREFIX, PERSON


def clean_record(raw: Mapping[str, str | None], *, options: CleaningOptions) -> CleanedRecord:
    """As `table.clean` makes it of one row, value by value and remark by remark, without any table."""
    row = Row(raw, options=options)
    single = _single(row)
    emails = each_once(emails_of(row))
    phones = each_once(phones_of(row))
    found = tuple(addresses_of(row, residence=single.residence_country))
    names = single.names
    return CleanedRecord(
        kind=names.kind,
        title=names.title,
        first_name=names.first.shown,
        middle_name=names.middle.shown,
        last_name=names.last.shown,
        gender=single.gender,
        birth_date=single.birth_date,
        company_name=names.company.shown,
        **single.numbers,
        **single.further,
        custom=single.custom,
        language=single.language,
        residence_country=single.residence_country,
        direct_marketing=single.direct_marketing,
        affiliate_marketing=single.affiliate_marketing,
        claimed_at=single.claimed_at,
        source_created_at=single.source_created_at,
        emails=tuple(emails),
        email_types=tuple(emails.values()),
        phones=tuple(phones),
        phone_types=tuple(phones.values()),
        addresses=found,
        first_key=names.first.key,
        middle_key=names.middle.key,
        last_key=names.last.key,
        company_key=names.company.key,
        street_keys=tuple(addresses.street_key(one.line1) if one.line1 else "" for one in found),
        postcode_keys=tuple(addresses.postcode_key(one.postcode) if one.postcode else "" for one in found),
        remarks=tuple(row.remarks),
        refusals=tuple(row.refusals),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    kind: str
    title: str | None
    first: Name
    middle: Name
    last: Name
    company: Name


class _Numbers(TypedDict):
    """By `identifiers.NUMBER_FIELDS`."""

    id_number: str | None
    passport_number: str | None
    social_security_number: str | None
    vat_number: str | None
    registration_number: str | None


class _Further(TypedDict):
    """By `further.FURTHER_FIELDS`."""

    category: str | None
    id_number_country: str | None
    id_number_expires: date | None
    passport_country: str | None
    passport_expires: date | None
    name_day: str | None
    industry: str | None
    registration_country: str | None
    established_on: date | None
    website: str | None
    employees: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Single:
    """The fields in the order in which the table reads them, so that the remarks come in the same order."""

    residence_country: str | None
    names: _Names
    gender: str | None
    language: str | None
    birth_date: date | None
    direct_marketing: bool | None
    affiliate_marketing: bool | None
    claimed_at: datetime | None
    source_created_at: datetime | None
    numbers: _Numbers
    further: _Further
    custom: dict[str, str] | None


def _single(row: Row) -> _Single:
    residence = row.word("residence_country", words.read_country, reason=UNKNOWN_COUNTRY)
    names = _names(row)
    return _Single(
        residence_country=residence,
        names=names,
        gender=row.word("gender", words.read_gender, reason=UNKNOWN_WORD),
        language=row.word("language", words.read_language, reason=UNKNOWN_WORD),
        birth_date=_birth_date(row),
        direct_marketing=row.word("direct_marketing", words.read_yes_or_no, reason=UNKNOWN_WORD),
        affiliate_marketing=row.word("affiliate_marketing", words.read_yes_or_no, reason=UNKNOWN_WORD),
        claimed_at=_moment(row, "claimed_at"),
        source_created_at=_moment(row, "source_created_at"),
        numbers=_numbers(row, country=residence),
        **_further_and_custom(row, kind=names.kind),
    )


class _More(TypedDict):
    further: _Further
    custom: dict[str, str] | None


def _further_and_custom(row: Row, *, kind: str) -> _More:
    found: dict[str, Found] = {}
    for one in FURTHER_FIELDS:
        found[one.name] = cast(Found, row.word(one.name, one.reader(row.options), reason=one.reason))
    industry = found["industry"]
    if kind == COMPANY and found["name_day"] is not None:
        row.say("name_day", NOT_OF_COMPANIES)
        found["name_day"] = None
    if kind != COMPANY:
        row.say("industry", NOT_OF_PERSONS if industry is not None else None)
        found["industry"] = None
    stray = None if kind == COMPANY or industry is None else str(industry)
    return _More(further=cast(_Further, found), custom=_custom(row, stray=stray))


def _custom(row: Row, *, stray: str | None) -> dict[str, str] | None:
    """`stray`: the industry of a person."""
    shapes = {shape.code: shape for shape in row.options.custom}
    values: dict[str, str] = {}
    for name in row.starting_with(CUSTOM_PREFIX):
        code = name.removeprefix(CUSTOM_PREFIX)
        shape = shapes.get(code)
        text = row.word(
            name,
            partial(custom.read, shape=shape, order=row.options.date_order),
            reason=custom.reason(shape),
        )
        if text is not None:
            values[code] = text
    if stray is not None:
        values.setdefault("industry", stray)
    return dict(sorted(values.items())) or None


_UNNAMED: Final = Name(None, None, None)


def _names(row: Row) -> _Names:
    full, company, first, last, middle = (
        row.text(field) for field in ("full_name", "company_name", "first_name", "last_name", "middle_name")
    )
    nameless = first is None and last is None
    kind = _kind(row, guessed=COMPANY if company is not None and nameless and full is None else PERSON)
    if kind == COMPANY and company is None:
        company = full
    split = split_full_name(full) if full is not None and nameless and kind != COMPANY else NOBODY
    read_first = _read(_first_of(first, split.first), read_first_name)
    read_middle = _read(_first_of(middle, split.middle), read_first_name)
    read_last = _read(_first_of(last, split.last), read_last_name)
    read_company = _read(company, read_company_name)
    stated = row.text("title")
    title = None if stated is None else read_title(stated)
    for taken in (split.title, read_first.title, read_last.title):
        title = _first_of(title, taken)
    if (read_first.key or "") + (read_last.key or "") in row.options.junk.name_keys():
        row.say("last_name", PLACEHOLDER_NAME)
        read_first = read_middle = read_last = _UNNAMED
    return _Names(
        kind=kind, title=title, first=read_first, middle=read_middle, last=read_last, company=read_company
    )


def _read(text: str | None, read: Callable[[str], Name]) -> Name:
    return _UNNAMED if text is None else read(text)


def _first_of(one: str | None, other: str | None) -> str | None:
    return other if one is None else one


def _kind(row: Row, *, guessed: str) -> str:
    stated = row.text("kind")
    found = None if stated is None else words.read_kind(stated)
    if stated is not None and found is None and not row.is_placeholder(stated):
        row.refuse("kind", UNKNOWN_KIND)
    return found or row.options.default_kind or guessed


def _birth_date(row: Row) -> date | None:
    stated = row.text("birth_date")
    if stated is None:
        return None
    found, reason = values.read_birth_date(stated, options=row.options)
    row.say("birth_date", reason)
    return found


def _moment(row: Row, field: str) -> datetime | None:
    stated = row.text(field)
    if stated is None:
        return None
    found = values.read_moment(stated, options=row.options)
    if found is None:
        row.say(field, dates.NOT_A_TIME)
        return None
    if row.options.junk.is_date(found.date()):
        row.say(field, dates.PLACEHOLDER)
        return None
    return found.replace(tzinfo=UTC)


def _numbers(row: Row, *, country: str | None) -> _Numbers:
    at = country or row.options.default_country
    return _Numbers(
        id_number=_number(row, "id_number", country=at),
        social_security_number=_number(row, "social_security_number", country=at),
        vat_number=_number(row, "vat_number", country=at),
        registration_number=_number(row, "registration_number", country=at),
        passport_number=_number(row, "passport_number", country=at),
    )


def _number(row: Row, field: str, *, country: str | None) -> str | None:
    stated = row.text(field)
    if stated is None:
        return None
    found, reason = values.read_number(stated, field=field, country=country, junk=row.options.junk)
    row.say(field, reason)
    return found
