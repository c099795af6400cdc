"""Who may be changed how, so that the door never closes behind everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.access.roles import permissions_of
from kith.kernel.decision import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a user is to become, and who else could still mend it."""

    roles: tuple[str, ...]
    is_active: bool
    is_oneself: bool
    was_keeper: bool
    """Could edit users before the change."""
    other_keepers: int
    """Active users besides this one who may edit users."""


def may_change(change: Change) -> Decision:
    keeps = change.is_active and Permission.USER_EDIT in permissions_of(list(change.roles))
    if keeps or not change.was_keeper:
        return Decision()
    reasons = []
    if change.is_oneself:
        reasons.append("you cannot take your own right to edit users away; another administrator can")
    if change.other_keepers == 0:
        reasons.append("this is the last active user who may edit users")
    return Decision(tuple(reasons))


def may_give(role: str, *, giver: Actor, scopes: Sequence[str] | None = None) -> Decision:
    """Nobody hands on rights that they lack themselves, and a role that nobody knows gives none."""
    of_role = permissions_of([role])
    if not of_role:
        return Decision(("this role does not exist",))
    beyond = sorted(set(scopes or ()) - {str(one) for one in of_role})
    if beyond:
        return Decision((f"the role does not have these permissions: {', '.join(beyond)}",))
    given = of_role if scopes is None else {one for one in of_role if one in scopes}
    lacking = sorted(permission.label for permission in given - giver.permissions)
    return Decision((f"you lack rights of this role yourself: {', '.join(lacking)}",) if lacking else ())
