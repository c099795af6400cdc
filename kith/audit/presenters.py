"""How an event reads: apart from what was stored, so that words may improve and the journal stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kith.audit.models import Entry

WORDS: Mapping[str, str] = {
    "SignedIn": "signed in",
    "SignedOut": "signed out",
    "SignInFailed": "failed to sign in",
    "PasswordChanged": "changed a password",
    "UserAdded": "added a user",
    "UserEdited": "edited a user",
    "UserUnlocked": "unlocked a user",
    "ApiKeyCreated": "created an API key",
    "ApiKeyRevoked": "revoked an API key",
    "ApiKeyShutOut": "was shut out after too many wrong API keys",
    "InformationGiven": "took the report of all that is held about a contact",
    "SuppressionsExported": "exported suppressions",
    "InformationLinkMade": "made a one-time link to the report of a contact",
    "InformationLinkOpened": "opened the one-time link to the report of a contact",
    "InformationLinkWithdrawn": "withdrew the one-time link to the report of a contact",
    "PersonRequestReceived": "put the request of a person into the register",
    "PersonRequestRead": "read what a person asked for",
    "PersonRequestTaken": "took on the request of a person",
    "PersonRequestAssigned": "gave the request of a person to somebody",
    "PersonRequestAttached": "said which contact a request is of",
    "PersonIdentified": "checked the identity of whoever made a request",
    "PersonRequestBegun": "began work on the request of a person",
    "PersonRequestExtended": "extended the request of a person",
    "PersonRequestErased": "ordered what the request of a person asks for: anonymising",
    "PersonRequestRestricted": "did what the request of a person asks for: restricted the processing",
    "PersonRequestAnswered": "answered the request of a person",
    "PersonRequestRefused": "refused the request of a person",
    "PersonRequestWithdrawn": "closed a request that the person withdrew",
    "ErasureTaskRevealed": "looked which System Ref to erase elsewhere",
    "ErasureTaskTaken": "took on an erasure elsewhere",
    "ErasureTaskClosed": "closed an erasure elsewhere",
    "LegalHoldPlaced": "placed a legal hold",
    "LegalHoldLifted": "lifted a legal hold",
    "ErasureOrdered": "asked for a contact to be anonymised",
    "ErasureApproved": "approved that a contact is anonymised",
    "ErasureCancelled": "cancelled anonymising a contact",
    "ErasureRetried": "tried again to anonymise a contact",
    "ContactAnonymised": "anonymised a contact",
    "StorageScrubbed": "rewrote the storage after anonymising",
    "BackupMade": "made a backup",
    "BackupFailed": "did not get a backup made",
    "BackupRestored": "restored a backup",
    "ErasureProved": "proved that a contact is anonymised",
    "SsoSearched": "searched single sign-on accounts",
    "SsoAccountViewed": "looked at a single sign-on account",
    "SsoAccountAdded": "added a single sign-on account",
    "SsoUpdateAsked": "asked the identity provider to change an account",
    "SsoUpdateFailed": "did not get an account changed",
    "SsoAccountUpdated": "changed a single sign-on account",
    "SsoDeletionAsked": "asked the identity provider to delete an account",
    "SsoDeletionFailed": "did not get an account deleted",
    "SsoAccountDeleted": "deleted a single sign-on account",
    "SourceAdded": "added a source",
    "SourceEdited": "edited a source",
    "SourcePaused": "paused a source",
    "SourceResumed": "resumed a source",
    "ImportAdded": "uploaded a file",
    "ImportMapped": "said what the columns of a file mean",
    "ImportUndoAsked": "asked to take an import back",
    "ImportUndone": "took an import back",
    "SystemRefsTakenBack": "took System Refs of an undone import out of a contact",
    "ImportDiscarded": "discarded an import before it ran",
    "ImportFilesRemoved": "removed the files of old imports",
    "ImportFilesSealed": "sealed the files of imports that lay plain",
    "ImportFileErased": "removed the file of an import with somebody who was anonymised in it",
    "PastClaimsRemoved": "removed past claims that were kept long enough",
    "ClaimsCleanedAgain": "cleaned all claims again",
    "CleanedRecordsExported": "exported the cleaned claims for matching",
    "CleaningSettingsChanged": "changed the junk list",
    "ImportStarted": "started an import",
    "ImportFinished": "finished an import",
    "ImportFailed": "could not finish an import",
    "ImportCancelled": "cancelled an import",
    "RunRequested": "asked for a grouping run",
    "RunStarted": "started a grouping run",
    "RunFinished": "finished a grouping run",
    "RunHeld": "held a grouping run: the circuit breaker asks first",
    "RunApproved": "let a held run go on",
    "RunCancelled": "cancelled a grouping run",
    "RunSettingsSaved": "changed when the grouping run starts and stops",
    "RunFailed": "could not finish a grouping run",
    "ContactAdded": "added a contact",
    "ContactEdited": "edited a contact",
    "ContactsGrouped": "grouped contacts",
    "ContactsGroupedByRun": "gave System Refs their GroupIDs",
    "ContactUngrouped": "ungrouped a contact",
    "ContactSplit": "split a contact",
    "SystemRefMoved": "moved a System Ref to another contact",
    "ContactsKeptApart": "kept contacts apart",
    "OperationUndone": "undid an operation",
    "ContactSuppressed": "suppressed a contact",
    "SuppressionLifted": "unflagged a suppression",
    "SuppressionEnded": "ended a suppression whose last day was over",
    "ValueSuppressed": "suppressed an e-mail or a phone",
    "ValueUnflagged": "unflagged an e-mail or a phone",
    "UnflagAsked": "asked the overnight run to unflag a suppression",
    "UnflagCancelled": "took back that a suppression should be unflagged",
    "UnflagFailed": "could not unflag a suppression",
    "SuppressionListDrafted": "sent a suppression list",
    "SuppressionListTaken": "applied a suppression list",
    "SuppressionListUndone": "undid a suppression list",
    "SuppressionListDiscarded": "threw a suppression list away",
    "LocalRecordEdited": "edited a LOCAL System Ref",
    "ContactDeleted": "deleted a contact",
    "ViewSaved": "saved a view",
    "ViewDeleted": "deleted a view",
    "OwnerChanged": "changed the owning team of contacts",
    "FieldRevealed": "revealed a masked value",
    "LevelSet": "set the privacy level of a contact",
    "LevelLeftToRules": "left the privacy level of a contact to the rules",
    "OrganisationPartAdded": "added a community, team or unit",
    "OrganisationPartEdited": "edited a community, team or unit",
    "OrganisationPartRemoved": "removed a community, team or unit",
    "UserPlaced": "placed a user in the organisation",
    "AccountAdded": "added an account",
    "AccountEdited": "edited an account",
    "AccountActivated": "made an account active again",
    "AccountSuspended": "suspended an account",
    "AccountTerminated": "terminated an account",
    "AccountDeleted": "deleted an account",
    "SuspenseAccountMade": "made the Suspense Account",
    "StrayMoneyCaught": "posted to the Suspense Account what was sent for anonymised contacts",
    "SystemRefAdmitted": "let a System Ref in again of which somebody was anonymised",
    "SystemRefAdmissionWithdrawn": "no longer lets a System Ref in of which somebody was anonymised",
    "PersonAdmitted": "let somebody who was anonymised register anew",
    "AccountTransactionPosted": "posted a transaction to an account",
    "AccountTransactionEdited": "said whether a transaction is billed",
    "LinkedItemAdded": "added a linked item",
    "LinkedItemEdited": "edited a linked item",
    "LinkedItemRemoved": "removed a linked item",
    "PrintoutRequested": "asked for a printout to be sent",
    "PrintoutSent": "sent a printout",
    "PrintoutNotSent": "could not send a printout",
    "ExportAsked": "asked for an export",
    "ExportMade": "made an export",
    "ExportCancelled": "cancelled an export",
    "ExportFailed": "could not finish an export",
    "ExportDownloaded": "downloaded an export",
    "ExportRemoved": "removed the file of an export",
    "BulkChangeAsked": "asked for a bulk change",
    "BulkChangeMade": "changed a contact with others",
    "BulkChangeEnded": "ended a bulk change",
    "BulkChangeUndoAsked": "asked to undo a bulk change",
    "BulkChangeUndone": "undid a bulk change of a contact",
    "PrimaryChosen": "chose the primary System Ref",
    "MatchingRulesSaved": "saved the matching rules",
    "MatchingModelSaved": "saved a draft of a matching model",
    "MatchingModelPublished": "put a matching model in force",
    "MatchingModelDiscarded": "discarded a draft of a matching model",
    "MatchingGuardsSaved": "saved the guards of matching",
    "WhatIfStarted": "started a shadow run",
    "WhatIfCancelled": "cancelled a shadow run",
    "WhatIfPublished": "put into force what a shadow run tried",
    "KnownPairsAdded": "added known pairs",
    "KnownPairRemoved": "removed a known pair",
    "GoldenRulesSaved": "saved the golden record rules",
    "AddressDeactivated": "deactivated an address",
    "AddressActivated": "activated an address",
    "AddressRemoved": "removed an inactive address",
    "ValueNoted": "noted something about an e-mail, phone or address",
    "ContactEditRequested": "edited a contact, from the next run",
    "GoldenOverrideMade": "edited a golden value",
    "GoldenOverrideRequested": "edited a golden value, from the next run",
    "GoldenOverrideWithdrawn": "took back an edit of a golden value",
    "GoldenOverrideCancelled": "cancelled a pending edit of a golden value",
    "PendingOverridesApplied": "put pending edits of golden values in force",
    "SourceTold": "told sources of corrections",
    "WebhookAdded": "added a webhook",
    "WebhookEdited": "edited a webhook",
    "WebhookPaused": "paused a webhook",
    "WebhookResumed": "resumed a webhook",
    "WebhookRemoved": "removed a webhook",
    "WebhookSecretChanged": "changed the secret of a webhook",
    "WebhookSecretRead": "read the secret of a webhook",
    "WebhookTested": "sent a test to a webhook",
    "WebhookSentAgain": "sent a webhook's message again",
    "WebhookSwitchedOff": "switched a webhook off that kept failing",
    "ReviewAnswered": "answered a question of the review queue",
    "ReviewUndone": "took an answer of the review queue back",
    "ReviewSkipped": "skipped a question of the review queue",
    "ReviewAssigned": "assigned a question of the review queue",
    "ReviewBatchAsked": "gave one answer to many like questions",
    "ReviewBatchEnded": "finished answering like questions",
    "ReviewBatchUndoAsked": "took back the answers to many like questions",
    "RequestQueued": "asked for a change that waits",
    "RequestCancelled": "cancelled a request",
    "RequestApproved": "approved what somebody else asked for",
    "RequestRejected": "rejected what somebody else asked for",
    "RequestApplied": "had a request carried out",
    "RequestFailed": "could not carry out a request",
    "CaseOpened": "opened a stewardship case",
    "CaseAssigned": "gave a stewardship case an owner",
    "CaseResolved": "resolved a stewardship case",
    "CaseReopened": "reopened a stewardship case",
    "CaseNoteAdded": "wrote a note on a stewardship case",
    "StewardshipSettingsSaved": "changed what waits and what needs a second person",
    "SettingsSaved": "changed settings",
    "MasterKeyAdded": "made a new master key",
    "MasterKeysForgotten": "forgot older master keys",
    "ContactViewed": "looked at a contact",
    "ContactLookedUp": "looked a contact up by what is masked or hidden",
    "ContactExported": "exported a contact",
    "AttachmentAdded": "attached a file or link to a contact",
    "AttachmentEdited": "filed an attachment otherwise",
    "AttachmentDeleted": "deleted an attachment",
    "AttachmentDownloaded": "downloaded an attachment",
    "PhotoSet": "set a contact's photo",
    "PhotoRemoved": "removed a contact's photo",
    "LibraryEntryAdded": "added to the attachments library",
    "LibraryEntryEdited": "edited an entry of the attachments library",
    "LibraryEntryDeleted": "deleted an entry of the attachments library",
    "RelationAdded": "related a contact to another",
    "RelationChanged": "changed a relation of a contact",
    "RelationRemoved": "removed a relation of a contact",
    "NameDayRunRequested": "asked for a run of the name days",
    "NameDayRunEnded": "looked for name days",
    "NameDayRunCancelled": "cancelled a run of the name days",
    "NoteAdded": "wrote a note on a contact",
    "NoteEdited": "edited a note on a contact",
    "NoteRemoved": "removed a note from a contact",
    "JournalVerified": "verified the audit log",
    "JournalExported": "exported entries of the audit log",
    "SearchMade": "searched contacts",
    "JobCancelled": "cancelled a job",
    "JobRetried": "retried a job",
}
CAPITAL = re.compile(r"(?<!^)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Line:
    at: datetime
    who: str
    user_id: int | None
    words: str
    """What was done, to read after the name."""
    details: tuple[tuple[str, str], ...]
    """Field names, counts and ids: (label, value)."""
    group_id: int | None
    subject: str
    """`user 7`; empty where the event has no one subject."""
    event: str


def line(entry: Entry) -> Line:
    return Line(
        at=entry.at,
        who=entry.actor,
        user_id=entry.user_id,
        words=words(entry.event),
        details=details(entry.detail),
        group_id=entry.group_id,
        subject=_subject(entry),
        event=entry.event,
    )


def words(event: str) -> str:
    """The sentence of a known event; of an unknown one its name: `ConsentWithdrawn`, consent withdrawn."""
    return WORDS.get(event) or spaced(event).lower()


def label(event: str) -> str:
    """For a list to choose from: Consent withdrawn."""
    return spaced(event).lower().capitalize()


def spaced(event: str) -> str:
    return CAPITAL.sub(" ", event)


def details(stored: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """What is empty says nothing and is left out; a mark says it to Kith only."""
    told = ((key, value) for key, value in stored.items() if key != "mark")
    shown = ((key.replace("_", " "), _value(value)) for key, value in told)
    return tuple((key, value) for key, value in shown if value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return ", ".join(str(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{key} {_value(part)}" for key, part in value.items())
    return "" if value is None else str(value)


def _subject(entry: Entry) -> str:
    if entry.subject_id is None or entry.subject_id == entry.group_id:
        return ""
    return f"{entry.subject_type.replace('_', ' ')} {entry.subject_id}"
