"""What planning has to know of contacts, System Refs and operations, as they stand."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Min, QuerySet

from kith.contacts.models import Contact
from kith.grouping import decisions
from kith.grouping.intents import Group, Intent, KeepApart, MoveRef, Split, Undo, Ungroup
from kith.grouping.models import Decision, Move, Operation
from kith.grouping.planning import ContactNow, Now, Said
from kith.grouping.undoing import Done, Gone, Left
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
            ends = moves_by(operation(intent.operation)).values_list("from_contact_id", "to_contact_id")
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
            is_anonymised=state == Contact.State.ANONYMISED,
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
    # Undone by now, and not when this operation is undone.
    again = _undoes_chain(found.pk)[1::2]
    moves = _gone(found, again)
    residents = _residents(found)
    lifted, made = _lifted(found, again), decisions.made_by(found.pk)
    records = {move.record for move in moves}
    records |= {pk for those in residents.values() for pk in those}
    later, taken_back = _later(found, records)
    records |= {pk for one in lifted for pk in one.pair}
    records |= _ends_of(made)
    named = {group_id for move in moves for group_id in (move.home, move.to) if group_id}
    left = _left(named, again)
    concerned = {*named, *places_of(records), *_ends_in(left)}
    put = _put(found, concerned)
    left |= _left(put.values(), again)
    done = Done(
        operation=found.pk,
        moves=moves,
        residents=residents,
        made=made,
        lifted=lifted,
        leading_before=_leading_before(found),
        chosen_before={int(group_id): record_id for group_id, record_id in found.chosen_before.items()},
        later=later,
        taken_back=taken_back,
        left=left,
        put=put,
    )
    return done, now_of({*concerned, *left, *_ends_in(left)})


def _ends_in(left: Mapping[int, Left]) -> set[int]:
    return {group_id for one in left.values() for group_id in one.to}


_CHAIN: Final = """
WITH RECURSIVE chain AS (
    SELECT id, undoes_id, 1 AS place FROM grouping_operation WHERE id = %s
    UNION ALL
    SELECT o.id, o.undoes_id, chain.place + 1 FROM chain JOIN grouping_operation o ON o.id = chain.undoes_id
)
SELECT id FROM chain ORDER BY place
"""


def _undoes_chain(operation_id: int) -> tuple[int, ...]:
    """This operation, the one that it undoes, the one that this undoes, and so on."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN, [operation_id])
        return tuple(int(row[0]) for row in cursor.fetchall())


def _lifted(found: Operation, again: Sequence[int]) -> tuple[Said, ...]:
    """Decisions that it lifted, but for those of operations that were undone themselves since."""
    lifted = decisions.lifted_by(found.pk)
    first = Operation.objects.filter(pk__in={one.operation_id for one in lifted}, undone_by__isnull=False)
    undone = set(first.values_list("pk", flat=True)) - set(again)
    return tuple(one for one in lifted if one.operation_id not in undone)


_BEFORE: Final = """
SELECT m.record_id, m.from_contact_id, o.undone_by_id IS NOT NULL AND o.id <> ALL(%s)
FROM grouping_move m LEFT JOIN grouping_operation o ON o.id = m.operation_id
WHERE m.record_id = ANY(%s) AND m.id < %s ORDER BY m.record_id, m.id DESC
"""


def _gone(found: Operation, again: Sequence[int]) -> tuple[Gone, ...]:
    """Its moves. Home is where the System Ref would have been without operations that are undone by now."""
    rows = moves_by(found).order_by("record_id").values_list("record_id", "from_contact_id", "to_contact_id")
    moves = list(rows)
    homes, settled = {record: home for record, home, _ in moves}, set[int]()
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [list(again), list(homes), _first_move(found)])
        for record, came_from, is_undone in cursor.fetchall():
            if record in settled or not is_undone:
                settled.add(record)
            else:
                homes[record] = came_from
    return tuple(Gone(record, homes[record], to) for record, _, to in moves)


def _first_move(found: Operation) -> int | None:
    first: int | None = moves_by(found).aggregate(first=Min("pk"))["first"]
    return first


