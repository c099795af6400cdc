"""Roles are code, membership is data. Nothing else checks a role by name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from kith.access.permissions import Permission as P


class RoleName(StrEnum):
    VIEWER = "viewer"
    AGENT = "agent"
    STEWARD = "steward"
    PRIVACY_OFFICER = "privacy_officer"
    POWER_USER = "power_user"
    ADMINISTRATOR = "administrator"


@dataclass(frozen=True, slots=True)
class Role:
    name: RoleName
    label: str
    description: str
    permissions: frozenset[P]


_VIEW = frozenset({P.CONTACT_VIEW, P.SOURCE_VIEW, P.RULES_VIEW, P.RUN_VIEW})
_AGENT = _VIEW | {P.CONTACT_EDIT, P.CONTACT_PRINT, P.CONTACT_REVEAL}
_STEWARD = _AGENT | {
    P.CONTACT_GROUP,
    P.CONTACT_OWN,
    P.CONTACT_EXPORT,
    P.CONTACT_BULK,
    P.CONTACT_LEVEL,
    P.IMPORT_VIEW,
    P.IMPORT_RUN,
    P.JOB_VIEW,
    P.RUN_START,
}
_PRIVACY = _AGENT | {
    P.CONTACT_GROUP,
    P.CONTACT_SUPPRESS,
    P.CONTACT_DELETE,
    P.CONTACT_EXPORT,
    P.CONTACT_LEVEL,
    P.CONTACT_ANONYMISE,
    P.CONTACT_REPORT,
    P.CONTACT_ADMIT,
    P.ERASURE_APPROVE,
    P.PRIVACY_VIEW,
    P.PRIVACY_EDIT,
    P.SSO_VIEW,
    P.SSO_EDIT,
    P.AUDIT_VIEW,
    P.IMPORT_VIEW,
    P.JOB_VIEW,
    P.SETTINGS_VIEW,
}
_POWER = _STEWARD | {
    P.CONTACT_DELETE,
    P.SOURCE_EDIT,
    P.RULES_EDIT,
    P.RUN_APPROVE,
    P.JOB_EDIT,
    P.SETTINGS_VIEW,
    P.SETTINGS_EDIT,
}

ROLES: dict[RoleName, Role] = {
    role.name: role
    for role in (
        Role(RoleName.VIEWER, "Viewer", "Looks contacts up and sees how they were grouped", _VIEW),
        Role(RoleName.AGENT, "Agent", "Finds, adds and edits contacts", _AGENT),
        Role(
            RoleName.STEWARD, "Data steward", "Imports files, runs the grouping, decides who is who", _STEWARD
        ),
        Role(RoleName.PRIVACY_OFFICER, "Privacy officer", "Carries out what persons ask for", _PRIVACY),
        Role(RoleName.POWER_USER, "Power user", "Sets up sources, rules and schedules", _POWER),
        Role(RoleName.ADMINISTRATOR, "Administrator", "May do everything", frozenset(P)),
    )
}


def permissions_of(names: list[str]) -> frozenset[P]:
    """Everything the roles allow together; an unknown role allows nothing."""
    known = [ROLES[RoleName(name)] for name in names if name in set(RoleName)]
    return frozenset[P]().union(*(role.permissions for role in known))
