"""One text of one field to its value and what there is to say of it, under a source's options.

What a whole column calls once for each different text, and one record calls itself.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final, TypeAlias

import phonenumbers

from kith.matching.cleaning import addresses, dates, identifiers, phones
from kith.matching.cleaning.junk import JunkList
from kith.matching.cleaning.options import CleaningOptions
from kith.matching.cleaning.text import MAX_SHOWN

Read: TypeAlias = tuple[str | None, str | None]
"""The value, None for nothing, and the reason for that or the doubt."""

A_PLACEHOLDER: Final = "a placeholder, read as nothing"
NO_COUNTRY: Final = "--"
"""Where a text and its country travel as one."""

_CALLING_CODES: Final = frozenset(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
_EXCEL_FLOAT: Final = re.compile(r"^(\+?\d+)\.0$")
_NOT_DIGIT: Final = re.compile(r"\D+")
_SIGNS: Final = frozenset("$+<=>^`|~")
_PLAIN_MOMENT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[T ](\d\d):(\d\d):(\d\d)((?:\.\d{1,6})?)Z?")


_LONGEST_EMAIL: Final = 320
_WORD_FIELD: Final = re.compile(
    r"^(kind|gender|language|residence_country|direct_marketing|affiliate_marketing|claimed_at|source_created_at"
    r"|birth_date|(phone|address)_\d_country|(id_number|passport|registration)_country"
    r"|(id_number|passport)_expires|name_day|established_on|employees|custom\..*)$"
)


def longest(field: str) -> int:
    """Characters; the rest is cut."""
    return _LONGEST_EMAIL if field.startswith("email_") else MAX_SHOWN


def is_word_field(field: str) -> bool:
    """Where a listed text may be a true value (NO is Norway, 0 is no), the reader of the words decides."""
    return _WORD_FIELD.match(field) is not None


def is_placeholder(text: str, *, junk: JunkList) -> bool:
    """Longer texts than any on the list are not looked at."""
    if len(text) <= _longest(junk.texts) and text.lower() in junk.texts:
        return True
    return all(sign in _SIGNS or unicodedata.category(sign)[0] in "PZ" for sign in text)


@lru_cache(maxsize=16)
def _longest(texts: frozenset[str]) -> int:
    return max((len(text) for text in texts), default=0)


def read_phone(text: str, *, country: str | None, junk: JunkList) -> Read:
    found = phones.clean_phone(text, country=country)
    if found is None and text.endswith(".0"):
        found = phones.clean_phone(_EXCEL_FLOAT.sub(r"\1", text), country=country)
    if junk.is_phone(_national(found) if found else _NOT_DIGIT.sub("", text)):
        return None, A_PLACEHOLDER
    if found is None:
        return None, phones.NOT_ONE if country or text.startswith("+") else phones.NO_COUNTRY
    return found, None


def _national(number: str) -> str:
    for length in (2, 3, 4):
        if number[1:length] in _CALLING_CODES:
            return number[length:]
    return number


def read_postcode(text: str, *, country: str | None, junk: JunkList) -> Read:
    if text.casefold() in junk.postcodes or addresses.postcode_key(text) in junk.postcodes:
        return None, A_PLACEHOLDER
    return addresses.read_postcode(text, country=country)


def read_number(text: str, *, field: str, country: str | None, junk: JunkList) -> Read:
    found = identifiers.read_number(text, field=field, country=country)
    if found.value is None or junk.is_number(found.value):
        return None, A_PLACEHOLDER
    return found


def read_birth_date(text: str, *, options: CleaningOptions) -> tuple[date | None, str | None]:
    if text.casefold() in options.junk.texts:
        return None, A_PLACEHOLDER
    day = dates.read_date(text, order=options.date_order, newest=options.today).day
    if day is not None and options.junk.is_date(day):
        return None, dates.PLACEHOLDER
    return dates.read_birth_date(text, order=options.date_order, today=options.today)


def read_moment(text: str, *, options: CleaningOptions) -> datetime | None:
    """Without a zone, in UTC."""
    plain = _PLAIN_MOMENT.fullmatch(text)
    if plain:
        return _plain_moment(*plain.groups())
    moment = dates.read_moment(text, order=options.date_order)
    return None if moment is None else moment.replace(tzinfo=None)


def _plain_moment(day: str, hour: str, minute: str, second: str, fraction: str) -> datetime | None:
    """As polars reads it: 24:00 is no time, a leap second is the one after it."""
    leap = second == "60"
    try:
        found = datetime.fromisoformat(f"{day}T{hour}:{minute}:{'59' if leap else second}{fraction}")
    except ValueError:
        return None
    return None if hour == "24" else found + timedelta(seconds=leap)
