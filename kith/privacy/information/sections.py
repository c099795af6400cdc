"""What only the report to a person says: values before and after changes, who received data, who looked, and
everything that is stored, field by field.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple
from typing import Final

from kith.access.permissions import Permission
from kith.audit import presenters
from kith.audit.models import Entry
from kith.contacts import trail
from kith.contacts.belongings import record_ids_of
from kith.contacts.report import COLLEAGUE, Cell, Column, Content, ReportSection, Subject, Table
from kith.delivery.models import Message
from kith.privacy.information.stored import contacts_of, values_of
from kith.privacy.register.models import PersonRequest
from kith.privacy.register.queries import said_in
from kith.vault.details import changes_of
from kith.vault.models import SealedDetail

KEY: Final = "information"
GIVEN: Final = "InformationGiven"
_RECEIVED: Final = frozenset(
    {trail.EXPORTED, trail.DOWNLOADED, "PrintoutSent", GIVEN, "InformationLinkOpened"}
)
_LOOKED: Final = frozenset({trail.VIEWED, trail.LOOKED_UP, "FieldRevealed"})
_NUMBER: Final = "row"


def _changes(subject: Subject) -> Content:
    entry_ids = SealedDetail.objects.filter(record_id__in=record_ids_of(subject.contact.pk))
    opened = changes_of(entry_ids.values_list("entry_id", flat=True))
    entries = Entry.objects.filter(pk__in=opened).order_by("-pk")
    return _table(
        {"at": "When", "what": "What", "field": "Field", "before": "Before", "after": "After"},
        (
            (one.at, presenters.label(one.event), change.label, change.before, change.after)
            for one in entries
            for change in opened[one.pk]
        ),
    )


def _recipients(subject: Subject) -> Content:
    """Of files, which kind; of other systems, what they were told: that something changed, never a value."""
    entries = Entry.objects.filter(group_id=subject.contact.pk, event__in=_RECEIVED)
    taken = [(one.at, presenters.label(one.event), _kind(one), _by(one)) for one in entries]
    messages = Message.objects.filter(event__group_id=subject.contact.pk, state=Message.State.SENT)
    told: list[tuple[Cell, ...]] = [
        (at, "Told another system", event, endpoint)
        for at, event, endpoint in messages.values_list("event__at", "event__type", "endpoint__name")
    ]
    rows = sorted([*taken, *told], key=lambda row: str(row[0]), reverse=True)
    return _table({"at": "When", "what": "What", "kind": "Which", "to": "By or to"}, rows)


def _looks(subject: Subject) -> Content:
    entries = Entry.objects.filter(group_id=subject.contact.pk, event__in=_LOOKED).order_by("-pk")
    return _table(
        {"at": "When", "what": "What", "kind": "How", "by": "By"},
        ((one.at, presenters.label(one.event), _kind(one), _by(one)) for one in entries),
    )


def _requests(subject: Subject) -> Content:
    """What the person asked for before, in words as long as they are kept."""
    found = PersonRequest.objects.filter(contact_id__in=contacts_of(subject.contact)).order_by("-pk")
    return _table(
        {
            "received": "Received",
            "asks": "Asked for",
            "came": "How it came",
            "due": "Due",
            "state": "State",
            "outcome": "Answer",
            "name": "Name",
            "reach": "Where to answer",
            "words": "Words",
        },
        (
            (
                one.received_on,
                one.kind_word,
                one.get_channel_display(),
                one.due_on,
                one.get_state_display(),
                one.outcome,
                *astuple(said_in(one)),
            )
            for one in found
        ),
    )


def _stored(subject: Subject) -> Content:
    return _table(
        {"where": "Stored under", _NUMBER: "Row", "field": "Field", "value": "Value"},
        ((one.where, one.row, one.field, one.text) for one in values_of(subject.contact)),
    )


def _kind(entry: Entry) -> str:
    return ", ".join(str(entry.detail[key]) for key in ("kind", "through", "field") if entry.detail.get(key))


def _by(entry: Entry) -> str:
    return COLLEAGUE if entry.user_id is not None else entry.actor


def _table(heads: dict[str, str], rows: Iterable[tuple[Cell, ...]]) -> Table:
    """Whole: a person is told everything, not the newest of it."""
    return Table(columns=tuple(Column(key, label) for key, label in heads.items()), rows=tuple(rows))


CHANGES: Final = ReportSection(
    key="changes",
    label="Values before and after changes",
    about="What was changed by hand, from what to what.",
    load=_changes,
    permission=Permission.CONTACT_REPORT,
    only_in=KEY,
)
RECIPIENTS: Final = ReportSection(
    key="recipients",
    label="Who received data",
    about="Exports, printouts, downloads, and systems that were told of changes.",
    load=_recipients,
    permission=Permission.CONTACT_REPORT,
    only_in=KEY,
)
LOOKS: Final = ReportSection(
    key="looks",
    label="Who looked",
    about="When the contact was opened, and fields were shown that are masked.",
    load=_looks,
    permission=Permission.CONTACT_REPORT,
    only_in=KEY,
)
REQUESTS: Final = ReportSection(
    key="requests",
    label="Requests",
    about="What the person asked for under the law before, and what was answered.",
    load=_requests,
    permission=Permission.CONTACT_REPORT,
    only_in=KEY,
)
STORED: Final = ReportSection(
    key="stored",
    label="Everything stored, field by field",
    about="Every personal value of every table.",
    load=_stored,
    permission=Permission.CONTACT_REPORT,
    only_in=KEY,
)
