"""The Jobs page, and what its buttons do to the queue."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django import app

from kith.access.models import User
from kith.audit.models import Entry
from kith.jobs.labels import LABELS
from kith.jobs.models import Progress

ClientOf = Callable[[User], Client]


def job(status: str, *, task: str = "sources.run_import", queueing_lock: str | None = None) -> int:
    """Straight into the queue's table, which the library's models only read."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs "
            " (queue_name, task_name, priority, args, status, attempts, queueing_lock)"
            " VALUES ('default', %s, 0, '{}', %s, 1, %s) RETURNING id",
            [task, status, queueing_lock],
        )
        return int(cursor.fetchall()[0][0])


def status_of(job_id: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job_id])
        return str(cursor.fetchall()[0][0])


def test_each_tab_shows_its_jobs_and_their_progress(steward: User, client_of: ClientOf) -> None:
    running = job("doing")
    Progress.objects.create(
        subject_type="import", subject_id=1, label="Import of tickets", job_id=running, done=300, total=1200
    )
    job("failed", task="runs.overnight")
    browser = client_of(steward)
    first = browser.get("/jobs/").text
    assert "Import of tickets" in first
    assert "300 of 1,200" in first
    assert "Grouping run" in browser.get("/jobs/?show=failed").text
    assert "Nothing waits" in browser.get("/jobs/?show=waiting").text
    assert "Nothing done yet" in browser.get("/jobs/?show=done").text
    assert browser.get("/jobs/?show=nonsense&page=x").status_code == 200


def test_the_minute_by_minute_housekeeping_stays_out_unless_it_fails(
    steward: User, client_of: ClientOf
) -> None:
    job("succeeded", task="runs.tick")
    job("failed", task="jobs.remove_old")
    browser = client_of(steward)
    assert "Nothing done yet" in browser.get("/jobs/?show=done").text
    assert browser.get("/jobs/?show=failed").text.count("Remove jobs older than two weeks") == 2


def test_the_list_asks_the_database_equally_often_for_one_job_and_for_fifty(
    steward: User, client_of: ClientOf
) -> None:
    browser = client_of(steward)
    job("doing")
    browser.get("/jobs/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/jobs/")
    for _ in range(49):
        job("doing")
    with CaptureQueriesContext(connection) as many:
        browser.get("/jobs/")
    assert len(few) == len(many)


def test_only_those_who_may_see_jobs_see_them(viewer: User, client: Client, client_of: ClientOf) -> None:
    assert client.get("/jobs/").status_code == 302
    assert client_of(viewer).get("/jobs/").status_code == 403


def test_who_may_only_look_has_no_buttons_and_is_refused(steward: User, client_of: ClientOf) -> None:
    waiting, browser = job("todo"), client_of(steward)
    assert "Cancel" not in browser.get("/jobs/?show=waiting").text
    assert browser.post(f"/jobs/{waiting}/cancel/").status_code == 403
    assert status_of(waiting) == "todo"


def test_a_waiting_job_that_is_cancelled_never_starts(power_user: User, client_of: ClientOf) -> None:
    waiting = job("todo")
    client_of(power_user).post(f"/jobs/{waiting}/cancel/")
    assert status_of(waiting) == "cancelled"
    assert Entry.objects.filter(event="JobCancelled", subject_id=waiting, user=power_user).exists()


def test_a_running_job_that_is_cancelled_is_told_to_stop(power_user: User, client_of: ClientOf) -> None:
    running = job("doing")
    Progress.objects.create(subject_type="run", subject_id=7, label="Run 7", job_id=running)
    client_of(power_user).post(f"/jobs/{running}/cancel/")
    assert Progress.objects.get().cancel_requested
    assert status_of(running) == "doing"


def test_a_failed_job_is_tried_again_and_an_old_cancel_is_forgotten(
    power_user: User, client_of: ClientOf
) -> None:
    failed = job("failed")
    Progress.objects.create(
        subject_type="import", subject_id=1, label="Import", job_id=failed, cancel_requested=True
    )
    client_of(power_user).post(f"/jobs/{failed}/retry/")
    assert status_of(failed) == "todo"
    assert not Progress.objects.get().cancel_requested
    assert Entry.objects.filter(event="JobRetried").count() == 1


def test_a_retry_is_refused_when_the_same_work_waits_already(power_user: User, client_of: ClientOf) -> None:
    failed = job("failed", task="runs.overnight", queueing_lock="overnight")
    job("todo", task="runs.overnight", queueing_lock="overnight")
    answer = client_of(power_user).post(f"/jobs/{failed}/retry/", follow=True)
    assert "waits in the queue already" in answer.text
    assert status_of(failed) == "failed"
    assert not Entry.objects.filter(event="JobRetried").exists()


@pytest.mark.parametrize(
    ("status", "verb"), [("succeeded", "cancel"), ("failed", "cancel"), ("todo", "retry")]
)
def test_what_cannot_be_done_is_refused_in_words(
    power_user: User, client_of: ClientOf, status: str, verb: str
) -> None:
    one = job(status)
    answer = client_of(power_user).post(f"/jobs/{one}/{verb}/", follow=True)
    assert "notice-error" in answer.text
    assert status_of(one) == status


def test_a_job_that_does_not_exist_is_not_found(power_user: User, client_of: ClientOf) -> None:
    assert client_of(power_user).post("/jobs/424242/cancel/").status_code == 404
    assert client_of(power_user).get("/jobs/424242/cancel/").status_code == 405


def test_every_job_has_a_name_that_people_use() -> None:
    ours = {name for name in app.tasks if not name.startswith(("builtin:", "procrastinate.", "tests."))}
    assert {"privacy.carry_on", "runs.overnight"} <= ours
    assert ours - set(LABELS) == set()
