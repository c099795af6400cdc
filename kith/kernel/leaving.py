"""A contact that is being deleted, and what each room has to do about it.

Every room that keeps something about a contact or a System Ref declares a `DeletedWith`;
`kith.config.deleted_with` puts them in order (KITH_DELETED_WITH), those that hang on others first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    group_ids: tuple[int, ...]
    """Contacts that go as a whole: one that somebody deletes, or those that an undone import leaves empty."""
    record_ids: tuple[int, ...]
    """All System Refs of those contacts, ascending; of an undone import also some of other contacts."""
    for_good: bool = True
    """No source can bring them back. What an undone import made may come again."""


@dataclass(frozen=True, slots=True)
class Going:
    """`3 past claims`."""

    label: str
    """Plural."""
    number: int


def _nothing(leaving: Leaving) -> None:
    return None


def _none(leaving: Leaving) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeletedWith:
    room: str
    locks: Callable[[Leaving], None] = _nothing
    """Before anything is decided; Conflict where it cannot be had."""
    blocks: Callable[[Leaving], Sequence[str]] = _none
    """Why the contact may not be deleted now: reasons to read after a semicolon."""
    goes: Callable[[Leaving], Sequence[Going]] = _none
    """What would go with it."""
    deletes: Callable[[Leaving], None] = _nothing
