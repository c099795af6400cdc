"""Where GroupIDs lead, and what people decided about System Refs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection
from django.db.models import Q, QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.contacts.rights.seeing import seen_record, sight_at
from kith.contacts.rights.sight import sight_of
from kith.grouping.models import Decision, Move
from kith.kernel.errors import NotFound
from kith.sources.models import Membership, SourceRecord

MOST_SHOWN: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Leads:
    contact: Contact
    successors: tuple[int, ...]
    """The whole chain, the active one last; empty while it is active."""
    held_by: tuple[tuple[int, int], ...]
    """(GroupID, number) of those that hold a System Ref it ever held."""
    predecessors: tuple[int, ...]


def leads_of(group_id: int, *, actor: Actor) -> Leads:
    require(actor, Permission.CONTACT_VIEW)
    contact = Contact.objects.defer("search", "provenance").filter(pk=group_id).first()
    if contact is None:
        raise NotFound("There is no contact with this GroupID.")
    before = Contact.objects.filter(successor=group_id).order_by("pk").values_list("pk", flat=True)
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN, [group_id])
        chain = tuple(int(row[0]) for row in cursor.fetchall())
        cursor.execute(_HELD_BY, [group_id, MOST_SHOWN])
        held = tuple((int(row[0]), int(row[1])) for row in cursor.fetchall())
    return Leads(contact=contact, successors=chain, held_by=held, predecessors=tuple(before[:MOST_SHOWN]))


_CHAIN: Final = """
WITH RECURSIVE chain AS (
    SELECT successor_id AS id, 1 AS place FROM contacts_contact WHERE id = %s AND state = 'retired'
    UNION ALL
    SELECT c.successor_id, chain.place + 1 FROM chain JOIN contacts_contact c ON c.id = chain.id
    WHERE c.state = 'retired' AND chain.place < 10000
)
SELECT id FROM chain WHERE id IS NOT NULL ORDER BY place
"""
_HELD_BY: Final = """
SELECT m.contact_id, count(*) FROM sources_membership m
WHERE m.record_id IN (SELECT record_id FROM grouping_move WHERE to_contact_id = %s)
GROUP BY m.contact_id ORDER BY count(*) DESC, m.contact_id LIMIT %s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class SystemRefs:
    """System Refs by source and by their own number; nothing given means all."""

    source_id: int | None = None
    system_ref: str = ""

    def rows(self, *, actor: Actor) -> QuerySet[SourceRecord]:
        require(actor, Permission.CONTACT_VIEW)
        condition = Q()
        if self.source_id is not None:
            condition &= Q(source_id=self.source_id)
        if self.system_ref:
            condition &= Q(system_ref=self.system_ref)
        rows = SourceRecord.objects.filter(condition).select_related("source", "membership")
        return rows.only(
            "kind",
            "system_ref",
            "first_received_at",
            "received_at",
            "claimed_at",
            "source__code",
            "membership__contact_id",
        )


def system_ref(record_id: int, *, actor: Actor) -> SourceRecord:
    """As the actor may read it."""
    require(actor, Permission.CONTACT_VIEW)
    rows = SourceRecord.objects.select_related("source", "membership__contact").defer(
        "membership__contact__search"
    )
    found = rows.filter(pk=record_id).first()
    if found is None:
        raise NotFound("There is no such System Ref.")
    member = getattr(found, "membership", None)
    sight = sight_at(member.contact, actor=actor) if member else sight_of(actor)
    return seen_record(found, sight)


def moves_of(record: SourceRecord) -> Sequence[Move]:
    """The oldest first."""
    return list(Move.objects.filter(record_id=record.pk).order_by("id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    record_id: int | None = None
    group_id: int | None = None
    verdict: str = ""
    in_force: bool | None = None

    def rows(self, *, actor: Actor) -> QuerySet[Decision]:
        require(actor, Permission.CONTACT_GROUP)
        condition = Q(verdict=self.verdict) if self.verdict else Q()
        if self.record_id is not None:
            condition &= Q(left_id=self.record_id) | Q(right_id=self.record_id)
        if self.group_id is not None:
            held = Membership.objects.filter(contact_id=self.group_id).values("record_id")
            condition &= Q(left_id__in=held) | Q(right_id__in=held)
        if self.in_force is not None:
            condition &= Q(lifted_by__isnull=self.in_force)
        return Decision.objects.filter(condition).select_related("operation", "first_said")


def records_by_id(record_ids: Sequence[int]) -> dict[int, SourceRecord]:
    """Their names and where they are; one query."""
    rows = SourceRecord.objects.select_related("source", "membership")
    return rows.only("system_ref", "source__code", "membership__contact_id").in_bulk(list(record_ids))
