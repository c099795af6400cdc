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
_READS: Final = frozenset(
    {
        "AttachmentDownloaded",
        "CleanedRecordsExported",
        "ContactExported",
        "ContactLookedUp",
        "ContactViewed",
        "ExportAsked",
        "ExportDownloaded",
        "ExportMade",
        "FieldRevealed",
        "JournalExported",
        "PrintoutRequested",
        "PrintoutSent",
        "SearchMade",
        "SsoAccountViewed",
        "SsoSearched",
        "WebhookSecretRead",
    }
)
_SIGNING_IN: Final = frozenset(
    {"ApiKeyShutOut", "PasswordChanged", "SignInFailed", "SignedIn", "SignedOut", "UserUnlocked"}
)
_PRIVACY: Final = (
    "Anonym",
    "BackupRestored",
    "Certificate",
    "ContactAnonymised",
    "ContactSuppressed",
    "Deceased",
    "Elsewhere",
    "Erasure",
    "Hold",
    "Information",
    "Level",
    "Link",
    "Person",
    "Retention",
    "Storage",
    "Suppression",
    "UnflagAsked",
)
"""How events of that kind begin."""
_NOT_PRIVACY: Final = ("LinkedItem",)


def kind_of(event: str) -> Kind:
    if event in _READS:
        return Kind.READS
    if event in _SIGNING_IN:
        return Kind.SIGNING_IN
    if event.startswith(_PRIVACY) and not event.startswith(_NOT_PRIVACY):
        return Kind.PRIVACY
    return Kind.CHANGES
