"""The overnight run end to end, on real claims and the real engine."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from django.db import OperationalError, connection

from kith.access.actors import NOBODY
from kith.contacts.models import Contact
from kith.grouping.models import Evidence, Move
from kith.kernel.errors import Conflict, NotAllowed
from kith.runs import actions
from kith.runs.models import Run, RunSettings, RunStep
from kith.sources.models import Membership, SourceRecord
from tests.claims import claim
from tests.grouping.acting import group_id, overnight

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


PHONES = ("+35799123456", "+35796784521", "+35797445512", "+35795887709")


@pytest.mark.smoke
def test_k6_equal_email_and_last_name_become_one_groupid_overnight() -> None:
    left = claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    right = claim("SHOP", "A", first_name="E.", last_name="Reid", email_1="ELENI@example.com")
    run = overnight()
    assert run.state == Run.State.DONE
    assert group_id(left) == group_id(right)


def test_k6_a_shared_email_alone_leaves_two_contacts() -> None:
    left = claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="home@example.com")
    right = claim("SHOP", "A", first_name="Tomasz", last_name="Kowalski", email_1="home@example.com")
    overnight()
    assert group_id(left) != group_id(right)


def test_k2_two_different_people_have_two_groupids_that_are_never_reused() -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid")
    overnight()
    first = Contact.objects.get().pk
    claim("TICKETS", "2", first_name="Petros", last_name="Nikolaou")
    overnight()
    second = Contact.objects.exclude(pk=first).get().pk
    assert second > first > 1_000_000


def test_every_system_ref_has_exactly_one_active_groupid_after_a_run() -> None:
    for number in range(5):
        claim(
            "TICKETS",
            str(number),
            first_name="Anna",
            last_name=f"Family{number % 3}",
            email_1="a@example.com",
        )
    overnight()
    assert not SourceRecord.objects.unplaced().exists()
    assert not Membership.objects.exclude(contact__state=Contact.State.ACTIVE).exists()


def test_a_run_without_news_changes_nothing() -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="eleni@example.com")
    claim("SHOP", "A", first_name="Helen", last_name="Reid", email_1="eleni@example.com")
    overnight()
    before = list(Evidence.objects.order_by("left_id").values_list("left_id", "right_id", "weight"))
    second = overnight()
    assert not Move.objects.filter(run=second).exists()
    assert list(Evidence.objects.order_by("left_id").values_list("left_id", "right_id", "weight")) == before
    assert second.steps.get(name="assemble").counts == {"golden_records": 0}


def test_a_claim_that_joins_two_contacts_retires_one_groupid_and_leads_to_the_other() -> None:
    first = claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    second = claim("SHOP", "A", first_name="Eleni", last_name="Reid", phone_1="+357 99 123456")
    overnight()
    kept, lost = group_id(first), group_id(second)
    assert kept != lost
    claim("CLUB", "M1", first_name="Eleni", last_name="Reid", email_1="e@example.com", phone_1="+35799123456")
    run = overnight()
    retired = Contact.objects.get(pk=lost)
    assert group_id(second) == kept
    assert (retired.state, retired.successor_id) == (Contact.State.RETIRED, kept)
    move = Move.objects.get(record_id=second.pk, run=run)
    assert (move.from_contact_id, move.to_contact_id, move.because) == (lost, kept, Move.Because.RUN)


def test_a_claim_that_no_longer_fits_leaves_its_contact() -> None:
    stays = claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    goes = claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    overnight()
    together = group_id(stays)
    claim("SHOP", "A", first_name="Petros", last_name="Nikolaou", email_1="p@example.com")
    overnight()
    assert group_id(stays) == together
    assert group_id(goes) != together


def test_the_circuit_breaker_holds_a_run_until_a_person_lets_it_go_on(administrator: object) -> None:
    RunSettings.objects.create(breaker_percent=10, breaker_minimum=1)
    records = [
        claim("TICKETS", str(n), first_name="Eleni", last_name="Reid", phone_1=PHONES[n]) for n in range(4)
    ]
    overnight()
    before = [group_id(record) for record in records]
    claim(
        "SHOP",
        "A",
        last_name="Reid",
        first_name="Eleni",
        **{f"phone_{n + 1}": PHONES[n] for n in range(4)},
    )
    held = overnight()
    assert held.state == Run.State.HELD
    assert "4 of 4 GroupIDs" in held.hold_reason
    assert [group_id(record) for record in records] == before
    with pytest.raises(Conflict, match="waits for approval"):
        overnight()

    actions.approve_run(actor=administrator.actor, run_id=held.pk)  # type: ignore[attr-defined]  # a User fixture
    done = overnight()
    assert (done.pk, done.state) == (held.pk, Run.State.DONE)
    assert len({group_id(record) for record in records}) == 1


def test_a_first_load_never_trips_the_circuit_breaker() -> None:
    RunSettings.objects.create(breaker_percent=0, breaker_minimum=0)
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid")
    assert overnight().state == Run.State.DONE


def test_a_run_that_was_cut_off_goes_on_where_it_stopped() -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    cut = overnight()
    Run.objects.filter(pk=cut.pk).update(state=Run.State.RUNNING, finished_at=None)
    cut.steps.filter(name__in=["assemble", "figures"]).update(state=RunStep.State.WAITING)
    Contact.objects.update(name="", stale_at="2026-01-01T00:00Z")
    again = overnight()
    assert (again.pk, again.state, again.resumed_count) == (cut.pk, Run.State.DONE, 1)
    assert Contact.objects.get().name == "Eleni Reid"


def test_a_run_whose_database_goes_away_goes_on_at_the_next_start() -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="e@example.com")

    def cut(
        execute: Callable[..., object], sql: str, params: object, many: object, context: object
    ) -> object:
        if "contacts_contact (" in sql:
            with psycopg.connect(**connection.get_connection_params()) as other:
                other.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(cut), pytest.raises(OperationalError):
        overnight()
    assert not Contact.objects.exists()
    again = overnight()
    assert (again.state, again.resumed_count) == (Run.State.DONE, 1)
    assert Contact.objects.get().name == "Eleni Reid"


def test_two_runs_at_once_are_refused() -> None:
    with connection.copy().cursor() as other:
        other.execute("SELECT pg_advisory_lock(5287414901)")
        with pytest.raises(Conflict, match="Another run is going on"):
            overnight()
        other.connection.close()


def test_who_may_not_start_a_run_is_refused() -> None:
    with pytest.raises(NotAllowed):
        actions.execute_run(actor=NOBODY, trigger=Run.Trigger.COMMAND)
    assert not Run.objects.exists()


def test_persons_and_companies_never_share_a_groupid() -> None:
    person = claim("TICKETS", "1", first_name="Harbour", last_name="Freight", email_1="info@example.com")
    company = claim(
        "TICKETS", "2", kind="company", company_name="Harbour Freight", email_1="info@example.com"
    )
    overnight()
    assert group_id(person) != group_id(company)
