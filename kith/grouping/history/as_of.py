"""A contact as it stood at a moment: its System Refs, their claims, the golden record they made."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from kith.contacts.models import Contact
from kith.contacts.rights.rules import Sight
from kith.contacts.rights.seeing import seen_record, seen_with
from kith.grouping.history import members
from kith.grouping.history.golden_then import contact_then
from kith.sources.as_it_stood import RecordThen, records_at


class Existence(StrEnum):
    NOT_YET = "not yet"
    """No System Ref had come to this GroupID."""
    ACTIVE = "active"
    EMPTY = "empty"
    """All its System Refs had gone to other GroupIDs: it was retired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    group_id: int
    at: datetime
    existence: Existence
    span: members.Span | None
    contact: Contact | None
    """Its golden record then; never to be saved. None unless it was active."""
    records: tuple[RecordThen, ...]
    """Its System Refs then, by source order."""
    went_to: dict[int, int]
    """Of one that was empty: how many of the System Refs it once had were with which GroupID."""

    @property
    def unknown(self) -> tuple[RecordThen, ...]:
        """System Refs whose claim of that time was not kept; the oldest kept one stands for it."""
        return tuple(one for one in self.records if not one.is_known)

    @property
    def complete_from(self) -> datetime | None:
        """From here on nothing that these System Refs said is missing; None where nothing ever was."""
        missing = [one for one in self.records if one.record.first_received_at < one.known_from]
        return max((one.known_from for one in missing), default=None)


def as_of(contact: Contact, *, at: datetime) -> AsOf:
    """A fixed number of queries, whatever its size. The contact may be retired by now."""
    span = members.span_of(contact.pk)
    if span is None or at < span.first:
        return _nothing(contact, at=at, span=span, existence=Existence.NOT_YET)
    ids = members.members_at(contact.pk, at=at)
    records = tuple(records_at(ids, at=at))
    if not records:
        return _nothing(contact, at=at, span=span, existence=Existence.EMPTY)
    headed = members.headed_at(contact, ids, at=at)
    return AsOf(
        group_id=contact.pk,
        at=at,
        existence=Existence.ACTIVE,
        span=span,
        contact=contact_then(contact, [one.record for one in records], headed=headed, at=at),
        records=records,
        went_to={},
    )


def as_seen(then: AsOf, sight: Sight) -> AsOf:
    """As whoever has this sight may read it; all that is shown goes through here."""
    return replace(
        then,
        contact=None if then.contact is None else seen_with(then.contact, sight),
        records=tuple(replace(one, record=seen_record(one.record, sight)) for one in then.records),
    )


def _nothing(contact: Contact, *, at: datetime, span: members.Span | None, existence: Existence) -> AsOf:
    went_to: dict[int, int] = {}
    if existence is Existence.EMPTY:
        places = members.places_at(members.ever_members(contact.pk, until=at), at=at)
        for group_id in places.values():
            went_to[group_id] = went_to.get(group_id, 0) + 1
    return AsOf(
        group_id=contact.pk,
        at=at,
        existence=existence,
        span=span,
        contact=None,
        records=(),
        went_to=dict(sorted(went_to.items(), key=lambda one: -one[1])),
    )
