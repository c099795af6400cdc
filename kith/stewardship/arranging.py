"""System Refs of a contact laid out in parts, to split it: in the form, and in the address of the preview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kith.contacts.choosing import number
from kith.contacts.models import Contact
from kith.contacts.names import record_name
from kith.contacts.rights.seeing import seen_records, sight_on
from kith.golden.wording import address_line
from kith.grouping.membership import members_of
from kith.sources.models import SourceRecord

LAID_OUT: Final = 200
"""System Refs laid out one by one; the others stay in the first part."""
MOST_PARTS: Final = 9
"""One per number key."""

Parts = tuple[tuple[int, ...], ...]


def members(contact: Contact) -> tuple[int, ...]:
    return tuple(members_of([contact.pk])[contact.pk])


def from_form(posted: Mapping[str, object], *, held: Sequence[int]) -> Parts:
    """`ref-<record id>` = number of a part. What the form does not name is in the first part; parts that
    nothing is in are left out.
    """
    parts: dict[int, list[int]] = {}
    for record_id in held:
        chosen = number(str(posted.get(f"ref-{record_id}", "1"))) or 1
        parts.setdefault(min(chosen, MOST_PARTS), []).append(record_id)
    return tuple(tuple(parts[at]) for at in sorted(parts))


def from_address(texts: Iterable[str], *, held: Sequence[int]) -> Parts:
    """Each text is `12.15`, the record ids of a part besides the first, which gets the rest. Record ids that
    the contact does not hold (any more) are left out.
    """
    left = dict.fromkeys(held)
    parts: list[tuple[int, ...]] = []
    for text in texts:
        named = [record_id for piece in text.split(".") if (record_id := number(piece)) in left]
        part = tuple(dict.fromkeys(record_id for record_id in named if record_id is not None))
        for record_id in part:
            del left[record_id]
        parts.append(part)
    return tuple(part for part in (tuple(left), *parts) if part)


def in_address(parts: Parts) -> dict[str, list[str]]:
    return {"part": [".".join(str(record_id) for record_id in part) for part in parts[1:]]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    record: SourceRecord
    name: str
    address: str
    is_primary: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    number: int
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    columns: tuple[Column, ...]
    numbers: tuple[int, ...]
    """Parts a System Ref can be put into."""
    hidden: int
    """System Refs that are not laid out; they stay in the first part."""


def layout(contact: Contact, parts: Parts) -> Layout:
    """By source order within each part; two queries, whatever the number of System Refs."""
    rows = SourceRecord.objects.of_contact(contact.pk).select_related("source").defer("claim", "match_keys")
    records = seen_records(rows.order_by("source__priority", "pk")[:LAID_OUT], sight_on(contact))
    place = {record_id: at for at, part in enumerate(parts, start=1) for record_id in part}
    numbers = tuple(range(1, max(2, min(MOST_PARTS, contact.record_count)) + 1))
    cards: dict[int, list[Card]] = {at: [] for at in numbers}
    for record in records:
        cards[min(place.get(record.pk, 1), numbers[-1])].append(_card(record, contact))
    return Layout(
        columns=tuple(Column(number=at, cards=tuple(cards[at])) for at in numbers),
        numbers=numbers,
        hidden=max(contact.record_count - len(records), 0),
    )


def _card(record: SourceRecord, contact: Contact) -> Card:
    return Card(
        record=record,
        name=record_name(record),
        address=address_line(next(iter(record.addresses), {})),
        is_primary=record.pk == contact.primary_record_id,
    )
