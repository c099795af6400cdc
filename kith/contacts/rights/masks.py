"""How a value reads to whom it is not shown. Of any script; nothing here says how long a value is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

import phonenumbers

DOTS: Final = "•••"
_MOST_TAIL: Final = 4
_LEAST_KEPT: Final = 4
"""So many signs a number keeps to itself, before its last ones are told."""
_ISO_DATE: Final = re.compile(r"^(\d{4})-\d{2}-(\d{2})$")
_SPOKEN_DATE: Final = re.compile(r"^(\d{1,2})\s+\w+\s+(\d{4})$")


class Mask(StrEnum):
    NUMBER = "number"
    EMAIL = "email"
    PHONE = "phone"
    DAY = "day"
    YEAR = "year"
    TEXT = "text"


def masked(mask: Mask, text: str) -> str:
    """'' stays ''. Of several e-mails or phones in one line, each by itself."""
    if not text.strip():
        return ""
    if mask in {Mask.EMAIL, Mask.PHONE}:
        return ", ".join(_MASKS[mask](part.strip()) for part in re.split(r"[,;]", text) if part.strip())
    return _MASKS[mask](text.strip())


def _number(text: str) -> str:
    """The first of `AB123456, Cyprus, until 3 Mar 2031`; country and expiry are not told."""
    signs = [sign for sign in text.partition(",")[0] if sign.isalnum()]
    tail = min(_MOST_TAIL, len(signs) - _LEAST_KEPT)
    return f"•{DOTS}{''.join(signs[-tail:])}" if tail > 0 else f"•{DOTS}"


def _email(text: str) -> str:
    local, at, domain = text.rpartition("@")
    if not at or not local:
        return DOTS
    ending = domain.rpartition(".")[2] if "." in domain else ""
    return f"{local[0]}{DOTS}@{domain[:1]}{DOTS}{'.' if ending else ''}{ending}"


def _phone(text: str) -> str:
    try:
        code = phonenumbers.parse(text, None).country_code
    except phonenumbers.NumberParseException:
        return DOTS
    digits = [sign for sign in text if sign.isdigit()]
    return f"+{code} {DOTS} ••{''.join(digits[-2:])}"


def _day(text: str) -> str:
    iso, spoken = _ISO_DATE.match(text), _SPOKEN_DATE.match(text)
    if iso:
        return f"••••-••-{iso[2]}"
    return f"••••-••-{int(spoken[1]):02}" if spoken else DOTS


def _year(text: str) -> str:
    iso, spoken = _ISO_DATE.match(text), _SPOKEN_DATE.match(text)
    year = iso[1] if iso else spoken[2] if spoken else ""
    return f"{year}-••-••" if year else DOTS


def _text(_text: str) -> str:
    return DOTS


_MASKS: Final[Mapping[Mask, Callable[[str], str]]] = {
    Mask.NUMBER: _number,
    Mask.EMAIL: _email,
    Mask.PHONE: _phone,
    Mask.DAY: _day,
    Mask.YEAR: _year,
    Mask.TEXT: _text,
}
