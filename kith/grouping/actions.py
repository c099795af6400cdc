"""Who is who, changed by people: grouping, ungrouping, splitting, moving, keeping apart, and undoing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from django.db import connection, transaction

from kith import bulk
from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts import standing
from kith.contacts.models import Contact
from kith.golden import opt_outs
from kith.golden.assembly import assemble
from kith.grouping import membership, present
from kith.grouping.intents import Intent, kind_of
from kith.grouping.models import Decision, Move, Operation
from kith.grouping.planned import Planned, before_of, planned
from kith.grouping.planning import Change, Said
from kith.kernel.errors import Conflict, Refused
from kith.sources import changes

_ASSEMBLED_AT_ONCE: Final = 10_000
"""Contacts; an undone run may touch more, and memory is not for all of them."""
_EVENTS: Final = {
    "group": "ContactsGrouped",
    "ungroup": "ContactUngrouped",
    "split": "ContactSplit",
    "move": "SystemRefMoved",
    "keep_apart": "ContactsKeptApart",
    "undo": "OperationUndone",
}
MOST_REASON: Final = 500


@transaction.atomic
def carry_out(
    *, actor: Actor, intent: Intent, reason: str = "", seen: str = "", lift: bool = False
) -> Operation:
    """Do it here and now, golden records and all; what it did is one operation, which can be undone.

    `seen`: `Outcome.seen` of the preview the person decided on; Conflict if anything changed since.
    `lift`: the person knows that earlier decisions of people are lifted; without it that is Refused.
    """
    require(actor, Permission.CONTACT_GROUP)
    membership.lock(seconds=membership.WAIT_SECONDS)
    found = planned(intent)
    found.change.allowed.or_raise()
    if seen and seen != found.seen:
        raise Conflict("Somebody changed these contacts since you looked. Nothing was done: look again.")
    if found.change.lift_asks and not lift:
        raise Refused(_warning(found.change.lift_asks))
    operation = Operation.objects.create(
        kind=kind_of(intent),
        user_id=actor.user_id,
        actor=actor.name,
        reason=reason.strip()[:MOST_REASON],
        undoes=found.undone,
        before=before_of(found.change, found.now),
    )
    group_ids = _write(found, operation, actor=actor)
    concerned = present.concerned(intent)
    journal.record(
        _EVENTS[kind_of(intent)],
        by=actor,
        subject_type="operation",
        subject_id=operation.pk,
        group_id=concerned[0] if concerned else None,
        detail={
            "contacts": group_ids[:100],
            "retired": sorted(found.change.retired)[:100],
            "lifted": len(found.change.lift_asks),
        },
    )
    return operation


@transaction.atomic
def keep_operation(*, actor: Actor, run_id: int) -> int:
    """What a run changes is one operation too. In the transaction that changes it."""
    require(actor, Permission.RUN_START)
    return Operation.objects.create(
        kind=Operation.Kind.RUN, run_id=run_id, user_id=actor.user_id, actor=actor.name
    ).pk


def _warning(lifted: Sequence[Said]) -> str:
    operations = Operation.objects.filter(pk__in={one.operation_id for one in lifted}).order_by("pk")
    who = ", ".join(f"{one.actor} ({one.at.day} {one.at:%b %Y})" for one in operations[:5])
    what = "kept apart" if lifted[0].apart else "grouped"
    return f"Some of these System Refs were {what} by {who}. Confirm that this decision is to be lifted."


def _write(found: Planned, operation: Operation, *, actor: Actor) -> list[int]:
    """Everything the plan says; gives the GroupIDs that are there afterwards."""
    change = found.change
    _look_again([pk for part in change.parts for pk in part.members])
    _lift(change.lift, operation)
    _decide(change, operation)
    plan = _moves(found)
    numbers = membership.write(
        plan,
        because=Move.Because.STEWARD,
        run_id=None,
        user_id=operation.user_id,
        operation_id=operation.pk,
        returns=change.returns,
        protect=found.undone is None,
    )
    group_ids = [part.group_id or numbers[membership.UNNUMBERED + at] for at, part in enumerate(change.parts)]
    _lead(change, group_ids, before=operation.before)
    _choose_again(change, actor=actor)
    if found.undone is not None:
        standing.forget_copies(operation_id=found.undone.pk, by=operation.pk)
        opt_outs.forget_kept(operation_id=found.undone.pk, by=operation.pk)
        _stands(found.undone, by=operation)
    if plan.moves.height:
        for start in range(0, len(group_ids), _ASSEMBLED_AT_ONCE):
            assemble(group_ids[start : start + _ASSEMBLED_AT_ONCE])
    return group_ids


def _look_again(record_ids: list[int]) -> None:
    """The next run looks at them anew: what a person decides may free others. Before any contact is locked,
    as whoever edits a claim does.
    """
    noted = "SELECT id, match_keys FROM sources_sourcerecord WHERE id = ANY(%s) ORDER BY id"
    with connection.cursor() as cursor:
        cursor.execute(changes.noting(noted), [record_ids])


def _lift(said: Sequence[Said], operation: Operation) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE grouping_decision SET lifted_by_id = %s WHERE id = ANY(%s)",
            [operation.pk, [one.id for one in said]],
        )


def _decide(change: Change, operation: Operation) -> None:
    rows = [
        *((*pair, Decision.Verdict.TOGETHER.value, None) for pair in change.together),
        *((*pair, Decision.Verdict.APART.value, None) for pair in change.apart),
        *((*one.pair, _verdict(one), one.operation_id) for one in change.restore),
    ]
    frame = pl.DataFrame(rows, schema=_DECISIONS, orient="row")
    bulk.append(frame.with_columns(operation_id=pl.lit(operation.pk)), "grouping_decision")


def _verdict(said: Said) -> str:
    return (Decision.Verdict.APART if said.apart else Decision.Verdict.TOGETHER).value


_DECISIONS: Final = {
    "left_id": pl.Int64(),
    "right_id": pl.Int64(),
    "verdict": pl.String(),
    "first_said_id": pl.Int64(),
}


def _moves(found: Planned) -> membership.Plan:
    change, now = found.change, found.now
    place = now.place_of()
    numbers = [
        membership.UNNUMBERED + at if part.group_id is None else part.group_id
        for at, part in enumerate(change.parts)
    ]
    moves = [(pk, now.contacts[place[pk]].kind, place[pk], numbers[at]) for pk, at in found.moving()]
    retired = {group_id: numbers[at] for group_id, at in change.retired.items()}
    return membership.moving(moves, retired=retired)


def _lead(change: Change, group_ids: Sequence[int], *, before: dict[str, list[int]]) -> None:
    for part, group_id in zip(change.parts, group_ids, strict=True):
        is_new = part.group_id is None and part.leading
        if is_new or str(group_id) in before:
            Contact.objects.filter(pk=group_id).update(leading_record_ids=list(part.leading))


def _choose_again(change: Change, *, actor: Actor) -> None:
    for group_id, record_id in change.chosen.items():
        Contact.objects.filter(pk=group_id).update(primary_record_id=record_id, primary_chosen=True)
        journal.record(
            "PrimaryChosen", by=actor, subject_type="source_record", subject_id=record_id, group_id=group_id
        )


def _stands(target: Operation, *, by: Operation) -> None:
    """`target` is undone; what it had itself undone stands again, and so on down."""
    Operation.objects.filter(pk=target.pk).update(undone_by=by)
    one, is_undone = target, True
    while one.undoes is not None:
        Operation.objects.filter(pk=one.undoes.pk).update(undone_by=None if is_undone else one)
        one, is_undone = one.undoes, not is_undone
