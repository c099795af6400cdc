"""Who clashes with what somebody types, for its page: open it, or group instead (X1)."""

from __future__ import annotations

from dataclasses import dataclass

from kith.contacts.checks.unique import NotUnique
from kith.contacts.models import Contact
from kith.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Clashing:
    contact: Contact
    words: str
    """What both have."""


def clashing(refused: DomainError) -> tuple[Clashing, ...]:
    """Nobody, where it was refused for something else."""
    if not isinstance(refused, NotUnique):
        return ()
    contacts = Contact.objects.defer("search").in_bulk([one.contact_id for one in refused.clashes])
    return tuple(
        Clashing(contacts[one.contact_id], one.words) for one in refused.clashes if one.contact_id in contacts
    )
