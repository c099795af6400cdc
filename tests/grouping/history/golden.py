"""A golden record as plain values, to compare."""

from __future__ import annotations

from kith.contacts.models import Contact
from kith.golden.rules import NAME_PARTS, PLAIN_FIELDS

_LISTS = {
    "emails": ("value", "type"),
    "phones": ("value", "type"),
    "addresses": ("type", "line1", "line2", "postcode", "city", "region", "country"),
}
_PLAIN = (
    "name",
    *NAME_PARTS,
    *PLAIN_FIELDS,
    "provenance",
    "primary_record_id",
    "primary_chosen",
    "record_count",
)


def golden(contact: Contact) -> dict[str, object]:
    lists = {
        name: [
            tuple(getattr(row, column) for column in (*columns, "source_record_id", "position", "is_primary"))
            for row in sorted(getattr(contact, name).all(), key=lambda row: row.position)
        ]
        for name, columns in _LISTS.items()
    }
    return {name: getattr(contact, name) for name in _PLAIN} | lists
