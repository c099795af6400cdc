from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from kith.jobs.tasks import MOST_ATTEMPTS, remove_old, retry_stalled

pytestmark = pytest.mark.slow


@app.task(name="tests.done_at_once", queue="default")
def done_at_once() -> None:
    return None


def _jobs() -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, status::text FROM procrastinate_jobs")
        return dict(cursor.fetchall())


def _left_behind(*, attempts: int) -> int:
    """A job whose worker was killed: in `doing`, and the worker has no heartbeat any more."""
    job_id = done_at_once.defer()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s WHERE id = %s", [attempts, job_id]
        )
    return job_id


def test_a_job_whose_worker_was_killed_is_done_after_all(run_jobs: Callable[[], None]) -> None:
    job_id = _left_behind(attempts=1)
    retry_stalled.defer(timestamp=0)
    run_jobs()
    assert _jobs()[job_id] == "succeeded"


def test_a_job_that_keeps_killing_its_worker_is_given_up(run_jobs: Callable[[], None]) -> None:
    job_id = _left_behind(attempts=MOST_ATTEMPTS)
    retry_stalled.defer(timestamp=0)
    run_jobs()
    assert _jobs()[job_id] == "failed"


def test_jobs_that_ended_long_ago_are_removed_and_recent_ones_kept(run_jobs: Callable[[], None]) -> None:
    old, recent = done_at_once.defer(), done_at_once.defer()
    run_jobs()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_events SET at = at - interval '15 days' WHERE job_id = %s", [old]
        )
    remove_old.defer(timestamp=0)
    run_jobs()
    assert old not in _jobs()
    assert _jobs()[recent] == "succeeded"
