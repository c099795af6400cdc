"""User-defined fields: text to the value of their type, in one spelling."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from kith.matching.cleaning import dates, words
from kith.matching.cleaning.dates import DateOrder
from kith.matching.cleaning.text import fold


class CustomType(StrEnum):
    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    YES_NO = "yes_no"


@dataclass(frozen=True, slots=True)
class CustomShape:
    """How the values of one code are read."""

    code: str
    type: CustomType
    choices: tuple[tuple[str, str], ...] = ()
    """Code and label of each."""


_REASONS: Final = {
    CustomType.TEXT: "not a text",
    CustomType.NUMBER: "not a number",
    CustomType.DATE: dates.NOT_A_DATE,
    CustomType.CHOICE: "not one of the choices",
    CustomType.YES_NO: "neither yes nor no",
}

_DECIMAL_COMMA: Final = re.compile(r"^-?\d+,\d{1,9}$")
_THOUSANDS: Final = re.compile(r"(?<=\d)[,\s'](?=\d{3}(\D|$))")
_NUMBER: Final = re.compile(r"^-?\d{1,18}(\.\d{1,9})?$")


def reason(shape: CustomShape | None) -> str:
    return _REASONS[shape.type if shape else CustomType.TEXT]


def as_json(values: Mapping[str, str | None]) -> str | None:
    """Of what is there, by code in order; None for nothing."""
    stated = {code: text for code, text in sorted(values.items()) if text is not None}
    return json.dumps(stated, ensure_ascii=False) if stated else None


def read(text: str, *, shape: CustomShape | None, order: DateOrder) -> str | None:
    """None: not a value of this type. Without a shape any text is one."""
    match shape.type if shape else CustomType.TEXT:
        case CustomType.NUMBER:
            return _number(text)
        case CustomType.DATE:
            day = dates.read_date(text, order=order).day
            return day.isoformat() if day else None
        case CustomType.CHOICE:
            return _choice(text, shape.choices if shape else ())
        case CustomType.YES_NO:
            said = words.read_yes_or_no(text)
            return None if said is None else "yes" if said else "no"
    return text


def _number(text: str) -> str | None:
    plain = text.replace(",", ".") if _DECIMAL_COMMA.match(text) else _THOUSANDS.sub("", text)
    if not _NUMBER.match(plain):
        return None
    try:
        number = Decimal(plain).normalize()
    except InvalidOperation:
        return None
    return f"{number:f}" if number else "0"


def _choice(text: str, choices: tuple[tuple[str, str], ...]) -> str | None:
    """By code or by label."""
    wanted = fold(text)
    return next((code for code, label in choices if wanted in {fold(code), fold(label)}), None)
