"""What happened to a contact, in words, newest first. Rooms above add their own happenings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.contacts.panels import Opened
from kith.web.paging import page_of

MOST: Final = 500
WORDS: Final = {
    "ContactAdded": "Added by hand",
    "LocalRecordEdited": "Details typed in Kith were edited",
    "PrimaryChosen": "Another System Ref was made primary",
    "GoldenOverrideMade": "A golden value was edited",
    "GoldenOverrideRequested": "A golden value was edited, from the next run",
    "GoldenOverrideWithdrawn": "An edit of a golden value was taken back",
    "GoldenOverrideCancelled": "A pending edit of a golden value was cancelled",
    "ContactSuppressed": "Suppressed",
    "SuppressionLifted": "A suppression was unflagged",
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


Chronicle = Callable[[Contact], Iterable[Happening]]
"""At most `MOST` happenings, newest first."""


def journal(contact: Contact) -> Iterable[Happening]:
    # Operations are told by the room that carries them out.
    entries = Entry.objects.filter(group_id=contact.pk).exclude(subject_type="operation")
    entries = entries.order_by("-pk")[:MOST]
    return [Happening(entry.at, _words(entry), entry.actor) for entry in entries]


def history(chronicles: Sequence[Chronicle]) -> Callable[[Opened], Mapping[str, object]]:
    def load(opened: Opened) -> Mapping[str, object]:
        happenings = [one for chronicle in chronicles for one in chronicle(opened.contact)]
        happenings.sort(key=lambda one: one.at, reverse=True)
        may_undo = opened.actor.may(Permission.CONTACT_GROUP)
        return {"page": page_of(happenings, opened.request), "may_undo": may_undo}

    return load


def _words(entry: Entry) -> str:
    """An event nobody has words for reads as its name: `ContactsGrouped` as 'Contacts grouped'."""
    said = WORDS.get(entry.event) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", entry.event).capitalize()
    names = entry.detail.get("fields")
    if not isinstance(names, list) or not names:
        return said
    return f"{said}: {', '.join(str(name).replace('_', ' ') for name in names)}"
