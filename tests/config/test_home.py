from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from kith.access.models import User
from kith.config import figures, standing
from kith.config.last_run import last_run, last_run_line
from kith.contacts.models import Contact
from kith.kernel.clock import now
from kith.runs.models import Run, RunStep
from kith.sources import changes
from kith.sources.models import Import, Membership, SourceRecord, SourceSystem
from kith.stewardship.models import Case


def _source(code: str = "TIX") -> SourceSystem:
    return SourceSystem.objects.create(code=code, name=f"Source {code}", colour="#3b6fb6")


def _record(source: SourceSystem, ref: str, contact: Contact | None = None) -> SourceRecord:
    record = SourceRecord.objects.create(
        source=source, system_ref=ref, claim={}, content_hash=uuid.uuid4(), kind="person"
    )
    changes.note(record.pk, old_keys=())
    if contact is not None:
        Membership.objects.create(record=record, contact=contact)
    return record


def _run(state: Run.State = Run.State.DONE, **counts: int) -> Run:
    run = Run.objects.create(trigger="button", state=state, finished_at=now())
    RunStep.objects.create(
        run=run, position=0, name="figures", label="Count", state="done", counts=counts, finished_at=now()
    )
    return run


def test_a_new_installation_shows_the_first_steps(
    administrator: User, client_of: Callable[[User], Client]
) -> None:
    text = client_of(administrator).get("/").text
    assert "First steps" in text
    assert "What waits" not in text


def test_a_stranger_is_led_to_the_sign_in(db: None) -> None:
    assert Client().get(reverse("home"))["Location"] == "/sign-in/?next=/"


def test_home_shows_what_waits_and_what_the_last_run_counted(
    administrator: User, client_of: Callable[[User], Client]
) -> None:
    source, contact = _source(), Contact.objects.create(kind="person")
    _record(source, "A", contact)
    _record(source, "B")
    counts = {
        f"source_{source.pk}_{name}": n for name, n in (("records", 72), ("contacts", 60), ("shared", 7))
    }
    _run(placed=1204, moved=318, records=72, contacts=60, **counts)
    text = client_of(administrator).get("/").text
    assert "System Ref without a GroupID" in text
    assert "Source TIX" in text
    assert "1,204 System Refs · 318 regrouped" in text


def test_open_cases_wait_for_whoever_groups_contacts(
    steward: User, viewer: User, client_of: Callable[[User], Client]
) -> None:
    Contact.objects.create(kind="person")
    Case.objects.create(kind=Case.Kind.MANUAL, title="Two of one name", opened_as="Eva")
    assert "open case" in client_of(steward).get("/").text
    assert "open case" not in client_of(viewer).get("/").text


def test_what_one_may_not_look_into_is_not_announced(
    viewer: User, client_of: Callable[[User], Client]
) -> None:
    Contact.objects.create(kind="person")
    Import.objects.create(source=_source(), file_name="x.csv")
    assert "waiting for mapping" not in client_of(viewer).get("/").text


def test_home_costs_the_same_with_one_source_and_with_twenty(
    administrator: User,
    client_of: Callable[[User], Client],
    django_assert_max_num_queries: DjangoAssertNumQueries,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = client_of(administrator)
    _record(_source(), "A", Contact.objects.create(kind="person"))
    with django_assert_max_num_queries(12) as first:
        client.get("/")
    for number in range(20):
        _record(_source(f"S{number}"), "A", Contact.objects.create(kind="person"))
    with django_assert_num_queries(len(first)):
        client.get("/")


def test_duplicates_are_records_less_contacts(db: None) -> None:
    source = _source()
    known = {f"source_{source.pk}_records": 72, f"source_{source.pk}_contacts": 60}
    rows = {row.code: row for row in standing.sources(known)}
    assert rows["TIX"].duplicates == 12
    assert rows["LOCAL"].duplicates is None


def test_a_source_that_went_quiet_is_said_to_be(db: None) -> None:
    quiet, fresh = _source("OLD"), _source("NEW")
    SourceRecord.objects.filter(pk=_record(quiet, "A").pk).update(received_at=now() - timedelta(days=20))
    _record(fresh, "A")
    rows = {row.code: row.is_stale for row in standing.sources({})}
    assert rows == {"OLD": True, "NEW": False, "LOCAL": False}


def test_growth_has_thirty_days_and_ends_today(db: None) -> None:
    source = _source()
    for days, new in ((0, 5), (0, 2), (29, 3), (40, 99)):
        Import.objects.create(
            source=source, file_name="x", new_count=new, finished_at=now() - timedelta(days=days)
        )
    days = standing.growth()
    assert len(days) == 30
    assert (days[0], days[-1], sum(days)) == (3, 7, 10)


def test_figures_count_active_contacts_and_what_has_no_group_id(db: None) -> None:
    source = _source()
    Contact.objects.create(kind="person")
    Contact.objects.create(kind="person", state="retired", retired_at=now())
    _record(source, "A")
    Import.objects.create(source=source, file_name="x.csv")
    found = figures.figures()
    assert (found.contacts, found.sources, found.unplaced, found.drafts) == (1, 2, 1, 1)
    assert figures.kept_figures()["contacts"] == 1


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Run.State.DONE, "0 System Refs"),
        (Run.State.HELD, "waits for approval"),
        (Run.State.RUNNING, "going on"),
        (Run.State.FAILED, "failed"),
    ],
)
def test_the_last_run_is_one_line(db: None, state: Run.State, words: str) -> None:
    assert last_run() is None
    assert last_run_line() == ""
    _run(state)
    assert words in last_run_line()
