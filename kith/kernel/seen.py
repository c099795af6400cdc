"""Of two who edit one thing at once the second is told instead of overwriting the first."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from kith.kernel.errors import Conflict

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def state_of(details: DataclassInstance) -> str:
    """Another one as soon as any of the details is another."""
    told = json.dumps(asdict(details), default=str, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:24]


def unless_changed(details: DataclassInstance, *, seen: str, wanted: DataclassInstance | None = None) -> None:
    """`seen`: the state of what the person looked at; '' asks for no check. `wanted`: what would stand there
    instead; the Conflict names the details in which the two differ, without their values. None: it would go.
    """
    if not seen or seen == state_of(details):
        return
    if wanted is None:
        raise Conflict("Somebody changed this meanwhile. Nothing was done: look at it again.")
    now, then = asdict(details), asdict(wanted)
    raise Conflict(
        "Somebody changed this meanwhile. What you typed is still here; compare, and save again to put "
        "it in place.",
        fields={name: _DIFFERS for name in now if now[name] != then.get(name)},
    )


_DIFFERS: Final = "What stands here now is not what was sent."
