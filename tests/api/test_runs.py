from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.kernel.clock import now
from kith.runs.models import Run, RunStep

pytestmark = pytest.mark.django_db


def _run(state: str = "done", **more: object) -> Run:
    run = Run.objects.create(state=state, trigger="button", finished_at=now(), **more)
    RunStep.objects.create(
        run=run, position=1, name="golden", label="Golden records", counts={"golden_records": 7}
    )
    RunStep.objects.create(run=run, position=0, name="matching", label="Matching", state="done")
    return run


def test_a_run_is_put_into_the_queue(running: Client) -> None:
    before = _run()
    response = running.generic("POST", "/api/v1/runs")
    assert (response.status_code, response.json()) == (202, {"state": "queued", "last_run_id": before.pk})


def test_a_second_run_is_refused_while_one_waits(running: Client) -> None:
    running.generic("POST", "/api/v1/runs")
    response = running.generic("POST", "/api/v1/runs")
    assert response.status_code == 409
    assert "waiting to start" in response.json()["error"]


def test_a_run_shows_its_steps_in_order(viewing: Client) -> None:
    run = _run()
    body = viewing.get(f"/api/v1/runs/{run.pk}").json()
    assert (body["id"], body["state"], body["trigger"], body["steps_done"]) == (run.pk, "done", "button", 1)
    assert [step["name"] for step in body["steps"]] == ["matching", "golden"]
    assert body["steps"][1]["counts"] == {"golden_records": 7}


def test_a_held_run_says_why(viewing: Client) -> None:
    run = _run("held", hold_reason="It would change 12 % of the GroupIDs.")
    body = viewing.get(f"/api/v1/runs/{run.pk}").json()
    assert (body["state"], body["reason"]) == ("held", "It would change 12 % of the GroupIDs.")


@pytest.mark.parametrize("run_id", ["999999", "0", "abc", "9" * 30])
def test_a_run_that_is_not_there_is_a_404(viewing: Client, run_id: str) -> None:
    assert viewing.get(f"/api/v1/runs/{run_id}").status_code == 404


def test_the_newest_run_comes_first_and_many_cost_what_one_costs(viewing: Client) -> None:
    _run()
    viewing.get("/api/v1/runs")
    with CaptureQueriesContext(connection) as one:
        viewing.get("/api/v1/runs")
    newest = [_run().pk for _ in range(5)][-1]
    with CaptureQueriesContext(connection) as many:
        body = viewing.get("/api/v1/runs", {"size": 3}).json()
    assert len(one) == len(many) == 4
    assert (body["items"][0]["id"], len(body["items"])) == (newest, 3)
    rest = viewing.get("/api/v1/runs", {"size": 3, "cursor": body["next"]}).json()
    assert rest["next"] is None
    assert [one["id"] for one in [*body["items"], *rest["items"]]] == list(range(newest, newest - 6, -1))
