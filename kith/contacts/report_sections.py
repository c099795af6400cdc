"""What contacts themselves say on a printout: System Refs, purchases, suppressions, history."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from kith.contacts import history as told
from kith.contacts.history import Chronicle
from kith.contacts.names import record_name
from kith.contacts.refs import claim_lines
from kith.contacts.report import MOST_ROWS, Cell, Content, ReportSection, Subject, table
from kith.contacts.rights.masks import DOTS
from kith.contacts.rights.seeing import seen_records
from kith.contacts.standing import standing_of
from kith.contacts.suppressions.queries import said_by_lists
from kith.sources.models import SourceRecord, SourceTransaction


def _system_refs(subject: Subject) -> Content:
    heads = {
        "source": "Source",
        "system_ref": "System Ref",
        "name": "Name",
        "first_received": "First received",
        "received": "Received",
        "claimed": "Changed at the source",
        "gone": "Gone since",
    }
    return table(heads, [_ref(one) for one in _records(subject)])


def _ref(record: SourceRecord) -> tuple[Cell, ...]:
    return (
        record.source.name,
        record.system_ref,
        record_name(record),
        record.first_received_at,
        record.received_at,
        record.claimed_at,
        record.gone_at,
    )


def _claims(subject: Subject) -> Content:
    heads = {
        "source": "Source",
        "system_ref": "System Ref",
        "field": "Field",
        "received": "As received",
        "read_as": "Read as",
    }
    rows = chain.from_iterable(map(_claim, _records(subject)))
    return table(heads, [row for _, row in zip(range(MOST_ROWS + 1), rows, strict=False)])


def _claim(record: SourceRecord) -> list[tuple[Cell, ...]]:
    return [
        (record.source.name, record.system_ref, line.label, line.received, line.cleaned)
        for line in claim_lines(record)
    ]


def _records(subject: Subject) -> Sequence[SourceRecord]:
    rows = SourceRecord.objects.of_contact(subject.contact.pk).select_related("source")
    return seen_records(rows.order_by("source__priority", "pk")[: MOST_ROWS + 1], subject.sight)


def _purchases(subject: Subject) -> Content:
    heads = {
        "date": "Date",
        "source": "Source",
        "reference": "Reference",
        "kind": "Kind",
        "description": "Description",
        "amount": "Amount",
        "currency": "Currency",
    }
    rows = SourceTransaction.objects.filter(record__membership__contact=subject.contact)
    newest = rows.order_by("-date", "-pk").values_list(
        "date", "source__name", "reference", "kind", "description", "amount", "currency"
    )
    return table(heads, list(newest[: MOST_ROWS + 1]))


def _suppressions(subject: Subject) -> Content:
    """What a list says of many, it says of each."""
    heads = {"at": "Since", "reason": "Reason", "source": "Comes from", "note": "Note", "by": "By"}
    carried = standing_of([subject.contact.pk])[subject.contact.pk]
    said = said_by_lists([one.suppression_id for one in carried])
    rows: list[tuple[Cell, ...]] = []
    for one in carried:
        source, note = said.get(one.suppression_id, ("", ""))
        by = subject.by(one.by, is_colleague=one.by_colleague)
        rows.append((one.at, one.label, one.source or source, one.note or note, by))
    return table(heads, rows)


def history_of(chronicles: Sequence[Chronicle]) -> ReportSection:
    def load(subject: Subject) -> Content:
        """What was done, by whom and when; no old and new values."""
        happenings = [one for chronicle in chronicles for one in chronicle(subject.contact)]
        happenings.sort(key=lambda one: one.at, reverse=True)
        rows: list[tuple[Cell, ...]] = [
            (one.at, _words(one, subject), subject.by(one.by, is_colleague=one.by_colleague))
            for one in happenings[: MOST_ROWS + 1]
        ]
        return table({"at": "When", "what": "What", "by": "By"}, rows)

    return ReportSection(
        key="history", label="History", about="What was done, by whom and when.", load=load, is_usual=False
    )


def _words(one: told.Happening, subject: Subject) -> str:
    said = (one.masked or one.words) if subject.masks_others else one.words
    return ", ".join((said, *(_end(end, subject) for end in one.ends)))


def _end(end: told.End, subject: Subject) -> str:
    if end.group_id is None:
        return end.words
    return f"{end.words} {DOTS if subject.masks_others else end.group_id}"


SYSTEM_REFS = ReportSection(
    key="system_refs",
    label="System Refs",
    about="Which sources know the contact, under which number, since when.",
    load=_system_refs,
)
CLAIMS = ReportSection(
    key="claims",
    label="What the sources say",
    about="Every value as each source sent it, and as it was read.",
    load=_claims,
    is_usual=False,
)
PURCHASES = ReportSection(
    key="purchases", label="Transactions", about="Purchases that sources report.", load=_purchases
)
SUPPRESSIONS = ReportSection(
    key="suppressions",
    label="Suppressions",
    about="Why the contact must not be reached.",
    load=_suppressions,
)
