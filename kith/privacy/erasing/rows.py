"""The rows of whoever is anonymised: statements made from declarations, for many contacts at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.utils.module_loading import import_string

from kith.kernel.erasing import ANONYMISED, Blocker, ErasedWith, Fate, LeavingFile
from kith.kernel.leaving import Going, Leaving
from kith.privacy.erasing.places import Place, column_of, places
from kith.sources import tombstones

Counts = Mapping[str, int]
"""{label: rows}."""
Names = dict[str, list[int] | str]

# GroupIDs that lead to theirs, and retired ones that ever held one of their System Refs.
_LED: Final = """
WITH RECURSIVE led AS (
    SELECT id FROM contacts_contact WHERE successor_id = ANY(%(contacts)s)
    UNION
    SELECT c.id FROM contacts_contact c JOIN led ON c.successor_id = led.id
) SELECT id FROM led
"""
_HELD: Final = """
SELECT c.id FROM contacts_contact c WHERE c.state = 'retired' AND c.id IN (
    SELECT to_contact_id FROM grouping_move WHERE record_id = ANY(%(records)s))
"""
_LAST: Final = (
    "UPDATE contacts_contact SET state = 'anonymised', anonymised_at = now(), retired_at = NULL,"
    " stale_at = NULL, assembled_at = NULL, leading_record_ids = '{}', primary_chosen = false"
    " WHERE id = ANY(%(contacts)s)",
    "UPDATE sources_sourcerecord SET erased_at = now(), gone_at = coalesce(gone_at, now())"
    " WHERE id = ANY(%(records)s)",
)
"""Last, for from then on the database refuses every change of them."""


def rooms() -> tuple[ErasedWith, ...]:
    declared: tuple[ErasedWith, ...] = import_string(settings.KITH_ERASED_WITH)
    return declared


def erase_rows(leaving: Leaving, *, erasure: UUID) -> Counts:
    """Everything in the database that is of these contacts, in the running transaction. Whoever calls holds
    the locks of the rooms, and has closed the doors (`kith.sources.doors`). Irreversible.
    """
    names = names_of(leaving)
    counts: Counter[str] = Counter()
    for room in rooms():
        room.erases(leaving, erasure)
    with connection.cursor() as cursor:
        for place in places():
            if place.where:
                counts[place.rule.label] += _erase(cursor, place, names)
        for statement in _LAST:
            cursor.execute(statement, {"records": names["records"], "contacts": list(leaving.group_ids)})
    return {label: number for label, number in counts.items() if number}


def what_goes(leaving: Leaving) -> tuple[Going, ...]:
    """Rows that go or lose their personal values, by what they are; most first."""
    names, counts = names_of(leaving), Counter[str]()
    with connection.cursor() as cursor:
        for place in places():
            if place.where and _changes(place):
                cursor.execute(f"SELECT count(*) FROM {place.table} WHERE {place.where}", names)
                counts[place.rule.label] += cursor.fetchall()[0][0]
    for room in rooms():
        for one in room.counts(leaving):
            counts[one.label] += one.number
    return tuple(Going(label, number) for label, number in counts.most_common() if number)


def what_stays(leaving: Leaving) -> tuple[tuple[Going, str], ...]:
    """Rows with values that stay, and why."""
    names, found = names_of(leaving), []
    with connection.cursor() as cursor:
        for place in places():
            reasons = dict.fromkeys(one.because for one in place.rule.fields.values() if one.because)
            if place.where and reasons:
                cursor.execute(f"SELECT count(*) FROM {place.table} WHERE {place.where}", names)
                number = cursor.fetchall()[0][0]
                found += [(Going(place.rule.label, number), because) for because in reasons if number]
    return tuple(found)


def files_of(leaving: Leaving) -> tuple[LeavingFile, ...]:
    return tuple(file for room in rooms() for file in room.files(leaving))


def blockers_of_rooms(leaving: Leaving) -> tuple[Blocker, ...]:
    return tuple(blocker for room in rooms() for blocker in room.blocks(leaving))


def contacts_of(leaving: Leaving) -> list[int]:
    """With the GroupIDs that lead to theirs."""
    with connection.cursor() as cursor:
        cursor.execute(_LED, {"contacts": list(leaving.group_ids)})
        return sorted({*leaving.group_ids, *(row[0] for row in cursor.fetchall())})


def names_of(leaving: Leaving) -> Names:
    said: Names = {"contacts": list(leaving.group_ids), "records": list(leaving.record_ids)}
    contacts = contacts_of(leaving)
    with connection.cursor() as cursor:
        cursor.execute(_HELD, said)
        golden = sorted({*contacts, *(row[0] for row in cursor.fetchall())})
    return {"records": said["records"], "contacts": contacts, "golden": golden, "word": ANONYMISED}


def _changes(place: Place) -> bool:
    return any(one.fate is not Fate.STAYS for one in place.rule.fields.values())


def _erase(cursor: Any, place: Place, names: Names) -> int:
    if not _changes(place):
        return 0
    if place.rule.row_goes:
        cursor.execute(f"DELETE FROM {place.table} WHERE {place.where}", names)
        return int(cursor.rowcount)
    _digest(cursor, place, names)
    told = ", ".join(f"{column} = {value}" for column, value in _assignments(place))
    if not told:
        cursor.execute(f"SELECT count(*) FROM {place.table} WHERE {place.where}", names)
        return int(cursor.fetchall()[0][0])
    cursor.execute(f"UPDATE {place.table} SET {told} WHERE {place.where}", names)
    return int(cursor.rowcount)


def _assignments(place: Place) -> Iterator[tuple[str, str]]:
    for name, treatment in place.rule.fields.items():
        field = place.model._meta.get_field(name)
        if treatment.fate is Fate.WORD:
            yield column_of(place.model, name), "%(word)s"
        elif treatment.fate is Fate.EMPTY:
            yield column_of(place.model, name), nothing_of(field)


def nothing_of(field: Any) -> str:
    """SQL of a column's value when it says nothing."""
    if field.null:
        return "NULL"
    match field:
        case ArrayField():
            return "'{}'"
        case models.JSONField():
            return "'[]'" if field.default is list else "'{}'"
        case models.UUIDField():
            return f"'{UUID(int=0)}'"
        case models.BooleanField():
            return "false"
        case models.BinaryField():
            return "''::bytea"
        case models.CharField() | models.TextField():
            return "''"
        case _:
            raise TypeError(f"{field} cannot be emptied: declare it otherwise")


def _digest(cursor: Any, place: Place, names: Names) -> None:
    """Text by a keyed digest that nobody reads. Each row has its own: somebody who was let in again leaves
    the same System Ref twice, which is unique in its source."""
    for name, treatment in place.rule.fields.items():
        if treatment.fate is not Fate.DIGEST:
            continue
        column, pk = column_of(place.model, name), place.pk
        cursor.execute(f"SELECT {pk}, {column} FROM {place.table} WHERE {place.where}", names)
        rows = [(key, text) for key, text in cursor.fetchall() if text]
        marks = [tombstones.mark(f"{place.table}.{column} {key}", text) for key, text in rows]
        cursor.execute(
            f"UPDATE {place.table} t SET {column} = n.mark"
            f" FROM unnest(%s::bigint[], %s::text[]) AS n(id, mark) WHERE t.{pk} = n.id",
            [[key for key, _ in rows], marks],
        )