_LEFT: Final = """
SELECT c.id, last.operation_id, o.undoes_id IS NOT NULL, (
    SELECT operation_id FROM grouping_move WHERE to_contact_id = c.id ORDER BY id LIMIT 1
), ARRAY(
    SELECT DISTINCT m.to_contact_id FROM grouping_move m
    WHERE m.from_contact_id = c.id AND m.operation_id IS NOT DISTINCT FROM last.operation_id
)
FROM contacts_contact c
CROSS JOIN LATERAL (
    SELECT operation_id FROM grouping_move WHERE from_contact_id = c.id ORDER BY id DESC LIMIT 1
) last
LEFT JOIN grouping_operation o ON o.id = last.operation_id
WHERE c.id = ANY(%s) AND c.state = 'retired' AND (o.undone_by_id IS NULL OR o.id = ANY(%s))
"""


def _left(group_ids: Iterable[int], again: Sequence[int]) -> dict[int, Left]:
    """Of these, and on along what they became."""
    left, looked_at, front = dict[int, Left](), set[int](), set(group_ids)
    while front:
        looked_at |= front
        with connection.cursor() as cursor:
            cursor.execute(_LEFT, [list(front), list(again)])
            rows = cursor.fetchall()
        for group_id, operation_id, is_undoing, born, to in rows:
            if not (is_undoing and _only_took_back(operation_id, born)):
                left[group_id] = Left(operation_id, tuple(to))
        front = _ends_in(left) - looked_at
    return left


def _only_took_back(undoing: int, born: int | None) -> bool:
    """Of a GroupID whose last System Refs an undoing took: it did not become the contact where they are,
    unless what was undone had made it.
    """
    chain = _undoes_chain(undoing)
    return len(chain) % 2 == 0 and born not in chain


_PUT: Final = """
SELECT DISTINCT ON (put.record_id) put.record_id, left_by.from_contact_id, put.to_contact_id
FROM sources_membership m
JOIN grouping_move put ON put.record_id = m.record_id AND put.operation_id > %s
JOIN grouping_operation undoing ON undoing.id = put.operation_id
JOIN grouping_move left_by ON left_by.record_id = m.record_id AND left_by.operation_id = undoing.undoes_id
WHERE m.contact_id = ANY(%s) AND left_by.from_contact_id IS NOT NULL ORDER BY put.record_id, put.id DESC
"""


def _put(found: Operation, group_ids: Iterable[int]) -> dict[int, int]:
    """`Done.put`, of who is in these contacts."""
    with connection.cursor() as cursor:
        cursor.execute(_PUT, [found.pk, list(group_ids)])
        return {record_id: home for record_id, home, to in cursor.fetchall() if home != to}


def moves_by(found: Operation) -> QuerySet[Move]:
    """Said so that an index helps. A run that was killed and went on may have moved in two operations."""
    if found.run_id:
        return Move.objects.filter(run_id=found.run_id, operation_id=found.pk)
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


def _residents(found: Operation) -> Mapping[int, frozenset[int]]:
    ends = list(moves_by(found).values_list("record_id", "from_contact_id", "to_contact_id"))
    if not ends:
        return {}
    moved = {(came_from, record_id) for record_id, came_from, _ in ends}
    stayed: dict[int, set[int]] = defaultdict(set)
    with connection.cursor() as cursor:
        cursor.execute(_RESIDENTS, {"first": _first_move(found), "contacts": list({to for *_, to in ends})})
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
SELECT DISTINCT ON (m.record_id) m.record_id, coalesce(o.undoes_id < %s, false), o.id, o.kind, o.at, o.run_id
FROM grouping_move m JOIN grouping_operation o ON o.id = m.operation_id
WHERE m.record_id = ANY(%s) AND m.operation_id > %s ORDER BY m.record_id, m.id DESC
"""


def _later(found: Operation, record_ids: Iterable[int]) -> tuple[dict[int, str], frozenset[int]]:
    """`Done.later` and `Done.taken_back`."""
    later, taken_back = dict[int, str](), set[int]()
    with connection.cursor() as cursor:
        cursor.execute(_LATER, [found.pk, list(record_ids), found.pk])
        for record_id, is_taken_back, *which in cursor.fetchall():
            if is_taken_back:
                taken_back.add(record_id)
            else:
                later[record_id] = f"was moved later by {_words(*which)}: undo that first"
    return later, frozenset(taken_back)


_IN_WORDS: Final[dict[str, str]] = {
    Operation.Kind.MOVE: "System Ref moved",
    Operation.Kind.UNDO: "an undoing",
}


def _words(operation_id: int, kind: str, at: datetime, run_id: int | None) -> str:
    what = f"grouping run {run_id}" if run_id else _IN_WORDS.get(kind, Operation.Kind(kind).label.lower())
    return f"operation {operation_id} ({what}, {at.day} {at:%b %Y})"
