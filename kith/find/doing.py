"""What can be done with everybody a search finds; the page offers what one may do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kith.access.actors import Actor
from kith.access.permissions import Permission


@dataclass(frozen=True, slots=True)
class ResultAction:
    key: str
    label: str
    url_name: str
    """A page that takes the token of a kept search as `?s=`."""
    permission: Permission


RESULT_ACTIONS: Final = (
    ResultAction("export", "Export…", "exports:ask", Permission.CONTACT_EXPORT),
    ResultAction("change", "Change all…", "bulk-changes:choose", Permission.CONTACT_BULK),
)


def may_be_done(actor: Actor) -> tuple[ResultAction, ...]:
    return tuple(one for one in RESULT_ACTIONS if actor.may(one.permission))
