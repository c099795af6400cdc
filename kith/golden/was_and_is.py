"""A golden value in one line, as it stands: read before and after a change, for the history (C31)."""

from __future__ import annotations

from kith.contacts.models import Contact
from kith.golden import wording
from kith.golden.rules import LIST_FIELDS, custom_code, parts_of
from kith.matching.records import ADDRESS_PARTS
from kith.web.formats import phone


def text_of(contact_id: int, field: str) -> str:
    """'' for none. One query, of a list another one."""
    contact = Contact.objects.defer("search").get(pk=contact_id)
    if field in LIST_FIELDS:
        return _listed(contact, field)
    code = custom_code(field)
    if code is not None:
        return wording.custom_shown((contact.custom or {}).get(code))
    return wording.of_values(field, [getattr(contact, part) for part in parts_of(field)])


def _listed(contact: Contact, field: str) -> str:
    if field == "addresses":
        rows = contact.addresses.order_by("position")
        parts = [{part: getattr(row, part, None) for part in ADDRESS_PARTS} for row in rows]
        return "; ".join(wording.address_line(one) for one in parts)
    if field == "phones":
        return ", ".join(phone(row.value) for row in contact.phones.order_by("position"))
    return ", ".join(row.value for row in contact.emails.order_by("position"))
