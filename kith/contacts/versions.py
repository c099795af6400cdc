"""How the golden record of a contact stands, field by field, in one short text for other systems.

Whoever sends it back with a change is told which of the fields somebody else changed meanwhile.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from django.utils.crypto import salted_hmac

from kith.contacts.models import Contact
from kith.contacts.schemas import Golden
from kith.kernel.errors import Refused
from kith.matching.records import ADDRESS_PARTS

LISTS: Final = ("emails", "phones", "addresses")
VERSIONED: Final = (*Golden.model_fields, *LISTS, "custom")
"""In this order; `custom` is all user-defined fields."""
LONGEST: Final = 400
_BYTES: Final = 4


def version_of(contact: Contact) -> str:
    made = b"".join(_mark(contact, name) for name in VERSIONED)
    return urlsafe_b64encode(made).decode().rstrip("=")


def changed_since(contact: Contact, version: str) -> frozenset[str]:
    """Of `VERSIONED`. Refused where it is no version of this Kith."""
    made = urlsafe_b64decode(version + "=" * (-len(version) % 4)) if len(version) % 4 != 1 else b""
    if len(made) != len(VERSIONED) * _BYTES:
        words = "This is no `version` of a contact. Open the contact again."
        raise Refused(words, fields={"based_on": words})
    marks = (made[place * _BYTES :][:_BYTES] for place in range(len(VERSIONED)))
    return frozenset(
        name for name, mark in zip(VERSIONED, marks, strict=True) if mark != _mark(contact, name)
    )


def _mark(contact: Contact, name: str) -> bytes:
    said = json.dumps([contact.pk, name, _said(contact, name)], default=str, sort_keys=True)
    return salted_hmac("kith.contacts.versions", said, algorithm="sha256").digest()[:_BYTES]


def _said(contact: Contact, name: str) -> object:
    if name not in LISTS:
        return getattr(contact, name)
    columns = (*(ADDRESS_PARTS if name == "addresses" else ("value",)), "type")
    rows = sorted(getattr(contact, name).all(), key=lambda row: row.position)
    return [[getattr(row, column) for column in columns] for row in rows]
