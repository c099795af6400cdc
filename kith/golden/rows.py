"""Golden values as somebody would type them."""

from __future__ import annotations

from datetime import date

from kith.contacts.models import Contact, ContactAddress
from kith.contacts.value_ids import Row
from kith.contacts.value_ids import parts_of as address_parts
from kith.golden.rules import LIST_FIELDS, custom_code, parts_of
from kith.golden.typed import claim_fields
from kith.matching.cleaning.addresses import Details, lines_of
from kith.matching.records import ADDRESS_DETAILS
from kith.sources.models import SourceRecord


def row_at(contact: Contact, field: str, *, place: str) -> Row | None:
    if field not in LIST_FIELDS or not place.isascii() or not place.isdigit() or len(place) > 4:
        return None
    found: Row | None = getattr(contact, field).filter(position=int(place)).first()
    return found


def as_typed(field: str, row: Row) -> dict[str, str]:
    """A golden value as somebody would type it."""
    first, last = claim_fields(field)[0], claim_fields(field)[-1]
    if isinstance(row, ContactAddress):
        stem = first.removesuffix("_line1")
        parts = {f"{stem}_{part}": text for part, text in _without_composed_lines(row).items() if text}
        return {**parts, last: row.type} if row.type else parts
    return {first: row.value, last: row.type} if row.type else {first: row.value}


def _without_composed_lines(row: ContactAddress) -> dict[str, str | None]:
    """Lines that were made of the parts are made of them again, also when one of them is corrected."""
    parts = address_parts(row)
    details = Details(**{part: parts[part] for part in ADDRESS_DETAILS})
    for line1 in (None, row.line1):
        if lines_of(details, line1=line1, country=row.country) == (row.line1, row.line2):
            return parts | {"line1": line1, "line2": None}
    return parts


def single_as_typed(said_in: Contact | SourceRecord, field: str) -> dict[str, str]:
    """Of a single field; {} for nothing."""
    code = custom_code(field)
    if code is not None:
        text = (said_in.custom or {}).get(code)
        return {field: text} if text else {}
    return {one: text for one in parts_of(field) if (text := _text(getattr(said_in, one)))}


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else str(value or "")
