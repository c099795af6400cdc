"""Requests in words: as a whole, and as one of its contacts sees it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from kith.grouping.intents import Group, Intent, KeepApart, MoveRef, Split, Undo, Ungroup
from kith.web.formats import group_id

MOST_NAMED: Final = 4


Naming = Callable[[int], str]
"""How a GroupID reads."""


def whole(intent: Intent, *, naming: Naming = group_id) -> str:
    """`Group GroupID 1 000 001 with 1 000 002 and 1 000 003`."""
    match intent:
        case Group():
            return f"Group GroupID {naming(intent.master)} with {_named(intent.children, naming)}"
        case Ungroup():
            return f"Ungroup GroupID {naming(intent.contact)}"
        case Split():
            return f"Split GroupID {naming(intent.contact)} into {len(intent.parts)}"
        case MoveRef():
            return f"Move a System Ref to GroupID {naming(intent.to)}"
        case KeepApart():
            return f"Keep apart GroupID {_named(intent.contacts, naming)}"
        case Undo():
            return f"Undo operation {intent.operation}"


def seen_from(contact_id: int, intent: Intent, *, naming: Naming = group_id) -> str:
    """`grouping with GroupID 1 000 002`, to read after `Queued:`."""
    match intent:
        case Group():
            others = [pk for pk in (intent.master, *intent.children) if pk != contact_id]
            return f"grouping with GroupID {_named(others, naming)}"
        case Ungroup():
            return "ungrouping"
        case Split():
            return f"split into {len(intent.parts)}"
        case MoveRef() if intent.to == contact_id:
            return "taking in a System Ref of another contact"
        case MoveRef():
            return f"moving a System Ref to GroupID {naming(intent.to)}"
        case KeepApart() | Undo():
            return whole(intent, naming=naming)


def done(intent: Intent) -> str:
    """What the asker reads when it is done."""
    match intent:
        case Group():
            return "The contacts were grouped."
        case Ungroup():
            return "The contact was ungrouped."
        case Split():
            return "The contact was split."
        case MoveRef():
            return "The System Ref was moved."
        case KeepApart():
            return "They are kept apart from now on."
        case Undo():
            return "It was undone."


def _named(group_ids: Sequence[int], naming: Naming) -> str:
    shown = [naming(pk) for pk in group_ids[:MOST_NAMED]]
    rest = len(group_ids) - len(shown)
    if rest:
        shown.append(f"{rest} more")
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""
