"""By what the e-mails, phones and addresses of a contact are told apart, and what other systems call them."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.utils.crypto import salted_hmac

from kith.contacts.models import ContactAddress, ContactEmail, ContactPhone
from kith.matching.cleaning.addresses import postcode_key, street_key
from kith.matching.records import ADDRESS_PARTS

Row = ContactEmail | ContactPhone | ContactAddress


def value_id(field: str, key: str) -> UUID:
    """Of one value of a list: the same as long as it says the same. Keyed, for numbers are soon guessed."""
    made = salted_hmac("kith.contacts.value_ids", f"{field}\n{key}", algorithm="sha256").digest()
    return UUID(bytes=made[:16], version=4)


def key_of(row: Row) -> str:
    return address_key(parts_of(row)) if isinstance(row, ContactAddress) else row.value


def parts_of(row: ContactAddress) -> dict[str, str | None]:
    return {part: getattr(row, part) for part in ADDRESS_PARTS}


def address_key(address: Mapping[str, str | None]) -> str:
    line1, postcode = address.get("line1"), address.get("postcode")
    street = street_key(line1) if line1 else ""
    return joined_key(address, street, postcode_key(postcode) if postcode else "")


def joined_key(address: Mapping[str, str | None], street: str, postcode: str) -> str:
    """As `golden.sql.addresses` and `golden.standing` have it."""
    place = " ".join(part for part in (address.get("line1"), address.get("city")) if part).lower()
    parts = [part for part in (street, postcode) if part]
    return "|".join(parts if street else [*parts, place])
