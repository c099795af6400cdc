"""That somebody searched, by which criteria, and how many were found (C31); never for which values."""

from __future__ import annotations

import hmac
import secrets
from typing import Final

from kith.access.actors import Actor
from kith.audit import journal
from kith.contacts.trail import QUIET
from kith.find.listing import Listed
from kith.find.searches import Search

_KEY: Final = secrets.token_bytes(32)
"""Of this process only: nobody can find out later what a mark was made of."""


def note_listed(search: Search, found: Listed, *, by: Actor, through: str) -> None:
    counted = found.counted
    note(search, found=counted.number, is_more=counted.is_more, by=by, through=through)


def note(search: Search, *, found: int, is_more: bool, by: Actor, through: str) -> None:
    """Once in a while for the same search: whoever turns its pages, or comes back to it, searched once."""
    if search.is_empty:
        return
    said = repr(sorted((name, repr(value)) for name, value in search.values.items()))
    journal.notice(
        "SearchMade",
        by=by,
        subject_type="search",
        mark=hmac.digest(_KEY, said.encode(), "sha256").hex()[:12],
        within=QUIET,
        detail={"criteria": sorted(search.values), "found": found, "is_more": is_more, "through": through},
    )
