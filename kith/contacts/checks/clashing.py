"""Who clashes with what somebody types, for its page: open it, or group instead (X1)."""

from __future__ import annotations

from dataclasses import dataclass

from kith.access.actors import Actor
from kith.contacts.checks.unique import NotUnique
from kith.contacts.models import Contact
from kith.contacts.rights.seeing import seen_all
from kith.kernel.errors import DomainError


@dataclass(frozen=True, slots=True)
class Clashing:
    contact: Contact
    words: str
    """What both have."""


def clashing(refused: DomainError, *, actor: Actor) -> tuple[Clashing, ...]:
    """Nobody, where it was refused for something else, or nobody may be named."""
    if not isinstance(refused, NotUnique):
        return ()
    stored = Contact.objects.defer("search").in_bulk([one.contact_id for one in refused.clashes])
    contacts = seen_all(stored, actor=actor)
    return tuple(
        Clashing(contacts[one.contact_id], one.words) for one in refused.clashes if one.contact_id in contacts
    )
