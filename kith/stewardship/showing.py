"""The outcome of a preview for the eye."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from kith.golden.rules import AUTHORISATIONS, FIELD_LABELS
from kith.golden.stored import BETWEEN
from kith.golden.wording import country_name
from kith.golden.wording import shown as shown_value
from kith.grouping.intents import Group
from kith.grouping.outcome import ContactAfter, GoldenChange, Outcome
from kith.kernel.decision import sentence
from kith.sources.models import SourceRecord
from kith.web.formats import MASKED, day, phone

LISTED: Final = 20
"""GroupIDs that retire or come back, and what cannot, one by one; an undone run may have thousands."""
REFS: Final = 6
"""System Refs named of each contact."""
BRIEF: Final = ("birth_date", "emails", "phones", "addresses")


@dataclass(frozen=True, slots=True)
class Value:
    text: str
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownChange:
    label: str
    before: tuple[str, ...]
    after: tuple[Value, ...]
    lost: tuple[str, ...]
    stays: bool
    """Only other contacts' values lose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownContact:
    group_id: int | None
    name: str
    comes_back: bool
    system_refs: int
    refs: tuple[SourceRecord, ...]
    """The first few of them."""
    brief: tuple[str, ...]
    """What tells it from others at a glance."""
    changes: tuple[ShownChange, ...]
    others: tuple[tuple[str, tuple[str, ...]], ...]
    """(label, values) of golden fields that stay as they are; all where the contact is new or comes back."""
    protections: tuple[str, ...]

    @property
    def is_new(self) -> bool:
        return self.group_id is None or self.comes_back

    @property
    def more_refs(self) -> int:
        return self.system_refs - len(self.refs)

    @property
    def some_lose(self) -> bool:
        return any(change.lost for change in self.changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownOutcome:
    outcome: Outcome
    contacts: tuple[ShownContact, ...]

    @property
    def is_allowed(self) -> bool:
        return bool(self.outcome.allowed)

    @property
    def reasons(self) -> tuple[str, ...]:
        return tuple(sentence((reason,)) for reason in self.outcome.allowed.reasons)

    @property
    def more(self) -> int:
        """Contacts that are not shown."""
        return self.outcome.contact_count - len(self.contacts)

    @property
    def more_retired(self) -> int:
        return max(len(self.outcome.retired) - LISTED, 0)

    @property
    def more_returns(self) -> int:
        return max(len(self.outcome.returns) - LISTED, 0)

    @property
    def more_cannot(self) -> int:
        return max(len(self.outcome.cannot) - LISTED, 0)

    @property
    def changes(self) -> int:
        return sum(not change.stays for contact in self.contacts for change in contact.changes)

    @property
    def some_go_on(self) -> bool:
        return any(not contact.is_new for contact in self.contacts)

    @property
    def is_protected(self) -> bool:
        return any(contact.protections for contact in self.contacts)


def shown(outcome: Outcome) -> ShownOutcome:
    """One query, for the System Refs shown."""
    first = [pk for one in outcome.contacts for pk in one.record_ids[:REFS]]
    records = SourceRecord.objects.select_related("source").only("system_ref", "source").in_bulk(first)
    return ShownOutcome(
        outcome=outcome, contacts=tuple(_contact(one, outcome, records) for one in outcome.contacts)
    )


def _contact(after: ContactAfter, outcome: Outcome, records: Mapping[int, SourceRecord]) -> ShownContact:
    comes_back = after.group_id in outcome.returns
    # Only a grouping joins whole contacts: else what another contact reads need not have come from here.
    with_lost = isinstance(outcome.intent, Group)
    changes = [] if comes_back else [one for one in after.changes if with_lost or one.before != one.after]
    return ShownContact(
        group_id=after.group_id,
        name=after.name,
        comes_back=comes_back,
        system_refs=len(after.record_ids),
        refs=tuple(records[pk] for pk in after.record_ids[:REFS] if pk in records),
        brief=tuple(values[0] for field in BRIEF if (values := _values(field, after.golden.get(field, "")))),
        changes=tuple(change_as_read(one, with_lost=with_lost) for one in changes),
        others=tuple(_unchanged(after.golden, {one.field for one in changes})),
        protections=after.protections,
    )


def change_as_read(change: GoldenChange, *, with_lost: bool = True) -> ShownChange:
    before = _values(change.field, change.before)
    after = _values(change.field, change.after)
    return ShownChange(
        label=change.label,
        before=before,
        after=tuple(Value(text, is_new=text not in before) for text in after),
        lost=tuple(text for lost in change.lost if with_lost for text in _values(change.field, lost)),
        stays=before == after,
    )


def _unchanged(golden: Mapping[str, str], changed: set[str]) -> list[tuple[str, tuple[str, ...]]]:
    return [
        (label, _values(field, golden[field]))
        for field, label in FIELD_LABELS.items()
        if golden.get(field) and field not in changed
    ]


def _values(field: str, text: str) -> tuple[str, ...]:
    if not text:
        return ()
    pieces = text.split(BETWEEN[field]) if field in BETWEEN else [text]
    return tuple(_as_read(field, piece) for piece in pieces)


def _as_read(field: str, text: str) -> str:
    if MASKED in text:
        return text
    if field == "phones":
        return phone(text)
    if field == "addresses":
        lines, _, country = text.rpartition(", ")
        return f"{lines}, {country_name(country)}" if lines else text
    if field in AUTHORISATIONS:
        return shown_value(field, text == "Yes")
    if field != "birth_date":
        return shown_value(field, text)
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text
