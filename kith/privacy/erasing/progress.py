"""How far an erasure is: what every step of it needs."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from kith.access import cases
from kith.kernel.errors import Conflict
from kith.privacy.models import Erasure

PROOFS: Final = 3
"""Tries before a person has to look."""


def locked(uid: UUID, *states: str) -> Erasure:
    """In the running transaction. Raises Conflict where it is in none of these states any more."""
    found = Erasure.objects.select_for_update(of=("self",)).filter(uid=uid, state__in=states).first()
    if found is None:
        raise Conflict("Somebody else carries this erasure on.")
    return found


def advance(uid: UUID, before: str, after: str) -> None:
    Erasure.objects.filter(uid=uid, state=before).update(state=after)


def open_case(erasure: Erasure, title: str) -> None:
    cases.open_case(kind="erasure", title=title, contact_id=erasure.contact_id)
