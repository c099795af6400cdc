"""What planning has to know of contacts, System Refs and operations, as they stand."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Min, QuerySet

from kith.contacts.models import Contact
from kith.grouping import decisions
from kith.grouping.intents import Group, Intent, KeepApart, MoveRef, Split, Undo, Ungroup
from kith.grouping.models import Decision, Move, Operation
from kith.grouping.planning import ContactNow, Now
from kith.grouping.undoing import Done, Gone
from kith.kernel.errors import NotFound
from kith.sources.models import Membership, SourceRecord


def concerned(intent: Intent) -> tuple[int, ...]:
    """The GroupIDs that an intent names."""
    match intent:
        case Group():
            return (intent.master, *intent.children)
        case Ungroup() | Split():
            return (intent.contact,)
        case MoveRef():
            return (*places_of([intent.record]), intent.to)
        case KeepApart():
            return intent.contacts
        case Undo():
            ends = _moves(operation(intent.operation)).values_list("from_contact_id", "to_contact_id")
            return tuple({group_id for both in ends for group_id in both if group_id})


def places_of(record_ids: Iterable[int]) -> tuple[int, ...]:
    found = Membership.objects.filter(record_id__in=list(record_ids))
    return tuple(found.values_list("contact_id", flat=True).distinct())


def now_of(group_ids: Iterable[int]) -> Now:
    """Four queries, for any number."""
    asked = list(dict.fromkeys(group_ids))
    members = _members(asked)
    rows = Contact.objects.filter(pk__in=asked).values_list(
        "pk", "kind", "state", "primary_record_id", "primary_chosen", "leading_record_ids"
    )
    contacts = {
        pk: ContactNow(
            group_id=pk,
            kind=kind,
            is_active=state == Contact.State.ACTIVE,
            members=tuple(members.get(pk, ())),
            primary=primary,
            primary_chosen=chosen,
            leading=tuple(leading),
        )
        for pk, kind, state, primary, chosen, leading in rows
    }
    return Now(
        contacts=contacts, said=decisions.said_of(pk for one in contacts.values() for pk in one.members)
    )


def _members(group_ids: list[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = defaultdict(list)
    rows = Membership.objects.filter(contact_id__in=group_ids).order_by("record_id")
    for record_id, group_id in rows.values_list("record_id", "contact_id"):
        found[group_id].append(record_id)
    return found


def seen(now: Now) -> str:
    """Names a state: another one as soon as anything changed that a preview shows."""
    records = [pk for one in now.contacts.values() for pk in one.members]
    said = SourceRecord.objects.filter(pk__in=records).order_by("pk").values_list("pk", "content_hash")
    contacts = sorted(now.contacts.values(), key=lambda one: one.group_id)
    text = repr((contacts, now.said, [(pk, str(content)) for pk, content in said]))
    return hashlib.sha256(text.encode()).hexdigest()[:20]


def operation(operation_id: int) -> Operation:
    found = Operation.objects.select_related("undone_by").filter(pk=operation_id).first()
    if found is None:
        raise NotFound("There is no such operation.")
    return found


def done_of(found: Operation) -> tuple[Done, Now]:
    """An operation as it was carried out, and all it concerns as it stands."""
    rows = _moves(found).order_by("record_id").values_list("record_id", "from_contact_id", "to_contact_id")
    moves = tuple(Gone(*row) for row in rows)
    lifted = decisions.lifted_by(found.pk)
    made = decisions.made_by(found.pk)
    residents = _residents(found, moves)
    records = {move.record for move in moves}
    records |= {pk for those in residents.values() for pk in those}
    records |= {pk for one in lifted for pk in one.pair}
    records |= _ends_of(made)
    named = {group_id for move in moves for group_id in (move.home, move.to) if group_id}
    now = now_of({*named, *places_of(records)})
    done = Done(
        moves=moves,
        residents=residents,
        made=made,
        lifted=lifted,
        leading_before=_leading_before(found),
        later=_later(found, [move.record for move in moves]),
    )
    return done, now


def _moves(found: Operation) -> QuerySet[Move]:
    """Said so that an index helps: of people's moves by operation, of a run's by run."""
    if found.run_id:
        return Move.objects.filter(run_id=found.run_id)
    return Move.objects.filter(operation_id=found.pk, run__isnull=True)


def _ends_of(decision_ids: frozenset[int]) -> set[int]:
    rows = Decision.objects.filter(pk__in=decision_ids).values_list("left_id", "right_id")
    return {pk for ends in rows for pk in ends}


# Whoever came before the operation and left, if at all, after it; without those it moved itself.
_RESIDENTS: Final = """
SELECT DISTINCT came.to_contact_id, came.record_id FROM grouping_move came
WHERE came.to_contact_id = ANY(%(contacts)s) AND came.id < %(first)s AND NOT EXISTS (
    SELECT 1 FROM grouping_move next
    WHERE next.record_id = came.record_id AND next.id > came.id AND next.id < %(first)s
)
"""


def _residents(found: Operation, moves: Iterable[Gone]) -> Mapping[int, frozenset[int]]:
    moved = {(move.home, move.record) for move in moves}
    contacts = {group_id for move in moves for group_id in (move.home, move.to) if group_id}
    if not contacts:
        return {}
    first = _moves(found).aggregate(first=Min("pk"))["first"]
    stayed: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_RESIDENTS, {"first": first, "contacts": sorted(contacts)})
        for group_id, record_id in cursor.fetchall():
            if (group_id, record_id) not in moved:
                stayed[group_id].add(record_id)
    return {group_id: frozenset(those) for group_id, those in stayed.items()}


def _leading_before(found: Operation) -> dict[int, tuple[int, ...]]:
    said = {int(group_id): tuple(leading) for group_id, leading in found.before.items()}
    if not said:
        return {}
    later = Operation.objects.filter(pk__gt=found.pk, before__has_any_keys=[str(one) for one in said])
    # One that was taken back and what took it back, both since then, changed nothing together.
    later = later.filter(undone_by=None).exclude(undoes__gt=found.pk)
    changed = {int(group_id) for before in later.values_list("before", flat=True) for group_id in before}
    return {group_id: leading for group_id, leading in said.items() if group_id not in changed}


_LATER: Final = """
SELECT DISTINCT ON (m.record_id) m.record_id, o.id, o.kind, o.at, o.run_id
FROM grouping_move m JOIN grouping_operation o ON o.id = m.operation_id
WHERE m.record_id = ANY(%s) AND m.operation_id > %s ORDER BY m.record_id, m.id DESC
"""


def _later(found: Operation, record_ids: list[int]) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(_LATER, [record_ids, found.pk])
        return {
            record_id: f"was moved later by {_words(*which)}: undo that first"
            for record_id, *which in cursor.fetchall()
        }


def _words(operation_id: int, kind: str, at: datetime, run_id: int | None) -> str:
    what = f"grouping run {run_id}" if run_id else Operation.Kind(kind).label.lower()
    return f"operation {operation_id} ({what}, {at.day} {at:%b %Y})"
