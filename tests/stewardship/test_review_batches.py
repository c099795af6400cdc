"""One answer to many like questions, and taking it back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob

from kith.access.models import User
from kith.contacts.models import Contact
from kith.grouping.intents import Undo
from kith.grouping.models import Decision, Operation
from kith.jobs import progress
from kith.jobs.actions import cancel_job
from kith.kernel.errors import Conflict, Refused
from kith.stewardship.requests import ask
from kith.stewardship.review import actions, tasks
from kith.stewardship.review.models import Answer, ReviewBatch, ReviewItem
from tests.stewardship.doubtful import asked

ClientOf = Callable[[User], Client]
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
NAMES = ("Andreas", "Despina", "Eleni")


def like(number: int = 3) -> list[ReviewItem]:
    return [asked(first=f"{NAMES[n % 3]}{'a' * (n // 3)}") for n in range(number)]


def tracker(batch: ReviewBatch) -> progress.Tracker:
    return progress.start(ReviewBatch.SUBJECT, batch.pk, label="Review answers")


def test_the_preview_counts_the_like_questions_and_shows_some(steward: User, client_of: ClientOf) -> None:
    first, *_ = like()
    text = client_of(steward).get(f"/review/{first.pk}/similar/").text
    assert "Answer 3 like questions at once" in text
    assert "Andreas Georgiou" in text
    assert "same first name" in text


def test_a_small_batch_is_answered_at_once_each_with_an_operation_of_its_own(
    steward: User, client_of: ClientOf
) -> None:
    first, *_ = like()
    sent = client_of(steward).post(f"/review/{first.pk}/similar/answer/", {"answer": "apart"})
    batch = ReviewBatch.objects.get()
    assert sent.headers["Location"] == f"/review/batches/{batch.pk}/"
    assert (batch.state, batch.total, batch.done_count) == ("done", 3, 3)
    assert Operation.objects.filter(kind="keep_apart").count() == 3
    assert set(batch.items.values_list("state", flat=True)) == {"decided"}
    assert "Undo all 3" in client_of(steward).get(f"/review/batches/{batch.pk}/").text


def test_a_batch_is_taken_back_as_a_whole(steward: User, client_of: ClientOf) -> None:
    first, *_ = like()
    client = client_of(steward)
    client.post(f"/review/{first.pk}/similar/answer/", {"answer": "group"})
    assert Contact.objects.filter(state="active").count() == 3
    batch = ReviewBatch.objects.get()
    client.post(f"/review/batches/{batch.pk}/undo/")
    batch.refresh_from_db()
    assert (batch.state, batch.done_count) == ("undone", 0)
    assert Contact.objects.filter(state="active").count() == 6
    assert ReviewItem.objects.filter(state="open", batch__isnull=True).count() == 3
    assert not Decision.objects.filter(lifted_by__isnull=True).exists()
    assert client.post(f"/review/batches/{batch.pk}/undo/").status_code == 422


def test_what_somebody_answered_meanwhile_is_left_out(steward: User, power_user: User) -> None:
    first, second, _ = like()
    batch = actions.ask_batch(actor=steward.actor, item_id=first.pk, verdict=Answer.GROUP)
    actions.answer(actor=power_user.actor, item_id=second.pk, verdict=Answer.APART)
    ended = actions.execute_batch(actor=steward.actor, batch_id=batch.pk, tracker=tracker(batch))
    assert (ended.state, ended.total, ended.done_count) == ("done", 3, 2)
    second.refresh_from_db()
    assert (second.answer, second.decided_by) == ("apart", power_user)


def test_a_batch_that_was_cut_off_goes_on_with_what_is_left(steward: User) -> None:
    first, *_ = like()
    batch = actions.ask_batch(actor=steward.actor, item_id=first.pk, verdict=Answer.APART)
    actions.answer(actor=steward.actor, item_id=first.pk, verdict=Answer.APART, batch_id=batch.pk)
    ReviewBatch.objects.update(state="running")
    ended = actions.execute_batch(actor=steward.actor, batch_id=batch.pk, tracker=tracker(batch))
    assert ended.done_count == 3
    assert Operation.objects.count() == 3


def test_a_cancelled_batch_keeps_what_it_answered_and_frees_the_rest(steward: User) -> None:
    first, *_ = like()
    batch = actions.ask_batch(actor=steward.actor, item_id=first.pk, verdict=Answer.APART)
    watched = tracker(batch)
    progress.request_cancel(ReviewBatch.SUBJECT, batch.pk)
    ended = actions.execute_batch(actor=steward.actor, batch_id=batch.pk, tracker=watched)
    assert ended.state == "cancelled"
    assert ReviewItem.objects.filter(state="open", batch__isnull=True).count() == 3 - ended.done_count


def test_a_batch_that_was_cancelled_halfway_is_taken_back(steward: User) -> None:
    first, *_ = like()
    batch = actions.ask_batch(actor=steward.actor, item_id=first.pk, verdict=Answer.APART)
    actions.answer(actor=steward.actor, item_id=first.pk, verdict=Answer.APART, batch_id=batch.pk)
    watched = tracker(batch)
    progress.request_cancel(ReviewBatch.SUBJECT, batch.pk)
    actions.execute_batch(actor=steward.actor, batch_id=batch.pk, tracker=watched)
    actions.ask_batch_undo(actor=steward.actor, batch_id=batch.pk)
    ended = actions.execute_batch_undo(actor=steward.actor, batch_id=batch.pk, tracker=tracker(batch))
    assert (ended.state, ended.done_count) == ("undone", 0)
    assert not Decision.objects.filter(lifted_by__isnull=True).exists()


def test_an_answer_that_was_undone_elsewhere_does_not_hold_the_others_back(
    steward: User, client_of: ClientOf
) -> None:
    first, *_ = like()
    client = client_of(steward)
    client.post(f"/review/{first.pk}/similar/answer/", {"answer": "apart"})
    first.refresh_from_db()
    assert first.operation_id is not None
    ask(actor=steward.actor, intent=Undo(operation=first.operation_id))
    batch = ReviewBatch.objects.get()
    assert client.post(f"/review/batches/{batch.pk}/undo/").status_code == 302
    batch.refresh_from_db()
    assert (batch.state, batch.done_count) == ("undone", 1)
    assert ReviewItem.objects.filter(state="open").count() == 3
    assert not Decision.objects.filter(lifted_by__isnull=True).exists()


def test_an_answered_question_begins_no_batch(steward: User) -> None:
    first, *_ = like()
    actions.answer(actor=steward.actor, item_id=first.pk, verdict=Answer.APART)
    with pytest.raises(Conflict):
        actions.ask_batch(actor=steward.actor, item_id=first.pk, verdict=Answer.APART)


def test_a_batch_under_way_cannot_be_taken_back(steward: User) -> None:
    first, *_ = like()
    batch = actions.ask_batch(actor=steward.actor, item_id=first.pk, verdict=Answer.APART)
    with pytest.raises(Refused):
        actions.ask_batch_undo(actor=steward.actor, batch_id=batch.pk)


@pytest.mark.django_db(transaction=True)
def test_a_large_batch_is_a_job_with_progress(
    steward: User, client_of: ClientOf, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    first, *_ = like()
    client = client_of(steward)
    client.post(f"/review/{first.pk}/similar/answer/", {"answer": "apart"})
    batch = ReviewBatch.objects.get()
    assert batch.state == "waiting"
    assert "every 1s" in client.get(f"/review/batches/{batch.pk}/").text
    run_jobs()
    batch.refresh_from_db()
    assert (batch.state, batch.done_count) == ("done", 3)
    client.post(f"/review/batches/{batch.pk}/undo/")
    run_jobs()
    batch.refresh_from_db()
    assert batch.state == "undone"
    assert ReviewItem.objects.filter(state="open").count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_batch_whose_job_is_cancelled_before_it_starts_ends(
    steward: User,
    administrator: User,
    client_of: ClientOf,
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tasks, "AT_ONCE", 2)
    first, *_ = like()
    client_of(steward).post(f"/review/{first.pk}/similar/answer/", {"answer": "apart"})
    waiting = ProcrastinateJob.objects.get(task_name="stewardship.answer_batch", status="todo")
    cancel_job(actor=administrator.actor, job_id=waiting.pk)
    run_jobs()
    assert ReviewBatch.objects.get().state == "cancelled"
    assert not Operation.objects.exists()
