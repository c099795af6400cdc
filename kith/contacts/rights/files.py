"""Fields of claims in files, of whom nobody knows yet who they are: read at the strictest privacy level."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Final

from kith.access.actors import Actor
from kith.contacts.rights.rules import Shown
from kith.contacts.rights.seeing import is_main
from kith.contacts.rights.sight import sight_of

_SYSTEM_REF: Final = "system_ref"


def claim_fields_seen(actor: Actor) -> Callable[[str], Callable[[str], str] | None]:
    """By claim field how it reads; None: as it is."""
    sight = sight_of(actor)

    def reading(name: str) -> Callable[[str], str] | None:
        if name == _SYSTEM_REF or sight.shows(name) is Shown.SHOWN:
            return None
        return partial(sight.of, name) if is_main(name) else _nothing

    return reading


def _nothing(_text: str) -> str:
    return ""
