"""Answering, taking back, skipping and assigning questions; one answer to many like ones."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.models import Contact
from kith.grouping import membership
from kith.grouping.intents import Group, Intent, KeepApart, Undo
from kith.jobs import progress
from kith.jobs.progress import Cancelled, Tracker
from kith.kernel import clock
from kith.kernel.errors import Conflict, DomainError, NotFound, Refused
from kith.stewardship.actions import ask, cancel
from kith.stewardship.involved import hold
from kith.stewardship.review import queue
from kith.stewardship.review.models import Answer, ReviewBatch, ReviewItem
from kith.stewardship.review.question import ANSWERED_MEANWHILE, chosen_master, is_asked
from kith.stewardship.stewards import is_steward


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    item: ReviewItem
    waits: bool
    """For the overnight run or for a second person."""
    words: str


@transaction.atomic
def answer(
    *,
    actor: Actor,
    item_id: int,
    verdict: Answer,
    master_id: int | None = None,
    seen: str = "",
    batch_id: int | None = None,
) -> Given:
    """Group the two contacts or keep them apart. Raises Conflict where the question is no longer asked.

    `master_id`: by default the contact with more System Refs, then the older one. `seen` as for
    `kith.grouping.actions.carry_out`.
    """
    require(actor, Permission.CONTACT_GROUP)
    item = _asked(item_id, actor=actor)
    asked = ask(
        actor=actor,
        intent=_intent(item, verdict, master_id=master_id),
        reason="Review queue",
        seen=seen if verdict is Answer.GROUP else "",
    )
    item.state = ReviewItem.State.DECIDED if asked.operation else ReviewItem.State.WAITING
    item.operation, item.request = asked.operation, asked.request
    item.answer, item.batch_id = verdict, batch_id
    item.decided_by_id, item.decided_at = actor.user_id, clock.now()
    item.save()
    detail: journal.Detail = {"answer": verdict, "group_ids": [item.left_contact_id, item.right_contact_id]}
    _journal("ReviewAnswered", item, by=actor, detail=detail)
    return Given(item=item, waits=asked.operation is None, words=asked.words)


def _asked(item_id: int, *, actor: Actor) -> ReviewItem:
    """An open question; until the transaction ends nobody else answers it."""
    item = _held(item_id, actor=actor)
    if not is_asked(item):
        raise Conflict(ANSWERED_MEANWHILE)
    return item


def _held(item_id: int, *, actor: Actor) -> ReviewItem:
    """Not by a lock on the row: a run locks membership first, and rows of questions after it."""
    item = queue.item_of(item_id, actor=actor)
    hold((item.left_contact_id, item.right_contact_id))
    item.refresh_from_db()
    return item


def _intent(item: ReviewItem, verdict: Answer, *, master_id: int | None) -> Intent:
    both = item.left_contact_id, item.right_contact_id
    if verdict is Answer.APART:
        return KeepApart(contacts=both)
    found = Contact.objects.only("pk", "record_count").in_bulk(both)
    master = chosen_master(found[both[0]], found[both[1]], master_id=master_id)
    return Group(master=master.pk, children=tuple(pk for pk in both if pk != master.pk))


@transaction.atomic
def undo(*, actor: Actor, item_id: int) -> ReviewItem:
    """Take an answer back: what it did is undone, and the question is asked again."""
    require(actor, Permission.CONTACT_GROUP)
    item = _held(item_id, actor=actor)
    if item.state == ReviewItem.State.WAITING and item.request_id is not None:
        cancel(actor=actor, request_id=item.request_id)
    elif item.state == ReviewItem.State.DECIDED and item.operation_id is not None:
        _undo(item, by=actor)
    else:
        raise Refused("There is no answer to take back.")
    _journal("ReviewUndone", item, by=actor)
    item.refresh_from_db()
    return item


def _undo(item: ReviewItem, *, by: Actor) -> None:
    """Open before the operation is undone: the questions are refreshed then, and this one is found there.
    Where the two are asked about again already, that question goes on.
    """
    assert item.operation_id is not None
    intent = Undo(operation=item.operation_id)
    # Else a run asks about the two between looking and writing.
    membership.lock(seconds=membership.WAIT_SECONDS)
    is_asked_again = queue.about_both(item).exists()
    item.state = ReviewItem.State.GONE if is_asked_again else ReviewItem.State.OPEN
    item.answer, item.batch_id = "", None
    item.decided_by_id, item.decided_at, item.operation, item.request = None, None, None, None
    item.save()
    ask(actor=by, intent=intent, reason="Review queue")


@transaction.atomic
def skip(*, actor: Actor, item_id: int) -> None:
    """It comes after all others, and stands in its place again after a week."""
    require(actor, Permission.CONTACT_GROUP)
    item = _locked_open(item_id)
    item.turn = min(item.turn + 1, 32_000)
    item.skipped_at = clock.now()
    item.save(update_fields=["turn", "skipped_at"])
    _journal("ReviewSkipped", item, by=actor)


@transaction.atomic
def assign(*, actor: Actor, item_id: int, user_id: int | None) -> ReviewItem:
    """To somebody who may decide; None: to nobody."""
    require(actor, Permission.CONTACT_GROUP)
    item = _locked_open(item_id)
    if user_id is not None and not is_steward(user_id):
        raise Refused("This person may not group contacts.")
    item.assigned_to_id = user_id
    item.save(update_fields=["assigned_to"])
    _journal("ReviewAssigned", item, by=actor, detail={"owner": user_id})
    return item


def _locked_open(item_id: int) -> ReviewItem:
    item = ReviewItem.objects.select_for_update(of=("self",)).filter(pk=item_id).first()
    if item is None:
        raise NotFound("There is no such question.")
    if item.state != ReviewItem.State.OPEN:
        raise Conflict(ANSWERED_MEANWHILE)
    return item


def _journal(event: str, item: ReviewItem, *, by: Actor, detail: journal.Detail | None = None) -> None:
    journal.record(
        event,
        by=by,
        subject_type="review_item",
        subject_id=item.pk,
        group_id=item.left_contact_id,
        detail=detail,
    )


@transaction.atomic
def ask_batch(*, actor: Actor, item_id: int, verdict: Answer, total: int | None = None) -> ReviewBatch:
    """One answer for all open questions like this one. `execute_batch` gives it. `total`: how many they were
    when somebody looked; Conflict where they are others by now.
    """
    require(actor, Permission.CONTACT_GROUP)
    item = queue.item_of(item_id, actor=actor)
    # As whoever else writes many questions in one statement does.
    membership.lock(seconds=membership.WAIT_SECONDS)
    item.refresh_from_db()
    if item.state != ReviewItem.State.OPEN or not item.pattern:
        raise Conflict(ANSWERED_MEANWHILE)
    batch = ReviewBatch.objects.create(
        answer=verdict,
        kind=item.kind,
        contact_kind=item.contact_kind,
        pattern=item.pattern,
        total=0,
        asked_by_id=actor.user_id,
    )
    batch.total = queue.like(item).order_by().update(batch=batch)
    if total is not None and total != batch.total:
        raise Conflict(f"There are {batch.total:,} questions like this one by now. Look at them again.")
    batch.save(update_fields=["total"])
    _journal_batch("ReviewBatchAsked", batch, by=actor)
    return batch


def execute_batch(*, actor: Actor, batch_id: int, tracker: Tracker) -> ReviewBatch:
    """Each answer in a transaction of its own; after a crash it goes on with what is left."""
    require(actor, Permission.CONTACT_GROUP)
    batch = queue.batch_of(batch_id, actor=actor)
    if batch.state not in {ReviewBatch.State.WAITING, ReviewBatch.State.RUNNING}:
        return batch
    ReviewBatch.objects.filter(pk=batch_id).update(state=ReviewBatch.State.RUNNING)
    state, refused = ReviewBatch.State.DONE, batch.refused_count
    try:
        for item_id in _left_of(batch):
            tracker.at(_given_in(batch).count() + refused, batch.total, "Answers")
            refused += not _answered(actor, item_id, batch)
            ReviewBatch.objects.filter(pk=batch_id).update(refused_count=refused)
    except Cancelled:
        state = ReviewBatch.State.CANCELLED
    return _end(batch, state, by=actor)


def _left_of(batch: ReviewBatch) -> list[int]:
    waiting = batch.items.filter(state=ReviewItem.State.OPEN).order_by("-priority", "pk")
    return list(waiting.values_list("pk", flat=True))


def _given_in(batch: ReviewBatch) -> QuerySet[ReviewItem]:
    return batch.items.filter(state__in=[ReviewItem.State.DECIDED, ReviewItem.State.WAITING])


def _answered(actor: Actor, item_id: int, batch: ReviewBatch) -> bool:
    try:
        answer(actor=actor, item_id=item_id, verdict=Answer(batch.answer), batch_id=batch.pk)
    except DomainError:
        ReviewItem.objects.filter(pk=item_id, batch=batch).update(batch=None)
        return False
    return True


@transaction.atomic
def _end(batch: ReviewBatch, state: ReviewBatch.State, *, by: Actor) -> ReviewBatch:
    membership.lock()
    batch.refresh_from_db()
    batch.items.filter(state=ReviewItem.State.OPEN).update(batch=None)
    batch.state, batch.done_count, batch.finished_at = state, _given_in(batch).count(), clock.now()
    batch.save()
    _journal_batch("ReviewBatchEnded", batch, by=by)
    return batch


@transaction.atomic
def ask_batch_undo(*, actor: Actor, batch_id: int) -> ReviewBatch:
    """`execute_batch_undo` takes its answers back."""
    require(actor, Permission.CONTACT_GROUP)
    queue.batch_of(batch_id, actor=actor)
    batch = ReviewBatch.objects.select_for_update().get(pk=batch_id)
    if batch.state not in {ReviewBatch.State.DONE, ReviewBatch.State.CANCELLED}:
        raise Refused("Only a batch that has ended can be taken back.")
    batch.state = ReviewBatch.State.UNDOING
    batch.save(update_fields=["state"])
    progress.forget_cancel(ReviewBatch.SUBJECT, batch.pk)
    _journal_batch("ReviewBatchUndoAsked", batch, by=actor)
    return batch


def execute_batch_undo(*, actor: Actor, batch_id: int, tracker: Tracker) -> ReviewBatch:
    """The newest answer first. What cannot be undone, as later changes stand on it, stays and is counted."""
    require(actor, Permission.CONTACT_GROUP)
    batch = queue.batch_of(batch_id, actor=actor)
    if batch.state != ReviewBatch.State.UNDOING:
        return batch
    item_ids = list(_given_in(batch).order_by("-decided_at", "-pk").values_list("pk", flat=True))
    try:
        for number, item_id in enumerate(item_ids):
            tracker.at(number, len(item_ids), "Answers taken back")
            _taken_back(actor, item_id)
    except Cancelled:
        return _end(batch, ReviewBatch.State.CANCELLED, by=actor)
    return _end(batch, ReviewBatch.State.UNDONE, by=actor)


def _taken_back(actor: Actor, item_id: int) -> bool:
    try:
        undo(actor=actor, item_id=item_id)
    except DomainError:
        return False
    return True


def _journal_batch(event: str, batch: ReviewBatch, *, by: Actor) -> None:
    journal.record(
        event,
        by=by,
        subject_type=ReviewBatch.SUBJECT,
        subject_id=batch.pk,
        detail={"answer": batch.answer, "total": batch.total, "done": batch.done_count},
    )
