"""One contact chosen by searching, on any page; `contacts/choosing/` has its templates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kith.access.actors import Actor
from kith.contacts import queries
from kith.contacts.queries import ContactRow, ContactSearch

FOUND: Final = 25
MOST_DIGITS: Final = 18


def number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundContact:
    row: ContactRow
    is_added: bool
    is_of_other_kind: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundContacts:
    contacts: tuple[FoundContact, ...]
    words: str
    is_cut: bool


def find(text: str, *, taken: Iterable[int], kind: str = "", actor: Actor) -> FoundContacts:
    """Active contacts by anything typed, as the search box does; the first `FOUND`, by name.

    `taken` are shown as added already; those of another `kind`, where one is asked for, as not to be chosen.
    """
    found = ContactSearch(text=text).found(actor=actor, most=queries.SUGGESTED_FROM)
    held = frozenset(taken)
    return FoundContacts(
        contacts=tuple(
            FoundContact(row=row, is_added=row.pk in held, is_of_other_kind=bool(kind) and row.kind != kind)
            for row in queries.in_order(found.ids[:FOUND], actor=actor)
        ),
        words=found.words,
        is_cut=len(found.ids) > FOUND,
    )
