"""Single fields that few sources state: what is typed about documents, companies and days."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Final
from urllib.parse import urlsplit

from kith.matching.cleaning import dates, words
from kith.matching.cleaning.dates import DateOrder
from kith.matching.cleaning.options import CleaningOptions

UNKNOWN_COUNTRY: Final = "not a country we know"
NOT_A_DAY: Final = "not a day of the year"
NOT_A_SITE: Final = "not an address of a website"
NOT_A_NUMBER: Final = "not a number of people"
NOT_A_DATE: Final = dates.NOT_A_DATE
NOT_OF_PERSONS: Final = "companies have an industry; kept as the user-defined field “industry”"
NOT_OF_COMPANIES: Final = "persons have a name day; read as nothing"

LONGEST_CODE: Final = 60
MOST_EMPLOYEES: Final = 10_000_000

Found = str | int | date | None
Read = Callable[[str], Found]

_DAY_AND_MONTH: Final = re.compile(r"^(\d{1,2})\s?[./\-]\s?(\d{1,2})\.?$")
_CANONICAL_DAY: Final = re.compile(r"^\d\d-\d\d$")
_WHOLE: Final = re.compile(r"^(\d{1,3}(?:[,.\s']\d{3})+|\d{1,8})(?:\.0+)?$")
_HOST: Final = re.compile(r"^([^\W_]([\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,63}$")
_LEAP_YEAR: Final = 2000


@dataclass(frozen=True, slots=True)
class FurtherField:
    name: str
    read: Callable[[str, CleaningOptions], Found]
    reason: str

    def reader(self, options: CleaningOptions) -> Read:
        return partial(_with_options, self.read, options)


def _with_options(
    read: Callable[[str, CleaningOptions], Found], options: CleaningOptions, text: str
) -> Found:
    return read(text, options)


def _code(text: str, _options: CleaningOptions) -> str | None:
    return text.upper() if len(text) <= LONGEST_CODE else None


def _country(text: str, _options: CleaningOptions) -> str | None:
    return words.read_country(text)


def _date(text: str, options: CleaningOptions) -> date | None:
    day = dates.read_date(text, order=options.date_order).day
    return None if day is None or options.junk.is_date(day) else day


def _past_date(text: str, options: CleaningOptions) -> date | None:
    day = dates.read_date(text, order=options.date_order, newest=options.today).day
    return None if day is None or day > options.today or options.junk.is_date(day) else day


def _day_of_year(text: str, options: CleaningOptions) -> str | None:
    """MM-DD; 29 February is one."""
    numbers = _DAY_AND_MONTH.match(text)
    if numbers is None:
        whole = dates.read_date(text, order=options.date_order).day
        spoken = whole or dates.read_date(f"{text} {_LEAP_YEAR}", order=options.date_order).day
        return f"{spoken:%m-%d}" if spoken else None
    one, two = int(numbers[1]), int(numbers[2])
    month_first = bool(_CANONICAL_DAY.match(text)) or options.date_order is DateOrder.MDY
    return _on(one, two) or _on(two, one) if month_first else _on(two, one) or _on(one, two)


def _on(month: int, day: int) -> str | None:
    try:
        return f"{date(_LEAP_YEAR, month, day):%m-%d}"
    except ValueError:
        return None


def _website(text: str, _options: CleaningOptions) -> str | None:
    """With its scheme; the host in small letters."""
    whole = text if "://" in text else f"https://{text}"
    try:
        found = urlsplit(whole)
        host = found.hostname or ""
    except ValueError:
        return None
    if found.scheme.lower() not in {"http", "https"} or found.username or not _HOST.match(host):
        return None
    if " " in text:
        return None
    rest = whole.partition("://")[2][len(found.netloc) :]
    return f"{found.scheme.lower()}://{found.netloc.lower()}{rest.rstrip('/')}"


def _people(text: str, _options: CleaningOptions) -> int | None:
    whole = _WHOLE.match(text)
    if whole is None:
        return None
    number = int(re.sub(r"\D", "", whole[1]))
    return number if number <= MOST_EMPLOYEES else None


FURTHER_FIELDS: Final = (
    FurtherField("category", _code, f"longer than {LONGEST_CODE} characters"),
    FurtherField("id_number_country", _country, UNKNOWN_COUNTRY),
    FurtherField("id_number_expires", _date, NOT_A_DATE),
    FurtherField("passport_country", _country, UNKNOWN_COUNTRY),
    FurtherField("passport_expires", _date, NOT_A_DATE),
    FurtherField("name_day", _day_of_year, NOT_A_DAY),
    FurtherField("industry", _code, f"longer than {LONGEST_CODE} characters"),
    FurtherField("registration_country", _country, UNKNOWN_COUNTRY),
    FurtherField("established_on", _past_date, NOT_A_DATE),
    FurtherField("website", _website, NOT_A_SITE),
    FurtherField("employees", _people, NOT_A_NUMBER),
)
