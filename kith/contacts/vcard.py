"""Contacts as vCard 4.0 (RFC 6350), for address books and phones. The one place that writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final
from urllib.parse import quote

from babel import Locale

MEDIA_TYPE: Final = "text/vcard; charset=utf-8"

_MOST_OCTETS: Final = 75
"""Of a line; what is longer goes on in the next one, which begins with a space."""
_ENGLISH: Final = Locale.parse("en")
_ESCAPES: Final = str.maketrans({"\\": "\\\\", ",": "\\,", ";": "\\;", "\n": "\\n"})
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\x85\u2028\u2029]+")
_E164: Final = re.compile(r"\+[0-9]{4,15}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_WORD: Final = re.compile(r"[A-Za-z0-9-]+")
_TYPES: Final[Mapping[str, str]] = {
    "BUSINESS": "work",
    "HOME": "home",
    "PERSONAL": "home",
    "MOBILE": "cell",
    "LANDLINE": "voice",
    "FAX": "fax",
}
_GENDERS: Final[Mapping[str, str]] = {"male": "M", "female": "F", "other": "O"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CardDetail:
    """An e-mail, or a phone in E.164."""

    value: str
    type: str = ""
    """Its code, as stored."""
    is_primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CardAddress:
    parts: Mapping[str, str | None]
    """By the names of `kith.matching.records.ADDRESS_PARTS`; the country as ISO code."""
    type: str = ""
    is_primary: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Golden values as the reader may see them: what is masked goes out masked, what is hidden is ''."""

    group_id: int
    is_company: bool = False
    name: str = ""
    title: str = ""
    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    company_name: str = ""
    gender: str = ""
    birth_date: str = ""
    """ISO; anything else is written as text."""
    language: str = ""
    website: str = ""
    category: str = ""
    """In words."""
    emails: Sequence[CardDetail] = field(default=())
    phones: Sequence[CardDetail] = field(default=())
    addresses: Sequence[CardAddress] = field(default=())
    note: str = ""
    revised_at: datetime | None = None


def vcard_of(values: Card) -> str:
    """One card, its lines ended by CRLF; several one after the other are one file."""
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        f"KIND:{'org' if values.is_company else 'individual'}",
        f"UID;VALUE=text:GroupID {values.group_id}",
        *_names(values),
        *_person(values),
        *(_email(one) for one in values.emails if one.value),
        *(_phone(one) for one in values.phones if one.value),
        *(_address(one) for one in values.addresses),
        *_rest(values),
        "END:VCARD",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _names(values: Card) -> Iterable[str]:
    name = values.name or values.company_name or f"GroupID {values.group_id}"
    yield f"FN:{_text(name)}"
    parts = (values.last_name, values.first_name, values.middle_name, values.title)
    if any(parts):
        yield f"N:{_components(*parts, '')}"
    if values.company_name:
        yield f"ORG:{_text(values.company_name)}"


def _person(values: Card) -> Iterable[str]:
    if values.birth_date:
        yield _birth_date(values.birth_date)
    if values.gender:
        known = _GENDERS.get(values.gender)
        yield f"GENDER:{known}" if known else f"GENDER:;{_text(values.gender)}"
    if _WORD.fullmatch(values.language):
        yield f"LANG:{values.language}"


def _birth_date(said: str) -> str:
    try:
        return f"BDAY:{date.fromisoformat(said):%Y%m%d}"
    except ValueError:
        return f"BDAY;VALUE=text:{_text(said)}"


def _email(one: CardDetail) -> str:
    return f"EMAIL{_parameters(one.type, is_primary=one.is_primary)}:{_text(one.value)}"


def _phone(one: CardDetail) -> str:
    parameters = _parameters(one.type, is_primary=one.is_primary)
    if _E164.fullmatch(one.value):
        return f"TEL;VALUE=uri{parameters}:tel:{one.value}"
    return f"TEL{parameters}:{_text(one.value)}"


def _address(one: CardAddress) -> str:
    """Box; (nothing); street, which may be two; town; region; postcode; country."""
    said = {name: text or "" for name, text in one.parts.items()}
    code = said.get("country", "")
    is_code = _COUNTRY.fullmatch(code) is not None
    street = [said.get("line1", ""), said.get("line2", "")]
    care_of = said.get("care_of", "")
    lines = [f"c/o {care_of}" if care_of else "", *street]
    components = (
        _text(said.get("po_box", "")),
        "",
        ",".join(_text(line) for line in lines if line),
        _text(said.get("city", "")),
        _text(said.get("region", "")),
        _text(said.get("postcode", "")),
        _text(str(_ENGLISH.territories.get(code, code))),
    )
    of_country = f";CC={code}" if is_code else ""
    return f"ADR{_parameters(one.type, is_primary=one.is_primary)}{of_country}:{';'.join(components)}"


def _rest(values: Card) -> Iterable[str]:
    if values.website:
        yield f"URL:{_uri(values.website)}"
    if values.category:
        yield f"CATEGORIES:{_text(values.category)}"
    if values.note:
        yield f"NOTE:{_text(values.note)}"
    if values.revised_at is not None:
        yield f"REV:{values.revised_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _parameters(type_code: str, *, is_primary: bool) -> str:
    known = _TYPES.get(type_code.upper())
    if known is None and _WORD.fullmatch(type_code):
        known = f"x-{type_code.lower()}"
    return (f";TYPE={known}" if known else "") + (";PREF=1" if is_primary else "")


def _components(*parts: str) -> str:
    return ";".join(_text(part) for part in parts)


def _text(said: str) -> str:
    lines = said.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub(" ", lines).translate(_ESCAPES)


def _uri(said: str) -> str:
    plain = "".join(_CONTROL.sub("", said).split())
    whole = plain if "://" in plain else f"https://{plain}"
    return quote(whole, safe=":/?#[]@!$&'()*+,;=%-._~")


def _folded(line: str) -> str:
    """Never within a character."""
    if len(line.encode()) <= _MOST_OCTETS:
        return line
    pieces, piece, octets = [], "", 0
    for sign in line:
        width = len(sign.encode())
        if octets + width > _MOST_OCTETS:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += sign
        octets += width
    return "\r\n".join([*pieces, piece])
