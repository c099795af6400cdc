"""Which address bills go to. Golden addresses are rows without a number of their own that lasts, so an
account keeps a key of what the address says; one that changes in substance is another address.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from kith.access.actors import Actor
from kith.accounts.models import Account
from kith.contacts.models import ContactAddress
from kith.contacts.rights.rules import Shown
from kith.contacts.rights.seeing import NOTHING, sights_at
from kith.matching.cleaning.text import fold_words
from kith.matching.records import ADDRESS_PARTS
from kith.sources.models import Membership

_KEY_LENGTH: Final = 32


def address_key(address: Mapping[str, str | None]) -> str:
    """Of its parts by name (`line1`, `postcode` …); the same however it is written; '' of an empty one."""
    said = [" ".join(fold_words(address.get(part) or "")) for part in ADDRESS_PARTS]
    if not any(said):
        return ""
    return hashlib.sha256("\x1f".join(said).encode()).hexdigest()[:_KEY_LENGTH]


def addresses_of(contact_id: int, *, actor: Actor) -> list[tuple[str, str]]:
    """(key, in words as the actor may read them) of the golden addresses, to choose from."""
    rows = ContactAddress.objects.filter(contact_id=contact_id).order_by("position")
    found: dict[str, str] = {}
    for row in rows:
        parts = {part: getattr(row, part) for part in ADDRESS_PARTS}
        found.setdefault(address_key(parts), ", ".join(text for text in parts.values() if text))
    sight = sights_at([contact_id], actor=actor).get(contact_id, NOTHING)
    told = enumerate(found.items(), start=1)
    if sight.shows("addresses") is Shown.SHOWN:
        return [(key, words) for key, words in found.items() if key]
    return [(key, f"Address {number}") for number, (key, _) in told if key]


def address_in_use(contact_id: int, address: Mapping[str, str | None]) -> tuple[str, ...]:
    """Why this address of the contact may not be deactivated (C24), in words; () where it may."""
    key = address_key(address)
    if not key:
        return ()
    members = Membership.objects.filter(contact_id=contact_id).values("record_id")
    billed = Account.objects.filter(record_id__in=members, billing_address=key)
    billed = billed.exclude(state=Account.State.TERMINATED).order_by("number")
    return tuple(f"bills of account {number} go there" for number in billed.values_list("number", flat=True))
