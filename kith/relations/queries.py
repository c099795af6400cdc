"""Whom a contact is related to: read through the System Refs of both ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Q

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.belongings import record_ids_of
from kith.contacts.rights.seeing import sights_at
from kith.contacts.settings.relation_types import relation_types_in_force
from kith.kernel.errors import NotFound
from kith.relations.models import Relation
from kith.sources.models import SourceRecord

MOST_WITHIN: Final = 20
_RELATED: Final = """
    WITH mine AS MATERIALIZED (SELECT record_id FROM sources_membership WHERE contact_id = %(contact)s),
    ends AS (
        SELECT r.id, r.code, r.to_record_id AS other FROM relations_relation r
        JOIN mine ON mine.record_id = r.from_record_id
        UNION ALL
        SELECT r.id, r.inverse, r.from_record_id FROM relations_relation r
        JOIN mine ON mine.record_id = r.to_record_id
    ),
    related AS (
        SELECT min(e.id) AS id, array_agg(e.id ORDER BY e.id) AS ids, e.code, m.contact_id AS other
        FROM ends e JOIN sources_membership m ON m.record_id = e.other
        WHERE m.contact_id <> %(contact)s
        GROUP BY m.contact_id, e.code
    )
"""
"""Those alike between the same two contacts are one: grouping may have brought them together."""


@dataclass(frozen=True, slots=True)
class Key:
    """One relation of a contact, of as many as there are."""

    id: int
    code: str
    """What the other contact is to this one."""
    kind: str
    """Of the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    id: int
    code: str
    label: str
    """What the other contact is to this one."""
    contact_id: int
    name: str
    kind: str
    note: str
    by: str
    """Who added it."""
    by_colleague: bool
    at: datetime
    edits: int


def keys_of(contact_id: int, *, actor: Actor) -> list[Key]:
    """All of them, by type in the order of the settings, then by name. One query."""
    require(actor, Permission.CONTACT_VIEW)
    order = [one.code for one in relation_types_in_force().types]
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{_RELATED}
            SELECT related.id, related.code, c.kind
            FROM related JOIN contacts_contact c ON c.id = related.other
            ORDER BY array_position(%(order)s::text[], related.code::text), lower(c.name), c.id
            """,
            {"contact": contact_id, "order": order},
        )
        return [Key(*row) for row in cursor.fetchall()]


def related(contact_id: int, ids: Sequence[int], *, actor: Actor) -> list[Related]:
    """These relations, as seen from the contact, in this order, with the names as the actor may read them."""
    require(actor, Permission.CONTACT_VIEW)
    types = relation_types_in_force()
    with connection.cursor() as cursor:
        cursor.execute(
            f"""{_RELATED}
            SELECT related.id, related.code, c.id, c.name, c.kind, said.note, said.edits, r.actor,
                   r.user_id IS NOT NULL, r.at
            FROM related JOIN contacts_contact c ON c.id = related.other
            JOIN relations_relation r ON r.id = related.id
            CROSS JOIN LATERAL (
                SELECT coalesce(string_agg(DISTINCT nullif(a.note, ''), E'\\n'), '') AS note,
                       sum(a.edits)::int AS edits
                FROM relations_relation a WHERE a.id = ANY(related.ids)
            ) said
            WHERE related.id = ANY(%(ids)s)
            """,
            {"contact": contact_id, "ids": list(ids)},
        )
        rows = cursor.fetchall()
    sights = sights_at({row[2] for row in rows}, actor=actor)
    found = {}
    for id_, code, other, name, kind, note, edits, by, by_colleague, at in rows:
        of = types.of(code)
        found[id_] = Related(
            id=id_,
            code=code,
            label=of.label if of else code,
            contact_id=other,
            name=sights[other].name(name) if other in sights else "",
            kind=kind,
            note=note,
            by=by,
            by_colleague=by_colleague,
            at=at,
            edits=edits,
        )
    return [found[one] for one in ids if one in found]


def relation_of(contact_id: int, relation_id: int, *, actor: Actor) -> Related:
    found = related(contact_id, [relation_id], actor=actor)
    if not found:
        raise NotFound("There is no such relation of this contact.")
    return found[0]


def between(contact_id: int, other_id: int) -> list[tuple[int, str]]:
    """(relation, what the other is to the contact); one query."""
    mine, theirs = record_ids_of(contact_id), record_ids_of(other_id)
    there = Relation.objects.filter(from_record_id__in=mine, to_record_id__in=theirs)
    back = Relation.objects.filter(from_record_id__in=theirs, to_record_id__in=mine)
    return list(there.values_list("pk", "code").union(back.values_list("pk", "inverse")).order_by("pk"))


@dataclass(frozen=True, slots=True)
class Within:
    """Between System Refs that are one contact now: no relation, until they come apart."""

    relation: Relation
    label: str
    ends: tuple[SourceRecord, SourceRecord]


def within(contact_id: int, *, actor: Actor) -> list[Within]:
    """The first of them; for those who group and ungroup. Two queries."""
    require(actor, Permission.CONTACT_GROUP)
    mine = record_ids_of(contact_id)
    rows = list(
        Relation.objects.filter(from_record_id__in=mine, to_record_id__in=mine).order_by("pk")[:MOST_WITHIN]
    )
    ends = (
        SourceRecord.objects.select_related("source").in_bulk(
            {pk for row in rows for pk in (row.from_record_id, row.to_record_id)}
        )
        if rows
        else {}
    )
    types = relation_types_in_force()
    return [
        Within(
            row,
            of.label if (of := types.of(row.code)) else row.code,
            (ends[row.from_record_id], ends[row.to_record_id]),
        )
        for row in rows
    ]


def related_as(contact_id: int) -> frozenset[str]:
    """Codes of what others are to it (KITH_RELATED_AS)."""
    mine = record_ids_of(contact_id)
    outside = Q(from_record_id__in=mine) ^ Q(to_record_id__in=mine)
    there = Relation.objects.filter(outside, from_record_id__in=mine).values_list("code", flat=True)
    back = Relation.objects.filter(outside, to_record_id__in=mine).values_list("inverse", flat=True)
    return frozenset(there.union(back))


def relations_on(record_ids: Sequence[int]) -> int:
    """That have an end at one of these System Refs."""
    return Relation.objects.filter(Q(from_record_id__in=record_ids) | Q(to_record_id__in=record_ids)).count()


def relation_types_in_use(codes: Sequence[str]) -> list[str]:
    """One query."""
    there = Relation.objects.filter(code__in=codes).values_list("code", flat=True)
    back = Relation.objects.filter(inverse__in=codes).values_list("inverse", flat=True)
    return sorted(there.union(back))
