"""What happened to a contact, in words, newest first. Rooms above add their own happenings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.contacts import trail
from kith.contacts.models import Contact
from kith.contacts.panels import Opened
from kith.contacts.rights.actions import Reason
from kith.contacts.rights.rules import Sight
from kith.contacts.rights.seeing import sight_on
from kith.vault import details
from kith.vault.details import ValueChange
from kith.web.paging import page_of

MOST: Final = 500
ACCESS: Final = "access"
OF_NO_FIELD: Final = frozenset({"note", "why", "relation", "classification"})
"""What rooms say of a change besides the fields of a contact; anything else unknown is hidden."""
WORDS: Final = {
    "ContactAdded": "Added by hand",
    "LocalRecordEdited": "Details typed in Kith were edited",
    "PrimaryChosen": "Another System Ref was made primary",
    "AddressDeactivated": "An address was deactivated",
    "AddressActivated": "An address was activated",
    "AddressRemoved": "An inactive address was removed",
    "ValueNoted": "Something was noted about an e-mail, phone or address",
    "ContactEdited": "Edited",
    "ContactEditRequested": "Edited, from the next run",
    "GoldenOverrideMade": "A golden value was edited",
    "GoldenOverrideRequested": "A golden value was edited, from the next run",
    "GoldenOverrideWithdrawn": "An edit of a golden value was taken back",
    "GoldenOverrideCancelled": "A pending edit of a golden value was cancelled",
    "ContactSuppressed": "Suppressed",
    "SuppressionLifted": "A suppression was unflagged",
    "AttachmentAdded": "A file or link was attached",
    "AttachmentEdited": "An attachment was filed otherwise",
    "AttachmentDeleted": "An attachment was deleted",
    "PhotoSet": "A photo was set",
    "PhotoRemoved": "The photo was removed",
    "NoteAdded": "A note was written",
    "NoteEdited": "A note was edited",
    "NoteRemoved": "A note was removed",
    trail.VIEWED: "Looked at",
    trail.EXPORTED: "Exported",
    trail.LOOKED_UP: "Looked up by what is masked or hidden",
    trail.DOWNLOADED: "An attachment was downloaded",
    "FieldRevealed": "A masked value was shown",
    "LevelSet": "The privacy level was set",
    "LevelLeftToRules": "The privacy level is computed again",
    "PrintoutRequested": "To be e-mailed to the contact",
    "PrintoutSent": "E-mailed to the contact",
    "PrintoutNotSent": "Not e-mailed to the contact",
    "OwnerChanged": "The owning team was changed",
    "BulkChangeMade": "Changed together with others",
    "BulkChangeUndone": "A change made together with others was undone",
    "AccountAdded": "An account was added",
    "AccountEdited": "An account was edited",
    "AccountActivated": "An account was made active again",
    "AccountSuspended": "An account was suspended",
    "AccountTerminated": "An account was terminated",
    "AccountDeleted": "An account was deleted",
    "AccountTransactionPosted": "A transaction was posted to an account",
    "AccountTransactionEdited": "It was changed whether a transaction is billed",
    "LinkedItemAdded": "A linked item was added",
    "LinkedItemEdited": "A linked item was edited",
    "LinkedItemRemoved": "A linked item was removed",
}


@dataclass(frozen=True, slots=True)
class End:
    """'2 System Refs came from' and the GroupID."""

    words: str
    group_id: int | None


@dataclass(frozen=True, slots=True)
class Happening:
    at: datetime
    words: str
    by: str
    ends: tuple[End, ...] = ()
    reason: str = ""
    undone: str = ""
    """'by Maria on 3 Nov 2026'; '' where it stands."""
    before_url: str = ""
    """The contact as it was before."""
    undo_url: str = ""
    """Shown to those who may group."""
    entry_id: int | None = None
    """Of the journal; values that are sealed beside it are shown with it."""
    changes: tuple[ValueChange, ...] = ()
    by_colleague: bool = False
    """`by` is the name of one."""
    masked: str = ""
    """`words` without the third persons and colleagues in them; '' where there are none."""


Chronicle = Callable[[Contact], Iterable[Happening]]
"""At most `MOST` happenings, newest first."""


def journal(contact: Contact) -> Iterable[Happening]:
    # Operations are told by the room that carries them out.
    entries = Entry.objects.filter(group_id=contact.pk).exclude(subject_type="operation")
    return _told(entries.exclude(event__in=trail.ACCESS))


def access(contact: Contact) -> Iterable[Happening]:
    """Who looked at it, downloaded from it or exported it."""
    return _told(Entry.objects.filter(group_id=contact.pk, event__in=trail.ACCESS))


def _told(entries: QuerySet[Entry]) -> list[Happening]:
    newest = entries.order_by("-pk")[:MOST]
    return [
        Happening(
            entry.at,
            _words(entry),
            entry.actor,
            entry_id=entry.pk,
            by_colleague=entry.user_id is not None,
        )
        for entry in newest
    ]


def history(chronicles: Sequence[Chronicle]) -> Callable[[Opened], Mapping[str, object]]:
    def load(opened: Opened) -> Mapping[str, object]:
        may_see_access = opened.actor.may(Permission.AUDIT_VIEW)
        shows_access = may_see_access and opened.request.GET.get("show") == ACCESS
        told = (access,) if shows_access else chronicles
        happenings = [one for chronicle in told for one in chronicle(opened.contact)]
        happenings.sort(key=lambda one: one.at, reverse=True)
        page = page_of(happenings, opened.request)
        return {
            "page": page,
            "rows": _with_values(page.rows, sight_on(opened.contact)),
            "may_undo": opened.actor.may(Permission.CONTACT_GROUP),
            "may_see_access": may_see_access,
            "shows_access": shows_access,
        }

    return load


def _with_values(rows: Sequence[Happening], sight: Sight) -> list[Happening]:
    """Two queries, whatever their number."""
    found = details.changes_of([one.entry_id for one in rows if one.entry_id is not None])
    return [
        replace(one, changes=tuple(_as_seen(change, sight) for change in found.get(one.entry_id or 0, ())))
        for one in rows
    ]


def _as_seen(change: ValueChange, sight: Sight) -> ValueChange:
    """What is told in words of its own (`note`, `why`) is of no golden field."""
    if change.field in OF_NO_FIELD:
        return change
    return replace(
        change, before=sight.of(change.field, change.before), after=sight.of(change.field, change.after)
    )


def _words(entry: Entry) -> str:
    """An event nobody has words for reads as its name: `ContactsGrouped` as 'Contacts grouped'."""
    said = WORDS.get(entry.event) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", entry.event).capitalize()
    if entry.event == trail.EXPORTED or entry.event.startswith("Printout"):
        why = entry.detail.get("why")
        return f"{said}: {entry.detail.get('kind', '')}{f' ({why})' if why else ''}"
    if entry.event == trail.VIEWED and entry.detail.get("through") == "API":
        return f"{said} through the API"
    reason = entry.detail.get("reason")
    if entry.event == "FieldRevealed" and reason in set(Reason):
        said = f"{said} ({Reason(str(reason)).label.lower()})"
    if entry.event == "AttachmentDeleted" and isinstance(reason, str):
        return f"{said}: {reason.replace('_', ' ')}"
    names = entry.detail.get("fields")
    if not isinstance(names, list) or not names:
        return said
    return f"{said}: {', '.join(str(name).replace('_', ' ') for name in names)}"
