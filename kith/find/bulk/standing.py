"""Where contacts stand to a bulk change: who has it already, who would be changed, who cannot be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from kith.contacts.may.asking import RESTRICTED
from kith.contacts.models import Contact
from kith.contacts.rights.rules import Shown, Sight
from kith.find.bulk.changes import Changing
from kith.find.bulk.models import ChangedContact
from kith.find.eyes import Eyes
from kith.matching.records import PERSON

State = ChangedContact.State
EXAMPLES: Final = 10
_SLICE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Example:
    group_id: int
    name: str
    before: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    counts: Mapping[str, int]
    """By `ChangedContact.State`: CHANGED for those that would be."""
    examples: tuple[Example, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def changed(self) -> int:
        return self.counts.get(State.CHANGED, 0)

    @property
    def same(self) -> int:
        return self.counts.get(State.SAME, 0)

    @property
    def refused(self) -> Sequence[tuple[str, int]]:
        """Reason and number, of those it cannot be made on."""
        cannot = (State.FORBIDDEN, State.RESTRICTED, State.MANDATORY, State.NOTHING)
        return [(one.label, self.counts[one]) for one in cannot if self.counts.get(one)]


def standing(contact_ids: Sequence[int], *, of: Changing, value: str, sight: Sight) -> dict[int, State]:
    """Of each contact asked for; CHANGED for those to be changed."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT c.id, {_state(of)} FROM contacts_contact c {of.joins} WHERE c.id = ANY(%s)",
            [*_parameters(of, value), list(contact_ids)],
        )
        found = {pk: State(state) for pk, state in cursor.fetchall()}
    found = {pk: found.get(pk, State.GONE) for pk in contact_ids}
    due = [pk for pk, state in found.items() if state is State.CHANGED]
    return found | dict.fromkeys(_forbidden(due, of=of, sight=sight), State.FORBIDDEN)


def preview(ids: QuerySet[Contact], *, of: Changing, value: str, sight: Sight) -> Preview:
    """Nothing is written. One query where this sight shows the field of everybody."""
    try:
        chosen, parameters = ids.order_by().values("id").query.sql_with_params()
    except EmptyResultSet:
        return Preview(counts={}, examples=())
    asked = (
        f"SELECT c.id, {_state(of)} AS state, c.name, {of.now} AS now"
        f" FROM ({chosen}) x JOIN contacts_contact c ON c.id = x.id {of.joins}"
    )
    # The parameters of the state stand before those of the search.
    given = [*_parameters(of, value), *parameters]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT state, count(*) FROM ({asked}) y GROUP BY state", given)
        counts = Counter(dict(cursor.fetchall()))
        forbidden = _count_forbidden(asked, given, of=of, sight=sight)
        counts[State.FORBIDDEN] += forbidden
        counts[State.CHANGED] -= forbidden
        cursor.execute(
            f"SELECT id, name, now FROM ({asked}) y WHERE state = 'changed' ORDER BY id LIMIT %s",
            [*given, EXAMPLES * 10 if forbidden else EXAMPLES],
        )
        rows = cursor.fetchall()
    hidden = _forbidden([pk for pk, *_ in rows], of=of, sight=sight)
    shown = [Example(pk, sight.name(name), of.words(now)) for pk, name, now in rows if pk not in hidden]
    return Preview(counts=counts, examples=tuple(shown[:EXAMPLES]))


def _state(of: Changing) -> str:
    held = f"c.id IN (SELECT held.contact_id FROM ({RESTRICTED}) held)" if of.field else "false"
    return (
        f"CASE WHEN c.state <> 'active' THEN 'gone' WHEN {held} THEN 'restricted'"
        f" WHEN {of.nothing} THEN 'nothing' WHEN {of.now} = %s"
        f" THEN 'same' WHEN {of.now} = ANY(%s) AND {of.is_last} THEN 'mandatory' ELSE 'changed' END"
    )


def _parameters(of: Changing, value: str) -> list[str | list[str]]:
    return [value, sorted(of.mandatory())]


def _forbidden(contact_ids: Sequence[int], *, of: Changing, sight: Sight) -> frozenset[int]:
    """Whoever does not see a field of a contact cannot change it there."""
    if not contact_ids or _is_shown(of, sight):
        return frozenset()
    sights = Eyes(sight).on(dict.fromkeys(contact_ids, PERSON))
    return frozenset(pk for pk, mine in sights.items() if not _is_shown(of, mine))


def _is_shown(of: Changing, sight: Sight) -> bool:
    return not of.field or sight.shows(of.field) is Shown.SHOWN


def _count_forbidden(
    asked: str, given: Sequence[str | int | list[str]], *, of: Changing, sight: Sight
) -> int:
    if _is_shown(of, sight):
        return 0
    found, after = 0, 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT id FROM ({asked}) y WHERE state = 'changed' AND id > %s ORDER BY id LIMIT %s",
                (*given, after, _SLICE),
            )
            ids = [int(pk) for (pk,) in cursor.fetchall()]
        if not ids:
            return found
        found += len(_forbidden(ids, of=of, sight=sight))
        after = ids[-1]
