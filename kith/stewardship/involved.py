"""Which contacts an intent involves, as things stand, and whether it joins what two people should look at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django.db import connection

from kith.contacts.standing import standing_of
from kith.grouping.intents import Group, Intent, MoveRef, Undo
from kith.grouping.models import Decision, Move
from kith.grouping.present import concerned, places_of
from kith.sources.models import SourceTransaction

_LOCK: Final = 5_287_414
"""First half of the lock on a GroupID; the second is the GroupID itself, cut to 31 bits."""


def contacts_of(intent: Intent) -> tuple[int, ...]:
    """GroupIDs, ascending, each once; none for undoing a run, which may concern all there are."""
    named = _of_operation(intent.operation) if isinstance(intent, Undo) else concerned(intent)
    return tuple(sorted(set(named)))


def _of_operation(operation_id: int) -> Iterable[int]:
    moves = Move.objects.filter(operation_id=operation_id, run__isnull=True)
    for left, joined in moves.values_list("from_contact_id", "to_contact_id"):
        yield from (pk for pk in (left, joined) if pk is not None)
    pairs = Decision.objects.filter(operation_id=operation_id).values_list("left_id", "right_id")
    yield from places_of({pk for pair in pairs for pk in pair})


def hold(contact_ids: Iterable[int]) -> None:
    """Until the transaction ends nobody else asks for a change of these contacts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, part) FROM unnest(%s::integer[]) AS part",
            [_LOCK, sorted({pk % 2**31 for pk in contact_ids})],
        )


def crosses(intent: Intent) -> bool:
    """It joins two contacts that both have transactions, or that are protected differently."""
    if not isinstance(intent, Group | MoveRef):
        return False
    contact_ids = contacts_of(intent)
    return len(_buyers(contact_ids)) > 1 or len(_protections(contact_ids)) > 1


def _buyers(contact_ids: Iterable[int]) -> set[int]:
    bought = SourceTransaction.objects.filter(record__membership__contact__in=list(contact_ids))
    return set(bought.order_by().values_list("record__membership__contact", flat=True).distinct())


def _protections(contact_ids: Iterable[int]) -> set[frozenset[str]]:
    return {frozenset(one.reason for one in carried) for carried in standing_of(tuple(contact_ids)).values()}
