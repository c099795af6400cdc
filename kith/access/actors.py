"""Who acts: a signed-in person, or a named part of the system with rights of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kith.access.permissions import Permission
from kith.access.roles import RoleName
from kith.kernel.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Actor:
    name: str
    """Shown in the journal: a person's name, or 'Overnight run'."""
    permissions: frozenset[Permission]
    user_id: int | None = None
    roles: tuple[str, ...] = ()
    """Which fields it sees hangs on them (`kith.contacts.rights`); without any: names only."""

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions


def require(actor: Actor, permission: Permission) -> None:
    if not actor.may(permission):
        raise NotAllowed(f"You may not do this; it needs the permission “{permission.label}”.")


NOBODY: Final = Actor("Nobody", frozenset())
OVERNIGHT: Final = Actor(
    "Overnight run", frozenset({Permission.RUN_START, Permission.CONTACT_GROUP, Permission.CONTACT_VIEW})
)
PRIVACY_ENGINE: Final = Actor(
    "Privacy engine",
    frozenset({Permission.CONTACT_ANONYMISE, Permission.CONTACT_SUPPRESS, Permission.CONTACT_VIEW}),
)
"""Carries out what somebody asked, or set up, and was allowed to."""
IMPORTER: Final = Actor("Import", frozenset({Permission.IMPORT_RUN, Permission.IMPORT_VIEW}))
BACKUPS: Final = Actor("Nightly backup", frozenset({Permission.BACKUP_RUN}))
COMMAND_LINE: Final = Actor("Command line", frozenset(Permission), roles=(RoleName.ADMINISTRATOR,))
"""Whoever can run `kith` on the server can read its database: the shell is its permission."""
