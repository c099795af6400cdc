"""What sort of thing an entry tells: something was read, changed, or done for somebody's privacy. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    READS = "reads"
    CHANGES = "changes"
    PRIVACY = "privacy"
    SIGNING_IN = "signing-in"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    Kind.READS: "Views, searches and exports",
    Kind.CHANGES: "Changes",
    Kind.PRIVACY: "Privacy",
    Kind.SIGNING_IN: "Signing in",
}
