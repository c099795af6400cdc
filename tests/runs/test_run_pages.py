"""Grouping runs and their settings: it works, who may and who may not, what is not there, nonsense."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from kith.access.models import User
from kith.audit.models import Entry
from kith.jobs.models import Progress
from kith.runs.models import Run, RunSettings, RunStep

ClientOf = Callable[[User], Client]
SETTINGS = {
    "enabled": "on",
    "starts_at": "03:30",
    "timezone": "Europe/Athens",
    "breaker_percent": "15",
    "breaker_minimum": "50",
}


def run_in(state: str, **fields: object) -> Run:
    run = Run.objects.create(state=state, trigger="button", **fields)
    RunStep.objects.create(run=run, position=0, name="match", label="Compare and group", state="done")
    RunStep.objects.create(run=run, position=1, name="assemble", label="Assemble", counts={"placed": 12})
    return run


def test_the_list_shows_runs_to_every_role(viewer: User, client_of: ClientOf) -> None:
    run = run_in("done")
    page = client_of(viewer).get("/runs/").text
    assert f"Run {run.pk}" in page
    assert "1 of 2" in page
    assert "Run now" not in page


def test_the_list_asks_the_database_equally_often_for_one_run_and_for_fifty(
    viewer: User, client_of: ClientOf
) -> None:
    browser = client_of(viewer)
    run_in("done")
    with CaptureQueriesContext(
        connection,
    ) as few:
        browser.get("/runs/")
    for _ in range(49):
        run_in("done")
    with CaptureQueriesContext(connection) as many:
        browser.get("/runs/")
    assert len(few) == len(many)


def test_a_stranger_is_sent_to_sign_in(client: Client, db: None) -> None:
    for address in ("/runs/", "/runs/1/", "/runs/settings/"):
        assert client.get(address).status_code == 302


def test_a_run_that_does_not_exist_is_not_found(viewer: User, client_of: ClientOf) -> None:
    browser = client_of(viewer)
    assert browser.get("/runs/999/").status_code == 404
    assert browser.get("/runs/abc/").status_code == 404
    assert browser.get("/runs/?page=-3").status_code == 200


def test_a_running_run_refreshes_itself_each_second_and_a_done_one_does_not(
    viewer: User, client_of: ClientOf
) -> None:
    browser = client_of(viewer)
    running = run_in("running")
    Progress.objects.create(
        subject_type="run", subject_id=running.pk, label="Run", done=40, total=80, note="Grouping"
    )
    page = browser.get(f"/runs/{running.pk}/", headers={"HX-Request": "true"})
    assert "every 1s" in page.text
    assert "40 of 80" in page.text
    assert "<html" not in page.text
    Run.objects.update(state="done")
    assert "every 1s" not in browser.get(f"/runs/{running.pk}/").text


def test_run_now_puts_a_run_into_the_queue_once(steward: User, client_of: ClientOf) -> None:
    browser = client_of(steward)
    first = browser.post("/runs/start/", follow=True)
    assert "in the queue" in first.text
    second = browser.post("/runs/start/", follow=True)
    assert "A run is waiting to start already." in second.text
    job = ProcrastinateJob.objects.get(task_name="runs.overnight")
    assert job.args == {"trigger": "button", "user_id": steward.pk, "everything": False}
    assert Entry.objects.filter(event="RunRequested", user=steward).count() == 1


def test_who_asks_to_compare_everything_gets_a_run_that_does(steward: User, client_of: ClientOf) -> None:
    client_of(steward).post("/runs/start/", {"everything": "yes"})
    assert ProcrastinateJob.objects.get(task_name="runs.overnight").args["everything"] is True


def test_run_now_is_refused_while_a_run_waits_for_approval(steward: User, client_of: ClientOf) -> None:
    held = run_in("held", hold_reason="This run would change 40 of 50 GroupIDs.")
    answer = client_of(steward).post("/runs/start/", follow=True)
    assert f"Run {held.pk} waits for approval" in answer.text
    assert not ProcrastinateJob.objects.exists()


def test_a_viewer_may_not_start_cancel_or_approve(viewer: User, client_of: ClientOf) -> None:
    browser, held = client_of(viewer), run_in("held")
    for address in ("start", f"{held.pk}/cancel", f"{held.pk}/approve"):
        assert browser.post(f"/runs/{address}/").status_code == 403
    held.refresh_from_db()
    assert held.state == "held"


def test_a_get_starts_nothing(power_user: User, client_of: ClientOf) -> None:
    assert client_of(power_user).get("/runs/start/").status_code == 405


def test_a_held_run_shows_the_figures_and_goes_on_when_approved(
    power_user: User, client_of: ClientOf
) -> None:
    held = run_in("held", hold_reason="This run would change 40 of 50 GroupIDs (80 %); the limit is 20 %.")
    browser = client_of(power_user)
    assert "40 of 50 GroupIDs" in browser.get(f"/runs/{held.pk}/").text
    browser.post(f"/runs/{held.pk}/approve/")
    held.refresh_from_db()
    assert (held.state, held.approved_by_id) == ("running", power_user.pk)
    assert ProcrastinateJob.objects.filter(task_name="runs.overnight").count() == 1
    again = browser.post(f"/runs/{held.pk}/approve/", follow=True)
    assert "does not wait for approval" in again.text


def test_a_steward_sees_the_held_run_but_has_no_button_to_approve(steward: User, client_of: ClientOf) -> None:
    held = run_in("held", hold_reason="Much.")
    page = client_of(steward).get(f"/runs/{held.pk}/").text
    assert "Let it go on" not in page
    assert "Cancel the run" in page


def test_cancelling_a_held_run_ends_it_at_once(steward: User, client_of: ClientOf) -> None:
    held = run_in("held")
    browser = client_of(steward)
    browser.post(f"/runs/{held.pk}/cancel/")
    held.refresh_from_db()
    assert held.state == "cancelled"
    assert "has ended already" in browser.post(f"/runs/{held.pk}/cancel/", follow=True).text


def test_settings_are_saved_with_the_journal(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    assert browser.post("/runs/settings/save/", SETTINGS).status_code == 302
    saved = RunSettings.objects.get()
    assert (f"{saved.starts_at:%H:%M}", saved.timezone, saved.after_import) == (
        "03:30",
        "Europe/Athens",
        False,
    )
    assert Entry.objects.filter(event="RunSettingsSaved").count() == 1
    assert "03:30 (Europe/Athens)" in browser.get("/runs/settings/").text


@pytest.mark.parametrize(
    "wrong", [{"timezone": "Mars/Olympus"}, {"breaker_percent": "101"}, {"starts_at": "25:00"}]
)
def test_wrong_settings_come_back_with_the_form(
    power_user: User, client_of: ClientOf, wrong: dict[str, str]
) -> None:
    answer = client_of(power_user).post("/runs/settings/save/", SETTINGS | wrong)
    assert answer.status_code == 422
    assert "errorlist" in answer.text
    assert not RunSettings.objects.exists()


def test_settings_are_read_only_for_those_who_may_only_see_them(
    privacy_officer: User, steward: User, client_of: ClientOf
) -> None:
    page = client_of(privacy_officer).get("/runs/settings/").text
    assert "disabled" in page
    assert ">Save<" not in page
    assert client_of(privacy_officer).post("/runs/settings/save/", SETTINGS).status_code == 403
    assert client_of(steward).get("/runs/settings/").status_code == 403
