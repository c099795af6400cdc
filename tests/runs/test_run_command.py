"""`kith run`, and what happens when runs meet."""

from __future__ import annotations

import time
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command
from django.db import connection

from kith.access.actors import OVERNIGHT
from kith.jobs import progress
from kith.kernel.errors import Conflict, Refused
from kith.runs import actions, lock
from kith.runs.models import Run, RunSettings
from tests.claims import claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def kith_run(*arguments: str) -> str:
    out = StringIO()
    call_command("run", *arguments, stdout=out)
    return out.getvalue()


PHONES = ("+35799123456", "+35796784521", "+35797445512", "+35795887709")


def four_that_a_fifth_makes_one() -> None:
    for n in range(4):
        claim("TICKETS", str(n), first_name="Eleni", last_name="Reid", phone_1=PHONES[n])
    kith_run()
    phones = {f"phone_{n + 1}": PHONES[n] for n in range(4)}
    claim("SHOP", "A", last_name="Reid", first_name="Eleni", **phones)


def test_kith_run_says_what_each_step_did() -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid")
    said = kith_run()
    assert "1 System Refs got their first GroupID" in said
    assert "done." in said


def test_kith_run_full_compares_everything_and_says_why() -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid")
    kith_run()
    assert "Only what changed was compared." in kith_run()
    assert "Everything was compared: somebody asked for it." in kith_run("--full")


def test_kith_run_exits_with_1_when_held_and_approve_lets_it_go_on() -> None:
    RunSettings.objects.create(breaker_percent=10, breaker_minimum=1)
    four_that_a_fifth_makes_one()
    with pytest.raises(SystemExit) as stopped:
        kith_run()
    assert stopped.value.code == 1
    held = Run.objects.get(state="held")
    assert "done." in kith_run("--approve")
    held.refresh_from_db()
    assert held.state == "done"
    assert held.approved_at is not None


def test_kith_run_approve_is_refused_when_nothing_is_held() -> None:
    with pytest.raises(Refused, match="No run waits"):
        kith_run("--approve")


def test_two_runs_at_once_are_refused_and_the_lock_dies_with_its_holder() -> None:
    parameters = connection.get_connection_params()
    wanted = {
        key: parameters[key] for key in ("dbname", "user", "password", "host", "port") if parameters.get(key)
    }
    other = psycopg.connect(**wanted)
    other.execute("SELECT pg_try_advisory_lock(%s)", [lock._KEY])
    with pytest.raises(Conflict, match="Another run is going on"):
        kith_run()
    assert not Run.objects.exists()
    other.close()
    _wait_until_free()
    assert "done." in kith_run()


def _wait_until_free() -> None:
    """The server notices a closed connection a moment later."""
    for _ in range(200):
        with lock.run_lock() as held:
            if held:
                return
        time.sleep(0.02)


def test_a_run_that_is_cancelled_before_its_first_step_ends_cancelled_and_the_next_one_is_whole() -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid")
    cut = actions.execute_run(actor=OVERNIGHT, trigger="command")
    Run.objects.filter(pk=cut.pk).update(state="running", finished_at=None)
    cut.steps.update(state="waiting")
    progress.request_cancel("run", cut.pk)
    with pytest.raises(SystemExit) as stopped:
        kith_run()
    assert stopped.value.code == 1
    cut.refresh_from_db()
    assert cut.state == "cancelled"
    assert "done." in kith_run()
