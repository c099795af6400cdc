"""Two stewards at once; a steward and the run; a run that is killed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from kith.access.actors import OVERNIGHT, Actor
from kith.access.models import User
from kith.contacts.models import Contact
from kith.grouping import membership
from kith.grouping.intents import Intent, Ungroup
from kith.grouping.models import Operation
from kith.kernel.errors import Conflict, DomainError, Refused
from kith.runs.models import Run
from kith.stewardship import requests
from kith.stewardship.actions import apply_waiting
from kith.stewardship.models import Request, RequestContact
from tests.contacts.factories import eleni
from tests.locks import wait_until_released
from tests.processes import KILLED, ended
from tests.stewardship.asking import another_steward, grouped, members, night, settle, strangers

pytestmark = pytest.mark.django_db(transaction=True)


def both(first: Callable[[], object], second: Callable[[], object]) -> list[object]:
    """Begun at the same moment, in two connections; what each gave or was refused with."""
    barrier = Barrier(2)

    def go(work: Callable[[], object]) -> object:
        barrier.wait(timeout=10)
        try:
            return work()
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(go, (first, second)))


def asking(actor: Actor, intent: Intent) -> Callable[[], object]:
    return lambda: requests.ask(actor=actor, intent=intent)


@pytest.mark.parametrize("waits", [True, False])
def test_a8_of_two_stewards_who_ask_for_the_same_contact_exactly_one_wins(steward: User, waits: bool) -> None:
    settle(changes_wait=waits)
    second = another_steward()
    for _ in range(5):
        one, other, third = strangers(3)
        ended = both(asking(steward.actor, grouped(one, other)), asking(second.actor, grouped(third, other)))
        assert sorted(isinstance(result, Refused) for result in ended) == [False, True]
        if waits:
            assert RequestContact.objects.filter(contact_id=other.pk, waits=True).count() == 1


def test_a8_grouping_and_ungrouping_the_same_contact_at_the_same_moment_is_one_of_them(
    steward: User,
) -> None:
    settle(changes_wait=True)
    second = another_steward()
    whole, other = eleni(), strangers(1)[0]
    ended = both(
        asking(steward.actor, grouped(whole, other)), asking(second.actor, Ungroup(contact=whole.pk))
    )
    assert sorted(isinstance(result, Refused) for result in ended) == [False, True]
    assert Request.objects.count() == 1


def test_requests_for_other_contacts_do_not_wait_for_each_other(steward: User) -> None:
    settle(changes_wait=True)
    one, other, third, fourth = strangers(4)
    ended = both(asking(steward.actor, grouped(one, other)), asking(steward.actor, grouped(third, fourth)))
    assert not [result for result in ended if isinstance(result, DomainError)]


def test_a34_cancelling_while_the_run_takes_it_is_either_cancelled_or_done(steward: User) -> None:
    settle(changes_wait=True)
    run = Run.objects.create(trigger="button")
    for _ in range(6):
        one, other = strangers(2)
        asked = requests.ask(actor=steward.actor, intent=grouped(one, other)).request
        assert asked is not None
        cancelled, applied = both(
            lambda: requests.cancel(actor=steward.actor, request_id=asked.pk),  # noqa: B023  # called in this round
            lambda: apply_waiting(actor=OVERNIGHT, request_id=asked.pk, run_id=run.pk),  # noqa: B023  # called in this round
        )
        asked.refresh_from_db()
        if isinstance(cancelled, Refused):
            assert (asked.state, applied, members(one)) == ("applied", "applied", 2)
        else:
            assert (asked.state, applied, members(one)) == ("cancelled", None, 1)
        assert not RequestContact.objects.filter(request=asked, waits=True).exists()


def test_whoever_cancels_while_a_run_writes_is_told_and_nothing_happened(
    steward: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(changes_wait=True)
    asked = requests.ask(actor=steward.actor, intent=grouped(*strangers(2))).request
    assert asked is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [membership.LOCK])
    monkeypatch.setattr("kith.grouping.membership.WAIT_SECONDS", 1)

    def cancelling() -> object:
        try:
            return requests.cancel(actor=steward.actor, request_id=asked.pk)
        except DomainError as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as threads:
        told = threads.submit(cancelling).result(timeout=20)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s)", [membership.LOCK])
    assert isinstance(told, Conflict)
    asked.refresh_from_db()
    assert asked.state == Request.State.QUEUED


@pytest.mark.slow
@pytest.mark.parametrize("statement", [30, 58, 70, 82, 96, 120, 140])
def test_requests_of_a_killed_run_are_carried_out_once_each(steward: User, statement: int) -> None:
    settle(changes_wait=True)
    contacts = strangers(6)
    for at in (0, 2, 4):
        requests.ask(actor=steward.actor, intent=grouped(contacts[at], contacts[at + 1]))
    assert ended("tests.runs.killed_run", str(statement)) == KILLED
    wait_until_released()
    done = Request.objects.filter(state="applied").count()
    assert Operation.objects.filter(kind="group").count() == done
    assert Contact.objects.filter(state="retired").count() == done
    assert night().state == Run.State.DONE
    assert [one.state for one in Request.objects.all()] == ["applied"] * 3
    assert Operation.objects.filter(kind="group").count() == 3
    assert [members(one) for one in contacts] == [2, 0] * 3
