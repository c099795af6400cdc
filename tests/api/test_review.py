"""The review queue for other systems."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from kith.access.acting import acting
from kith.access.models import User
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.grouping.models import Operation
from kith.jobs import progress
from kith.stewardship.review import actions, tasks
from kith.stewardship.review.models import ReviewBatch, ReviewItem
from tests.stewardship.doubtful import asked

pytestmark = pytest.mark.django_db


def _answer(client: Client, item: ReviewItem, **given: object) -> Any:
    return client.post(f"/api/v1/review/{item.pk}/answer", given, content_type="application/json")


def test_the_queue_lists_what_is_asked_the_most_pressing_first(running: Client) -> None:
    items = [
        asked(first=first, weight=weight) for first, weight in (("Eva", 0.5), ("Nikos", 3), ("Maria", 1))
    ]
    in_order = list(
        ReviewItem.objects.filter(pk__in=[one.pk for one in items])
        .order_by("-priority", "pk")
        .values_list("pk", flat=True)
    )
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        body = running.get("/api/v1/review", {"size": 1, "cursor": cursor}).json()
        found += [one["id"] for one in body["items"]]
        cursor = body["next"]
    assert found == in_order
    line = running.get(f"/api/v1/review/{items[0].pk}").json()
    assert (line["kind"], line["state"], line["answer"]) == ("pair", "open", "")
    assert line["left"]["name"] == "Eva Georgiou"
    assert set(line["sources"]) == {"MEMBERS", "TICKETS"}


def test_the_queue_is_filtered(running: Client) -> None:
    item = asked()
    for asking, number in (
        ({"kind": "pair"}, 1),
        ({"kind": "bridge"}, 0),
        ({"source": "MEMBERS"}, 1),
        ({"at_least": round(item.probability * 100) + 1}, 0),
        ({"at_most": 100}, 1),
    ):
        assert len(running.get("/api/v1/review", asking).json()["items"]) == number, asking
    assert running.get("/api/v1/review", {"source": "NOBODY"}).status_code == 422


def test_a_question_is_answered_and_the_answer_taken_back(running: Client) -> None:
    item = asked()
    done = _answer(running, item, answer="group", master=item.right_contact_id)
    assert done.status_code == 200
    assert done.json()["state"] == "decided"
    assert Contact.objects.get(pk=item.left_contact_id).successor_id == item.right_contact_id
    assert Operation.objects.get().pk == done.json()["operation_id"]
    assert running.get("/api/v1/review").json()["items"] == []
    again = _answer(running, item, answer="apart")
    assert again.status_code == 409
    undone = running.generic("POST", f"/api/v1/review/{item.pk}/undo")
    assert undone.json()["state"] == "open"
    assert Contact.objects.get(pk=item.left_contact_id).state == "active"


def test_keeping_apart_is_a_decision(running: Client) -> None:
    item = asked()
    assert _answer(running, item, answer="apart").status_code == 200
    (decision,) = running.get("/api/v1/decisions").json()["items"]
    assert decision["verdict"] == "apart"
    assert running.get(f"/api/v1/review/{item.pk}").json()["answer"] == "apart"


@pytest.mark.parametrize("given", [{}, {"answer": "merge"}, {"answer": "group", "more": 1}])
def test_an_answer_that_cannot_be_read_is_a_422(running: Client, given: dict[str, object]) -> None:
    item = asked()
    assert _answer(running, item, **given).status_code == 422
    item.refresh_from_db()
    assert item.state == "open"


def test_what_is_not_asked_is_a_404(running: Client) -> None:
    assert running.get("/api/v1/review/999999").status_code == 404
    assert running.generic("POST", "/api/v1/review/999999/undo").status_code == 404
    missing = running.post(
        "/api/v1/review/999999/answer", {"answer": "apart"}, content_type="application/json"
    )
    assert missing.status_code == 404


def test_a_page_of_a_queue_that_was_built_anew_says_so(running: Client) -> None:
    response = running.get("/api/v1/review", {"cursor": "AAAAAAAPQkA"})
    assert response.status_code == 409


def test_the_queue_costs_the_same_with_one_question_and_with_five(running: Client) -> None:
    asked()
    running.get("/api/v1/review")
    with CaptureQueriesContext(connection) as few:
        running.get("/api/v1/review")
    for first in ("Eva", "Nikos", "Maria", "Despina"):
        asked(first=first)
    with CaptureQueriesContext(connection) as many:
        running.get("/api/v1/review")
    assert len(few) == len(many)


def test_a_question_is_skipped_and_assigned(running: Client, steward: User, viewing: Client) -> None:
    first, second = asked(first="Eva", weight=3), asked(first="Nikos", weight=1)
    path = f"/api/v1/review/{first.pk}"
    assert running.post(f"{path}/skip", content_type="application/json").json()["state"] == "open"
    listed = running.get("/api/v1/review").json()["items"]
    assert [one["id"] for one in listed] == [second.pk, first.pk]
    assert listed[1]["skipped_at"] is not None
    for user, status in ((steward.pk, 200), (None, 200), (4711, 422)):
        answer = running.put(f"{path}/assigned", {"user": user}, content_type="application/json")
        assert answer.status_code == status
        if status == 200:
            assert running.get(path).json()["assigned_to"] == user
    assert viewing.post(f"{path}/skip", content_type="application/json").status_code == 403
    assert running.post("/api/v1/review/4711/skip", content_type="application/json").status_code == 404


def test_like_questions_are_answered_at_once_and_taken_back_as_a_whole(
    running: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, *_ = [asked(first=name) for name in ("Andreas", "Despina", "Eleni")]
    path = f"/api/v1/review/{first.pk}/similar"
    seen = running.get(path).json()
    assert (seen["total"], len(seen["items"])) == (3, 3)
    assert "same last name" in seen["words"]
    given = {"answer": "apart", "total": seen["total"] - 1}
    assert running.post(f"{path}/answer", given, content_type="application/json").status_code == 409
    given["total"] = seen["total"]
    made = running.post(f"{path}/answer", given, content_type="application/json")
    assert (made.status_code, made.json()["state"]) == (202, "done"), made.content
    assert running.get(path).status_code == 409
    batch = f"/api/v1/review/batches/{made.json()['id']}"
    assert (running.get(batch).json()["done"], running.get(batch).json()["refused"]) == (3, 0)
    monkeypatch.setattr(tasks, "AT_ONCE", 0)
    undone = running.post(f"{batch}/undo", content_type="application/json")
    assert (undone.status_code, undone.json()["state"]) == (202, "undoing")
    job = ProcrastinateJob.objects.get(task_name="stewardship.undo_batch")
    actor = acting(user_id=job.args["user_id"], key_id=job.args["key_id"])
    assert actor.may(Permission.CONTACT_GROUP)
    batch_row = ReviewBatch.objects.get()
    actions.execute_batch_undo(
        actor=actor,
        batch_id=batch_row.pk,
        tracker=progress.start(ReviewBatch.SUBJECT, batch_row.pk, label="Review answers"),
    )
    assert running.get(batch).json()["state"] == "undone"
    assert running.get(path).json()["total"] == 3
    assert running.post(f"{batch}/undo", content_type="application/json").status_code == 422
