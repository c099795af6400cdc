"""How values read: of a claim, of a golden record, of an override."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, cast

from babel import Locale

from kith.contacts.names import record_name
from kith.contacts.settings.name_display import name_display
from kith.golden.pieces import Piece
from kith.golden.rules import LIST_FIELDS, NAME, custom_code, parts_of
from kith.sources.models import SourceRecord
from kith.web.formats import MASKED, phone

_ENGLISH: Final = Locale.parse("en")
_GENDERS: Final = {"male": "Male", "female": "Female", "other": "Other"}


def shown(name: str, value: object) -> str:
    """One value of a single field; '' for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, str) and MASKED in value:
        return value
    if isinstance(value, bool):
        return "Allowed" if value else "Not allowed"
    if isinstance(value, date):
        return f"{value.day} {value:%b} {value.year}"
    if name == "gender":
        return _GENDERS.get(str(value), str(value))
    if name in _COUNTRIES:
        return country_name(str(value))
    if name == "name_day":
        return _day_of_year(str(value))
    return str(_ENGLISH.languages.get(str(value), value)) if name == "language" else str(value)


_COUNTRIES: Final = frozenset(
    {"residence_country", "id_number_country", "passport_country", "registration_country"}
)


def _day_of_year(text: str) -> str:
    """`23 Apr`, of 04-23."""
    month, _, day = text.partition("-")
    return f"{int(day)} {date(2000, int(month), 1):%b}"


def of_values(field: str, values: Sequence[object]) -> str:
    """A single field of its parts, in one line: `AB123456, Cyprus, until 3 Mar 2031`."""
    if custom_code(field) is not None:
        return custom_shown(values[0])
    if field == NAME:
        title, *names = (str(one) if one else None for one in values)
        return " ".join(filter(None, (title, name_display().shown(*names))))
    parts = zip(parts_of(field), values, strict=True)
    said = [(name, text) for name, value in parts if (text := shown(name, value))]
    return ", ".join(f"until {text}" if name.endswith("_expires") else text for name, text in said)


def custom_shown(value: object) -> str:
    """As stored; dates as dates read. Labels of choices only the settings know."""
    text = "" if value is None else str(value)
    if _ISO_DATE.match(text):
        return shown("", date.fromisoformat(text))
    return {"yes": "Yes", "no": "No"}.get(text, text)


_ISO_DATE: Final = re.compile(r"^\d{4}-(0[1-9]|1[0-2])-([0-2]\d|3[01])$")


def address_line(parts: Mapping[str, str | None]) -> str:
    """`12 Harbour Walk, Limassol 3042, Cyprus`."""
    town = " ".join(part for part in (parts.get("city"), parts.get("postcode")) if part)
    country = country_name(parts.get("country") or "")
    care_of = f"c/o {parts['care_of']}" if parts.get("care_of") else None
    lines = (care_of, parts.get("line1"), parts.get("line2"), town, parts.get("region"), country)
    return ", ".join(line for line in lines if line)


def country_name(code: str) -> str:
    return str(_ENGLISH.territories.get(code, code))


def of_piece(piece: Piece, field: str) -> str:
    """What an override says, in one line; of a list what people typed or chose."""
    if field in LIST_FIELDS:
        return _listed(piece, field)
    if custom_code(field) is not None:
        return custom_shown(piece.get("custom_value"))
    return of_values(field, [_as_stored(part, piece.get(part)) for part in parts_of(field)])


def _as_stored(name: str, value: object) -> object:
    is_date = name in {"birth_date", "established_on"} or name.endswith("_expires")
    return date.fromisoformat(str(value)) if is_date and value else value


def of_record(record: SourceRecord, field: str) -> str:
    """What one System Ref says, in one line."""
    if field in LIST_FIELDS:
        return _listed(cast(Piece, {field: getattr(record, field)}), field)
    code = custom_code(field)
    if code is not None:
        return custom_shown((record.custom or {}).get(code))
    if field == NAME:
        return record_name(record)
    return of_values(field, [getattr(record, part) for part in parts_of(field)])


def _listed(piece: Piece, field: str) -> str:
    if field == "addresses":
        return "; ".join(address_line(one) for one in piece.get("addresses", []))
    if field == "phones":
        return ", ".join(phone(one) for one in piece.get("phones", []))
    return ", ".join(piece.get("emails", []))
