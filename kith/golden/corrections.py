"""'Tell the source': where what a person says of a contact is not what its sources say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, overload

from django.db import connection

from kith.access.actors import Actor
from kith.contacts.rights.rules import Sight
from kith.contacts.rights.seeing import NOTHING, sights_at
from kith.golden import wording
from kith.golden.models import GoldenOverride, ToldSource
from kith.golden.rules import FIELD_LABELS, PLAIN_FIELDS, parts_of
from kith.golden.standing import SAID
from kith.kernel.inert import inert_csv
from kith.sources.models import LOCAL, SourceRecord, SourceSystem

_ANCHOR: Final = "r.id = o.record_id"


def _differs(column: str) -> str:
    said = f"({_ANCHOR} OR r.{column} IS NOT NULL)"
    return f"{said} AND lower(r.{column}::text) IS DISTINCT FROM lower(o.value->>'{column}')"


def _name_part(column: str) -> str:
    """Middle names and titles that a source does not keep are no mistake of it."""
    said = f"lower(r.{column}::text)"
    return f"(r.{column} IS NOT NULL AND {said} IS DISTINCT FROM lower(o.value->>'{column}'))"


def _document_differs(field: str) -> str:
    """Country and expiry that a source does not keep are no mistake of it."""
    number, *others = parts_of(field)
    tests = [_differs(number), *(_name_part(part) for part in others)]
    return " OR ".join(f"({test})" for test in tests)


_CUSTOM: Final = f"""
({_ANCHOR} OR r.custom->>substr(o.field, 8) IS NOT NULL)
AND lower(r.custom->>substr(o.field, 8)) IS DISTINCT FROM lower(o.value->>'custom_value')
"""
_NAME: Final = f"""
({_ANCHOR} OR r.first_name IS NOT NULL OR r.last_name IS NOT NULL)
AND (lower(r.first_name) IS DISTINCT FROM lower(o.value->>'first_name')
    OR lower(r.last_name) IS DISTINCT FROM lower(o.value->>'last_name')
    OR {_name_part("middle_name")} OR {_name_part("title")})
"""
_ADDRESS_KEYS: Final = """
coalesce((SELECT jsonb_agg(concat_ws('|', nullif(u.street, ''), nullif(u.postcode, ''),
        CASE WHEN u.street = '' THEN lower(concat_ws(' ', u.a->>'line1', u.a->>'city')) END))
    FROM ROWS FROM (jsonb_array_elements(r.addresses), unnest(r.street_keys), unnest(r.postcode_keys))
        AS u(a, street, postcode)), '[]')
"""


def _lacks(said: str, *, column: str) -> str:
    """Something typed that the list of this claim has not."""
    has_any = "jsonb_array_length(r.addresses)" if column == "addresses" else f"cardinality(r.{column})"
    return f"({_ANCHOR} OR {has_any} > 0) AND NOT {said} @> (o.value->'typed')"


_WHEN: Final = {
    "name": _NAME,
    **{field: _document_differs(field) for field in PLAIN_FIELDS},
    "emails": _lacks("to_jsonb(r.emails)", column="emails"),
    "phones": _lacks("to_jsonb(r.phones)", column="phones"),
    "addresses": _lacks(_ADDRESS_KEYS, column="addresses"),
}
_DIFFERS: Final = " ".join(f"WHEN '{field}' THEN {test}" for field, test in _WHEN.items())
_FROM: Final = """
FROM golden_goldenoverride o
JOIN sources_membership anchor ON anchor.record_id = o.record_id
JOIN contacts_contact c ON c.id = anchor.contact_id
    AND (c.provenance->'overridden'->>o.field)::bigint = o.id
