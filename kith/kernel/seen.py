"""Of two who edit one thing at once the second is told instead of overwriting the first."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from kith.kernel.errors import Conflict

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def state_of(details: DataclassInstance) -> str:
    """Another one as soon as any of the details is another."""
    told = json.dumps(asdict(details), default=str, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def unless_changed(details: DataclassInstance, *, seen: str) -> None:
    """`seen`: the state of what the person looked at; '' asks for no check."""
    if seen and seen != state_of(details):
        raise Conflict(
            "Somebody changed this meanwhile. What you typed is still here; compare, and save again to put "
            "it in place."
        )
