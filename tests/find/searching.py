"""Kept searches, for what is done to all that one finds."""

from __future__ import annotations

from kith.access.models import User
from kith.contacts.asking import Value
from kith.find.actions import keep_search
from kith.find.searches import Search


def kept(user: User, *, columns: tuple[str, ...] = (), **asked: str) -> str:
    """The token; `kind="person"` asks by a choice, all else by text."""
    values = {
        key: Value(codes=(text,)) if key in {"kind", "category"} else Value(text=text)
        for key, text in asked.items()
    }
    return keep_search(actor=user.actor, search=Search.of(values, columns=columns))
