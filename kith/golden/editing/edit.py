"""An edit of several details of a contact at once, as somebody sent it. What is not in it stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from kith.golden.models import GoldenOverride


class Doing(StrEnum):
    """What is done with one e-mail, phone or address."""

    ADD = "ADD"
    UPDATE = "UPDATE"
    REMOVE = "REMOVE"
    ACTIVATE = "ACTIVATE"
    DEACTIVATE = "DEACTIVATE"


@dataclass(frozen=True, slots=True, kw_only=True)
class RowEdit:
    place: str
    """Where it was sent: `emails[0]`."""
    doing: Doing
    id: UUID | None = None
    """Which one (`value_ids.value_id`); None of a new one."""
    parts: Mapping[str, str | None] = field(default_factory=dict)
    """By part (`value`, `type`, `city`); None: cleared."""
    is_primary: bool | None = None
    about: Mapping[str, str] = field(default_factory=dict)
    """A `note`, and user-defined fields of it as `custom.<code>`; '' takes one back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactEdit:
    single: Mapping[str, str | None] = field(default_factory=dict)
    """By claim field, user-defined ones as `custom.<code>`; None: cleared."""
    rows: Mapping[str, tuple[RowEdit, ...]] = field(default_factory=dict)
    """By field of a list."""
    mode: GoldenOverride.Mode = GoldenOverride.Mode.PINNED
    note: str = ""
    based_on: str = ""
    """`versions.version_of` the contact that somebody looked at; '' for whatever there is."""

    def names(self) -> frozenset[str]:
        """What it changes, as `versions.VERSIONED` names it."""
        single = {"custom" if name.startswith("custom.") else name for name in self.single}
        return frozenset(single | {name for name, rows in self.rows.items() if rows})