JOIN sources_membership m ON m.contact_id = c.id
JOIN sources_sourcerecord r ON r.id = m.record_id
"""
_WHERE: Final = f"WHERE o.state = 'in_force' AND CASE o.field {_DIFFERS} ELSE {_CUSTOM} END"
"""Pairs of an override that made a golden value, and a System Ref of the contact that says otherwise. The
one it hangs on counts even when it says nothing; others may be silent."""
_TASKS: Final = f"""
{_FROM} JOIN sources_sourcesystem s ON s.id = r.source_id
LEFT JOIN golden_toldsource t ON t.override_id = o.id AND t.record_id = r.id AND t.said = {SAID}
{_WHERE} AND s.code <> '{LOCAL}' AND r.gone_at IS NULL
"""
"""What is typed in Kith can be mended in Kith, and what is gone from a source cannot be mended there."""


@dataclass(frozen=True, slots=True)
class Task:
    """Tell the source of this System Ref what the override says."""

    override_id: int
    record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    task: Task
    group_id: int
    system_ref: str
    source: SourceSystem
    field: str
    says: str
    """'' when the source says nothing."""
    right: str
    """'' when there is no value."""
    override: GoldenOverride
    told: ToldSource | None

    @property
    def label(self) -> str:
        return FIELD_LABELS[self.field]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tasks(Sequence[Correction]):
    """Read a slice at a time, in as many queries for a long one as for a short one."""

    actor: Actor
    source_id: int | None = None
    told: bool = False

    def __len__(self) -> int:
        return len(self._found("", []))

    @overload
    def __getitem__(self, index: int) -> Correction: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Correction]: ...
    def __getitem__(self, index: int | slice) -> Correction | Sequence[Correction]:
        if isinstance(index, int):
            return self[index : index + 1][0]
        start = index.start or 0
        limit = None if index.stop is None else index.stop - start
        return _read(self._found("LIMIT %s OFFSET %s", [limit, start]), actor=self.actor)

    def _found(self, limit: str, parameters: list[int | None]) -> list[Task]:
        of_source = "" if self.source_id is None else "AND s.id = %s"
        given = [] if self.source_id is None else [self.source_id]
        told = "IS NOT NULL" if self.told else "IS NULL"
        return _tasks(
            f"SELECT o.id, r.id {_TASKS} {of_source} AND t.id {told}"
            f" ORDER BY s.priority, s.id, o.made_at, o.id, r.id {limit}",
            [*given, *parameters],
        )


def behind(
    after: Task | None, *, actor: Actor, size: int, source_id: int | None = None, told: bool = False
) -> list[Correction]:
    """At most `size`, by override and System Ref, behind `after`: nothing told meanwhile shifts them."""
    of_source = "" if source_id is None else "AND s.id = %s"
    given = [] if source_id is None else [source_id]
    place = "" if after is None else "AND (o.id, r.id) > (%s, %s)"
    given += [] if after is None else [after.override_id, after.record_id]
    is_told = "IS NOT NULL" if told else "IS NULL"
    sql = f"SELECT o.id, r.id {_TASKS} {of_source} {place} AND t.id {is_told} ORDER BY o.id, r.id LIMIT %s"
    return _read(_tasks(sql, [*given, size]), actor=actor)


def disagreeing(contact_id: int) -> list[Task]:
    """Which System Refs of one contact say otherwise than its overrides."""
    return _tasks(f"SELECT o.id, r.id {_FROM} {_WHERE} AND c.id = %s ORDER BY o.id, r.id", [contact_id])


def said_of(task: Task) -> str | None:
    """The hash of what the source says now; None when there is nothing to tell it."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {SAID} {_TASKS} AND o.id = %s AND r.id = %s", [task.override_id, task.record_id]
        )
        rows = cursor.fetchall()
    return str(rows[0][0]) if rows else None


def _read(tasks: Sequence[Task], *, actor: Actor) -> list[Correction]:
    overrides = GoldenOverride.objects.select_related("user").in_bulk({task.override_id for task in tasks})
    records = (
        SourceRecord.objects.select_related("source", "membership")
        .defer("claim", "match_keys")
        .in_bulk({task.record_id for task in tasks})
    )
    told = {
        (one.override_id, one.record_id): one
        for one in ToldSource.objects.filter(override_id__in=overrides, record_id__in=records)
    }
    sights = sights_at({record.membership.contact_id for record in records.values()}, actor=actor)
    return [
        _correction(
            task,
            overrides[task.override_id],
            records[task.record_id],
            told=told,
            sight=sights.get(records[task.record_id].membership.contact_id, NOTHING),
        )
        for task in tasks
    ]


def _correction(
    task: Task,
    override: GoldenOverride,
    record: SourceRecord,
    *,
    told: Mapping[tuple[int, int], ToldSource],
    sight: Sight,
) -> Correction:
    field = override.field
    return Correction(
        task=task,
        group_id=record.membership.contact_id,
        system_ref=record.system_ref,
        source=record.source,
        field=field,
        says=sight.of(field, wording.of_record(record, field)),
        right=sight.of(field, wording.of_piece(override.value, field)),
        override=override,
        told=told.get((override.pk, record.pk)),
    )


def _tasks(sql: str, parameters: Sequence[int | None]) -> list[Task]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return [Task(int(override_id), int(record_id)) for override_id, record_id in cursor.fetchall()]


_HEADER: Final = ("System Ref", "GroupID", "Field", "You have", "Right is", "Corrected by", "On", "Note")
_BLOCK: Final = 1_000


def lines_of(source_id: int, *, actor: Actor) -> Iterator[str]:
    """CSV text, a piece at a time: what one source has not been told yet; inert in a spreadsheet. As the
    actor may read it.
    """
    yield inert_csv([_HEADER])
    block = behind(None, actor=actor, size=_BLOCK, source_id=source_id)
    while block:
        yield inert_csv(map(_line, block))
        block = behind(block[-1].task, actor=actor, size=_BLOCK, source_id=source_id)


def _line(one: Correction) -> tuple[str, ...]:
    made = one.override
    on = f"{made.made_at:%Y-%m-%d}"
    return (one.system_ref, str(one.group_id), one.label, one.says, one.right, made.actor, on, made.note)
