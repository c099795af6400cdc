"""Two stewards on one contact, and a steward who is cut off: all of an operation, or nothing of it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from django.db import connection

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.contacts.actions import add_contact
from kith.grouping import membership
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, Intent, Undo, Ungroup, to_json
from kith.grouping.models import Decision, Move, Operation
from kith.grouping.previewing import preview
from kith.kernel.errors import Conflict, DomainError, Refused
from kith.runs import actions as runs
from kith.runs.models import Run
from kith.sources.models import Membership
from tests.claims import claim, source
from tests.grouping.acting import group_id, overnight
from tests.locks import wait_until_released, wait_until_somebody_waits
from tests.processes import KILLED, ended

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def _contacts() -> list[int]:
    for number, (first, last) in enumerate([("Eleni", "Reid"), ("Petros", "Nikolaou"), ("Zoe", "Adams")]):
        claim("TICKETS", str(number), first_name=first, last_name=last)
    overnight()
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
    overnight()
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
    monkeypatch.setattr("kith.grouping.membership.WAIT_SECONDS", 1)
    with ThreadPoolExecutor(1) as steward:
        told = steward.submit(_told, Group(master=one, children=(other,)), "").result()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [membership.LOCK])
    assert told == Conflict.__name__
    assert not Operation.objects.filter(kind=Operation.Kind.GROUP).exists()


def test_whoever_writes_contacts_takes_them_in_the_order_of_their_groupids_as_assembly_does() -> None:
    """Else a steward and a run could wait for each other, and one of them would be cut off."""
    first, last, _ = _contacts()
    parameters = connection.get_connection_params()
    with ThreadPoolExecutor(1) as steward, psycopg.connect(**parameters) as assembly:
        assembly.execute("SELECT FROM contacts_contact WHERE id = %s FOR UPDATE", [first])
        told = steward.submit(_told, Group(master=first, children=(last,)), "")
        wait_until_somebody_waits(of="transactionid")
        assembly.execute("SELECT FROM contacts_contact WHERE id = %s FOR UPDATE NOWAIT", [last])
        assembly.rollback()
        assert told.result(timeout=10) == "done"


def test_a_system_ref_grouped_while_everything_is_compared_is_not_left_with_a_retired_groupid(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kith.jobs.progress.MIN_INTERVAL_SECONDS", 0)
    source("LOCAL")
    one = claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    other = claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="other@example.com")
    overnight()
    home, retires = group_id(one), group_id(other)
    claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    typed: list[int] = []

    def meanwhile(done: int, total: int | None, note: str) -> None:
        if note == "Compare" and not typed:
            typed.append(add_contact(actor=COMMAND_LINE, kind="person", claim={"last_name": "Berg"}))
            carry_out(actor=COMMAND_LINE, intent=Group(master=retires, children=(typed[0],)))

    runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND, everything=True, listener=meanwhile)
    assert len(typed) == 1
    assert set(Membership.objects.values_list("contact_id", flat=True)) == {home}


@pytest.mark.parametrize("statement", [4, 9, 13, 17, 21, 25, 30, 36])
def test_an_operation_killed_between_two_statements_leaves_nothing(statement: int) -> None:
    one, other, third = _contacts()
    carry_out(actor=COMMAND_LINE, intent=Group(master=one, children=(other, third)))
    before = _all_there_is()
    intent = Ungroup(contact=one)
    assert ended("tests.grouping.killed_operation", str(statement), json.dumps(to_json(intent))) == KILLED
    wait_until_released()
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
