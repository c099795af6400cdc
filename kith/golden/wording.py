"""How values read: of a claim, of a golden record, of an override."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Final, cast

from babel import Locale

from kith.contacts.names import record_name
from kith.golden.pieces import Piece
from kith.golden.rules import LIST_FIELDS, NAME, NAME_PARTS
from kith.sources.models import SourceRecord
from kith.web.formats import phone

_ENGLISH: Final = Locale.parse("en")
_GENDERS: Final = {"male": "Male", "female": "Female", "other": "Other"}


def shown(name: str, value: object) -> str:
    """One value of a single field; '' for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "Allowed" if value else "Not allowed"
    if isinstance(value, date):
        return f"{value.day} {value:%b} {value.year}"
    if name == "gender":
        return _GENDERS.get(str(value), str(value))
    if name == "residence_country":
        return country_name(str(value))
    return str(_ENGLISH.languages.get(str(value), value)) if name == "language" else str(value)


def address_line(parts: Mapping[str, str | None]) -> str:
    """`12 Harbour Walk, Limassol 3042, Cyprus`."""
    town = " ".join(part for part in (parts.get("city"), parts.get("postcode")) if part)
    country = country_name(parts.get("country") or "")
    lines = (parts.get("line1"), parts.get("line2"), town, parts.get("region"), country)
    return ", ".join(line for line in lines if line)


def country_name(code: str) -> str:
    return str(_ENGLISH.territories.get(code, code))


def of_piece(piece: Piece, field: str) -> str:
    """What an override says, in one line; of a list what people typed or chose."""
    if field in LIST_FIELDS:
        return _listed(piece, field)
    if field == NAME:
        return " ".join(str(piece.get(part)) for part in NAME_PARTS if piece.get(part))
    value: object = piece.get(field)
    return shown(field, date.fromisoformat(str(value)) if field == "birth_date" and value else value)


def of_record(record: SourceRecord, field: str) -> str:
    """What one System Ref says, in one line."""
    if field in LIST_FIELDS:
        return _listed(cast(Piece, {field: getattr(record, field)}), field)
    return record_name(record) if field == NAME else shown(field, getattr(record, field))


def _listed(piece: Piece, field: str) -> str:
    if field == "addresses":
        return "; ".join(address_line(one) for one in piece.get("addresses", []))
    if field == "phones":
        return ", ".join(phone(one) for one in piece.get("phones", []))
    return ", ".join(piece.get("emails", []))
