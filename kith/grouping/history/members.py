"""Who was with whom at a moment, read from lineage."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Max, Min, Q

from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.golden.assembly import Supposed
from kith.grouping.models import Move


@dataclass(frozen=True, slots=True)
class Span:
    """Of one GroupID."""

    first: datetime
    """Its first System Ref came."""
    last: datetime
    """Its System Refs changed for the last time until now."""


def span_of(group_id: int) -> Span | None:
    """None: no System Ref ever came."""
    came = Move.objects.filter(to_contact_id=group_id).aggregate(first=Min("at"), last=Max("at"))
    left = Move.objects.filter(from_contact_id=group_id).aggregate(last=Max("at"))
    if came["first"] is None:
        return None
    return Span(came["first"], max(came["last"], left["last"] or came["last"]))


# Of each System Ref that ever came, its last move until then.
_MEMBERS: Final = """
SELECT record_id FROM (
    SELECT DISTINCT ON (m.record_id) m.record_id, m.to_contact_id FROM grouping_move m
    WHERE m.at <= %(at)s AND m.record_id IN (
        SELECT came.record_id FROM grouping_move came
        WHERE came.to_contact_id = %(group_id)s AND came.at <= %(at)s
    )
    ORDER BY m.record_id, m.id DESC
) last WHERE to_contact_id = %(group_id)s ORDER BY record_id
"""


def members_at(group_id: int, *, at: datetime) -> tuple[int, ...]:
    """The record ids that had this GroupID."""
    with connection.cursor() as cursor:
        cursor.execute(_MEMBERS, {"group_id": group_id, "at": at})
        return tuple(int(row[0]) for row in cursor.fetchall())


def ever_members(group_id: int, *, until: datetime) -> tuple[int, ...]:
    came = Move.objects.filter(to_contact_id=group_id, at__lte=until)
    return tuple(came.order_by("record_id").values_list("record_id", flat=True).distinct())


def places_at(record_ids: Sequence[int], *, at: datetime) -> dict[int, int]:
    """The GroupID that each of these System Refs had."""
    moves = Move.objects.filter(record_id__in=list(record_ids), at__lte=at)
    last = moves.order_by("record_id", "-id").distinct("record_id")
    return dict(last.values_list("record_id", "to_contact_id"))


def headed_at(contact: Contact, members: Sequence[int], *, at: datetime) -> Supposed:
    """Its System Refs then, with those that led."""
    return Supposed(
        key=contact.pk,
        record_ids=tuple(members),
        primary_record_id=_chosen_at(contact, members, at=at),
        leading_record_ids=_leading_at(contact, at=at),
    )


def _leading_at(contact: Contact, *, at: datetime) -> tuple[int, ...]:
    """What the next operation that changed it found; else what is there now."""
    ends = Q(to_contact_id=contact.pk) | Q(from_contact_id=contact.pk)
    # By the time of its moves: an operation is written down a moment before it moves anything.
    later = Move.objects.filter(ends, at__gt=at, operation__before__has_key=str(contact.pk))
    before = later.order_by("id").values_list("operation__before", flat=True).first()
    leading = contact.leading_record_ids if before is None else before[str(contact.pk)]
    return tuple(int(pk) for pk in leading)


def _chosen_at(contact: Contact, members: Sequence[int], *, at: datetime) -> int | None:
    """The System Ref that a person had made primary. None: nobody chose, or it left others behind since."""
    if not _changed_since(contact, at):
        return contact.primary_record_id if contact.primary_chosen else None
    choices = Entry.objects.filter(event="PrimaryChosen", group_id=contact.pk)
    chosen = choices.filter(at__lte=at).order_by("-id").first()
    if chosen is None or chosen.subject_id is None or chosen.subject_id not in members:
        return None
    left = Move.objects.filter(
        record_id=chosen.subject_id, from_contact_id=contact.pk, at__gt=chosen.at, at__lte=at
    )
    forgotten = any(members_at(contact.pk, at=move.at) for move in left)
    return None if forgotten else chosen.subject_id


def _changed_since(contact: Contact, at: datetime) -> bool:
    span = span_of(contact.pk)
    if span is None or span.last > at:
        return True
    return Entry.objects.filter(event="PrimaryChosen", group_id=contact.pk, at__gt=at).exists()
