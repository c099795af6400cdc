"""What Kith asks of an identity provider, whichever it is. No database, no Django."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol

PAGE: Final = 50
"""Accounts on one page of what was found."""


class SearchBy(StrEnum):
    SSO_ID = "sso_id"
    EMAIL = "email"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    LINKED = "linked"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    SearchBy.SSO_ID: "SSO ID",
    SearchBy.EMAIL: "E-mail",
    SearchBy.FIRST_NAME: "First name",
    SearchBy.LAST_NAME: "Last name",
    SearchBy.LINKED: "System Ref of a linked account",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    sso_id: str
    user_name: str = ""
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    """The primary one, else the first."""
    phone: str = ""
    language: str = ""
    is_active: bool = True
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """`Ticketing · T-100482`, `newsletter · yes`."""

    name: str
    value: str
    since: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    profile: Profile
    social: tuple[Line, ...] | None = None
    """None: the provider does not tell. () : it tells of none."""
    linked: tuple[Line, ...] | None = None
    """(system, System Ref there)."""
    claims: tuple[Line, ...] | None = None
    permissions: tuple[Line, ...] | None = None
    version: str = ""
    """Changes with the account; '' where the provider keeps none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileChange:
    first_name: str
    last_name: str
    email: str
    phone: str
    language: str
    is_active: bool


@dataclass(frozen=True, slots=True)
class Found:
    rows: tuple[Profile, ...]
    total: int


class Unavailable(Exception):
    """The provider does not answer, or answers what no provider should; a sentence without values."""


class Changed(Exception):
    """Somebody else changed the account since it was read."""


class Gone(Exception):
    """There is no such account, or no more."""


class Provider(Protocol):
    """Every method may raise Unavailable."""

    def find(self, by: SearchBy, value: str, *, page: int = 1) -> Found: ...

    def open(self, sso_id: str) -> Account:
        """Raises Gone."""
        ...

    def update(self, sso_id: str, change: ProfileChange, *, version: str) -> Account:
        """Counts at once. Raises Changed, Gone."""
        ...

    def delete(self, sso_id: str) -> None:
        """Of an account that is gone already: nothing."""
        ...

    def changed_since(self, since: datetime | None) -> Iterator[Profile]:
        """All accounts, or those changed after `since`."""
        ...
