"""Two stewards on one contact, and a steward who is cut off: all of an operation, or nothing of it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.grouping import membership
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, Intent, Undo, Ungroup, to_json
from kith.grouping.models import Decision, Move, Operation
from kith.grouping.previewing import preview
from kith.kernel.errors import Conflict, DomainError, Refused
from kith.runs import actions as runs
from kith.runs.models import Run
from kith.sources.models import Membership
from tests.claims import claim
from tests.locks import wait_until_released

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

CHILD = Path(__file__).with_name("killed_operation.py")


def _contacts() -> list[int]:
    for number, (first, last) in enumerate([("Eleni", "Reid"), ("Petros", "Nikolaou"), ("Zoe", "Adams")]):
        claim("TICKETS", str(number), first_name=first, last_name=last)
    runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    return sorted(Membership.objects.values_list("contact_id", flat=True))


def _told(intent: Intent, seen: str) -> str:
    try:
        carry_out(actor=COMMAND_LINE, intent=intent, seen=seen)
    except DomainError as error:
        return type(error).__name__
    finally:
        connection.close()
    return "done"


def test_of_two_stewards_who_looked_at_the_same_contact_one_is_told() -> None:
    one, other, third = _contacts()
    intents = [Group(master=one, children=(other,)), Group(master=third, children=(other,))]
    seen = [preview(actor=COMMAND_LINE, intent=intent).seen for intent in intents]
    with ThreadPoolExecutor(2) as both:
        told = sorted(both.map(_told, intents, seen))
    assert told in (["Conflict", "done"], ["Refused", "done"])
    assert Operation.objects.filter(kind=Operation.Kind.GROUP).count() == 1
    assert Membership.objects.values("contact_id").distinct().count() == 2


def test_two_stewards_on_different_contacts_do_not_wait_for_an_answer() -> None:
    one, other, third = _contacts()
    claim("SHOP", "s", first_name="Anna", last_name="Berg")
    runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    fourth = max(Membership.objects.values_list("contact_id", flat=True))
    intents = [Group(master=one, children=(other,)), Group(master=third, children=(fourth,))]
    with ThreadPoolExecutor(2) as both:
        assert list(both.map(_told, intents, ["", ""])) == ["done", "done"]


def test_the_same_undoing_asked_for_twice_at_once_is_done_once() -> None:
    one, other, _ = _contacts()
    operation = carry_out(actor=COMMAND_LINE, intent=Group(master=one, children=(other,)))
    undo = Undo(operation=operation.pk)
    with ThreadPoolExecutor(2) as both:
        assert sorted(both.map(_told, [undo, undo], ["", ""])) == ["Refused", "done"]
    assert Operation.objects.filter(kind=Operation.Kind.UNDO).count() == 1


def test_whoever_waits_too_long_for_a_run_is_told_and_nothing_happened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    one, other, _ = _contacts()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [membership.LOCK])
    monkeypatch.setattr("kith.grouping.actions.WAIT_SECONDS", 1)
    with ThreadPoolExecutor(1) as steward:
        told = steward.submit(_told, Group(master=one, children=(other,)), "").result()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [membership.LOCK])
    assert told == Conflict.__name__
    assert not Operation.objects.filter(kind=Operation.Kind.GROUP).exists()


@pytest.mark.parametrize("statement", [4, 9, 13, 17, 21, 25, 30, 36])
def test_an_operation_killed_between_two_statements_leaves_nothing(statement: int) -> None:
    one, other, third = _contacts()
    carry_out(actor=COMMAND_LINE, intent=Group(master=one, children=(other, third)))
    before = _all_there_is()
    intent = Ungroup(contact=one)
    code = _killed_at(statement, intent)
    wait_until_released()
    assert code == -signal.SIGKILL
    assert _all_there_is() == before
    with pytest.raises(Refused):
        carry_out(actor=COMMAND_LINE, intent=intent)
    carry_out(actor=COMMAND_LINE, intent=intent, lift=True)
    assert Membership.objects.values("contact_id").distinct().count() == 3


def _all_there_is() -> tuple[list[tuple[int, int]], int, list[int], int]:
    return (
        list(Membership.objects.order_by("record_id").values_list("record_id", "contact_id")),
        Move.objects.count(),
        list(Decision.objects.filter(lifted_by=None).order_by("pk").values_list("pk", flat=True)),
        Operation.objects.count(),
    )


def _killed_at(statement: int, intent: Intent) -> int:
    database = connection.settings_dict
    url = (
        f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={database['HOST']}"
    )
    if database["PORT"]:
        url += f"&port={database['PORT']}"
    environment = {**os.environ, "DATABASE_URL": url, "KITH_HOME": str(settings.HOME), "KITH_TESTING": "1"}
    environment["DJANGO_SETTINGS_MODULE"] = "kith.config.settings"
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(CHILD), str(statement), json.dumps(to_json(intent))],
        env=environment,
        check=False,
        capture_output=True,
        timeout=60,
    )
    return done.returncode
