"""What was done to a contact, one line per operation, however many System Refs it moved."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import Count, Max, Q

from kith.access.models import User
from kith.contacts.history import MOST, End, Happening
from kith.contacts.models import Contact
from kith.grouping.history.telling import Told, UndoUrl, as_of_url, just_before, told, told_operation
from kith.grouping.models import Decision, Move, Operation
from kith.sources.models import Membership

MOST_PRESETS: Final = 12
_MOST_ENDS: Final = 5


@dataclass(slots=True)
class _Line:
    """The moves of one operation (or run, or moment) that concern one contact."""

    move: Move
    """One of them, without its System Ref."""
    came: dict[int | None, int] = field(default_factory=dict)
    """How many, by where they came from."""
    left: dict[int, int] = field(default_factory=dict)


def happenings(undo_url: UndoUrl) -> Callable[[Contact], Iterable[Happening]]:
    """A chronicle of the contact page. A fixed number of queries."""

    def read(contact: Contact) -> Iterable[Happening]:
        lines = _lines(contact.pk)
        for number, line in enumerate(lines, start=1):
            is_first = number == len(lines) and number < MOST
            yield _happening(contact.pk, line, undo_url=undo_url, is_first=is_first)
        yield from _kept_apart(contact.pk, undo_url=undo_url)

    return read


@dataclass(frozen=True, slots=True)
class Preset:
    """A moment worth looking at: just before something was done to the contact."""

    at: datetime
    """When it was done."""
    moment: datetime
    """Just before."""
    what: str
    by: str
    url: str


def presets(contact: Contact) -> list[Preset]:
    """Newest first; without the first of all, before which it was not there."""
    lines = _lines(contact.pk)
    told_of = [(line.move.at, told(line.move)) for line in lines[: MOST_PRESETS + 1]]
    if len(lines) <= MOST_PRESETS:
        told_of = told_of[:-1]
    return [
        Preset(at, just_before(at), said.what, said.by, as_of_url(contact.pk, at=just_before(at)))
        for at, said in told_of[:MOST_PRESETS]
    ]


def _lines(group_id: int) -> list[_Line]:
    """Newest first."""
    its = Move.objects.filter(Q(to_contact_id=group_id) | Q(from_contact_id=group_id))
    rows = (
        its.values_list(
            "operation_id", "run_id", "user_id", "because", "at", "from_contact_id", "to_contact_id"
        )
        .annotate(number=Count("pk"), newest=Max("pk"))
        .order_by("-newest")[: MOST * 2]
    )
    lines: dict[Hashable, _Line] = {}
    for operation_id, run_id, user_id, because, at, origin, to, number, newest in rows:
        which = (operation_id,) if operation_id else (run_id, user_id, at)
        move = Move(
            pk=newest, operation_id=operation_id, run_id=run_id, user_id=user_id, because=because, at=at
        )
        line = lines.setdefault(which, _Line(move))
        if to == group_id:
            line.came[origin] = line.came.get(origin, 0) + number
        else:
            line.left[to] = line.left.get(to, 0) + number
    found = list(lines.values())[:MOST]
    _read_with([line.move for line in found])
    return found


def _read_with(moves: list[Move]) -> None:
    """Their operations and users, in two queries."""
    named = {move.operation_id for move in moves if move.operation_id}
    operations = Operation.objects.select_related("undone_by").in_bulk(named)
    users = User.objects.in_bulk({move.user_id for move in moves if move.user_id and not move.operation_id})
    for move in moves:
        move.operation = operations.get(move.operation_id or 0)
        move.user = users.get(move.user_id or 0)


def _happening(group_id: int, line: _Line, *, undo_url: UndoUrl, is_first: bool) -> Happening:
    said = told(line.move)
    return Happening(
        line.move.at,
        said.what,
        said.by,
        by_colleague=said.by_colleague,
        ends=_ends(line),
        reason=said.reason,
        undone=said.undone,
        before_url="" if is_first else as_of_url(group_id, at=just_before(line.move.at)),
        undo_url=_undo(said, undo_url),
    )


def _undo(said: Told, undo_url: UndoUrl) -> str:
    return undo_url(said.undoable) if said.undoable else ""


def _ends(line: _Line) -> tuple[End, ...]:
    came = [End(_came(number, origin), origin) for origin, number in line.came.items()]
    left = [End(f"{_refs(number)} left for", to) for to, number in line.left.items()]
    ends = (*came, *left)
    if len(ends) <= _MOST_ENDS:
        return ends
    rest = sum([*line.came.values(), *line.left.values()][_MOST_ENDS:])
    return (*ends[:_MOST_ENDS], End(f"{_refs(rest)} from or to other GroupIDs", None))


def _came(number: int, origin: int | None) -> str:
    return f"{_refs(number)} got this GroupID" if origin is None else f"{_refs(number)} came from"


def _refs(number: int) -> str:
    return "A System Ref" if number == 1 else f"{number:,} System Refs"


def _kept_apart(group_id: int, *, undo_url: UndoUrl) -> Iterable[Happening]:
    """Operations that only decided: nothing moved, so lineage does not tell of them."""
    mine = Membership.objects.filter(contact_id=group_id).values("record_id")
    its = Decision.objects.filter(Q(left_id__in=mine) | Q(right_id__in=mine))
    decided = Operation.objects.filter(
        kind=Operation.Kind.KEEP_APART, pk__in=its.values("operation_id")
    ).select_related("undone_by")
    found = list(decided.order_by("-pk")[:MOST])
    others = _others(group_id, [one.pk for one in found])
    for operation in found:
        said = told_operation(operation)
        ends = tuple(End("from", other) for other in others.get(operation.pk, ())[:_MOST_ENDS])
        yield Happening(
            operation.at,
            said.what,
            said.by,
            by_colleague=said.by_colleague,
            ends=ends,
            reason=said.reason,
            undone=said.undone,
            undo_url=_undo(said, undo_url),
        )


_OTHERS: Final = """
SELECT DISTINCT d.operation_id, m.contact_id
FROM grouping_decision d JOIN sources_membership m ON m.record_id IN (d.left_id, d.right_id)
WHERE d.operation_id = ANY(%s) AND m.contact_id <> %s ORDER BY d.operation_id, m.contact_id
"""


def _others(group_id: int, operation_ids: list[int]) -> dict[int, list[int]]:
    """By operation, the other GroupIDs that the System Refs decided on have now."""
    found: dict[int, list[int]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_OTHERS, [operation_ids, group_id])
        for operation_id, other in cursor.fetchall():
            found.setdefault(operation_id, []).append(other)
    return found
