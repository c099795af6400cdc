from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.access.models import User
from kith.access.roles import RoleName
from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.jobs.progress import start
from kith.kernel import clock
from kith.kernel.clock import now
from kith.kernel.errors import Refused
from kith.organisation.models import Community, UserPlace
from kith.privacy.erasing import steps, waiting
from kith.privacy.erasing.blockers import blockers_of_contact
from kith.privacy.models import Erasure
from kith.privacy.scheduled import steps as scheduled
from kith.privacy.scheduled.actions import order_eligible
from kith.privacy.scheduled.eligible import eligible, simulated
from kith.privacy.scheduled.sections import SCHEDULE, Repeat, Schedule
from kith.privacy.sections import ANONYMISATION, Anonymisation
from kith.runs.actions import execute_run
from kith.runs.models import Run
from kith.runs.steps import Counts, StepContext
from kith.settings.actions import save_section
from kith.sources.models import SourceRecord
from kith.stewardship.models import Case
from tests.conftest import PASSWORD
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
YEARS = {"months_update": 36, "months_subscription": 36, "months_transaction": 36, "months_wallet": 36}
LONG_AGO = timedelta(days=4 * 366)


def repeat(**said: object) -> None:
    value = Schedule(**{"repeat": Repeat.NIGHTLY, "most_percent": 100, **said})  # type: ignore[arg-type]  # by name
    save_section(actor=COMMAND_LINE, section=SCHEDULE, value=value)


def night() -> tuple[Counts, list[str]]:
    context = StepContext(
        run_id=0, actor=OVERNIGHT, tracker=start("nights", 0, label="A night"), approved=False
    )
    return scheduled.order(context), context.said


def inactive(**said: str) -> Contact:
    contact = factories.person(**said)
    SourceRecord.objects.of_contact(contact.pk).update(received_at=now() - LONG_AGO)
    return contact


def test_c40_the_scheduled_batch_takes_whom_nobody_has_dealt_with_and_nobody_else() -> None:
    allow(**YEARS)
    old, young = inactive(first_name="Dora"), factories.person(first_name="Paul")
    repeat()
    assert eligible() == [old.pk]
    run = execute_run(actor=COMMAND_LINE, trigger=Run.Trigger.BUTTON)
    assert run.state == Run.State.DONE, run.error
    assert run.steps.get(name="scheduled").counts == {"erasures_ordered": 1}
    erasure = Erasure.objects.get()
    assert (erasure.contact_id, erasure.route, erasure.state) == (old.pk, "batch", Erasure.State.DONE)
    assert Contact.objects.get(pk=young.pk).state == Contact.State.ACTIVE
    assert Entry.objects.filter(event="ErasureOrdered", group_id=old.pk).count() == 1
    assert night() == ({"erasures_ordered": 0}, [])


@pytest.mark.parametrize(
    "stands",
    [
        lambda pk: Account.objects.create(record_id=pk, number="A", currency="EUR"),
        lambda pk: LinkedItem.objects.create(record_id=pk, kind="lead", reference="R", title="T"),
        lambda pk: LinkedItem.objects.create(
            record_id=pk, kind="job", reference="R", title="T", is_running=False, is_unbilled=True
        ),
        lambda pk: LinkedItem.objects.create(
            record_id=pk,
            kind="subscription",
            reference="R",
            title="T",
            is_running=False,
            ended_date=now().date() - timedelta(days=40),
        ),
        lambda pk: _posted(pk, kind="financial"),
        lambda pk: _posted(pk, kind="wallet"),
        lambda pk: _posted(pk, kind="financial", days=3000, is_unbilled=True),
        lambda pk: factories.transaction(SourceRecord.objects.get(pk=pk), "12.00"),
        lambda pk: Community.objects.create(name="North", record_id=pk),
        lambda pk: UserPlace.objects.create(user=_user(), record_id=pk),
        lambda pk: SourceRecord.objects.filter(pk=pk).update(received_at=now()),
    ],
)
def test_c40_c41_what_stands_against_one_order_stands_against_the_batch(
    stands: Callable[[int], object],
) -> None:
    allow(**YEARS)
    contact = inactive()
    assert contact.primary_record_id
    assert (blockers_of_contact(contact.pk), eligible()) == ((), [contact.pk])
    stands(contact.primary_record_id)
    assert blockers_of_contact(contact.pk)
    assert (eligible(), simulated().eligible) == ([], 0)


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_a18_the_batch_counts_calendar_months_as_one_order_does(days: int) -> None:
    allow(months_update=1)
    contact = factories.person()
    last = now() - timedelta(days=30 + days)
    SourceRecord.objects.of_contact(contact.pk).update(received_at=last)
    assert eligible() == ([] if blockers_of_contact(contact.pk) else [contact.pk])


def test_more_than_may_go_at_once_is_ordered_by_nobody_and_opens_a_case() -> None:
    allow(**YEARS)
    young = [factories.person(first_name=f"Paul{n}") for n in range(9)]
    repeat(most_percent=10)
    SourceRecord.objects.of_contact(young[0].pk).update(received_at=now() - LONG_AGO)
    inactive(first_name="Dora")
    ordered, said = night()
    assert (ordered, "2 of 10 contacts" in said[0]) == ({"erasures_ordered": 0}, True)
    assert not Erasure.objects.exists()
    assert "more contacts than the settings" in Case.objects.get(kind=Case.Kind.ERASURE).title
    with pytest.raises(Refused, match="It is 2 contacts now"):
        order_eligible(actor=COMMAND_LINE, expected=1)
    assert order_eligible(actor=COMMAND_LINE, expected=2) == 2
    steps.carry_on(waiting.ready_now())
    assert set(Erasure.objects.values_list("state", flat=True)) == {Erasure.State.DONE}


def test_while_its_case_is_unresolved_no_night_opens_another() -> None:
    allow(**YEARS)
    repeat(most_percent=10)
    for name in ("Dora", "Ines"):
        inactive(first_name=name)
        assert night()[0] == {"erasures_ordered": 0}, "one more than the night before"
    assert Case.objects.filter(kind=Case.Kind.ERASURE).count() == 1


def test_one_night_takes_so_many_and_the_next_the_rest() -> None:
    allow(**YEARS)
    for name in ("Dora", "Eleni", "Ines"):
        inactive(first_name=name)
    repeat(most=2)
    assert night() == ({"erasures_ordered": 2}, ["1 more contacts are due; they wait for the next nights."])
    assert night() == ({"erasures_ordered": 1}, [])


def test_a18_months_end_on_the_day_of_the_organisation(
    monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    """At 22:30 of the 9th in Greenwich it is the 10th in Nicosia, which is not a year before the 9th."""
    allow(months_update=12)
    contact = factories.person()
    changed = datetime(2025, 6, 9, 22, 30, tzinfo=UTC)
    SourceRecord.objects.of_contact(contact.pk).update(received_at=changed)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 6, 9, 12, tzinfo=UTC))
    assert (blockers_of_contact(contact.pk), eligible()) == ((), [contact.pk])
    settings.TIME_ZONE = "Asia/Nicosia"
    assert [one.code for one in blockers_of_contact(contact.pk)] == ["months_update"]
    assert eligible() == []


def test_it_is_simulated_before_it_is_switched_on() -> None:
    with pytest.raises(Refused, match="switched off"):
        repeat()
    allow()
    with pytest.raises(Refused, match="no months"):
        repeat()
    save_section(actor=COMMAND_LINE, section=ANONYMISATION, value=Anonymisation(is_enabled=True, **YEARS))
    inactive()
    with pytest.raises(Refused, match=r"1 of 1 contacts now \(100.0 %\)"):
        repeat(most_percent=5)
    repeat(most_percent=100)
    with pytest.raises(Refused, match="scheduled batch is on"):
        save_section(actor=COMMAND_LINE, section=ANONYMISATION, value=Anonymisation(is_enabled=True))


def test_c40_with_four_eyes_each_of_the_batch_waits_for_a_second_person() -> None:
    allow(four_eyes=True, **YEARS)
    inactive()
    repeat()
    night()
    assert Erasure.objects.get().state == Erasure.State.WAITS_SECOND


@pytest.mark.parametrize(
    ("schedule", "days"),
    [
        (Schedule(), []),
        (Schedule(repeat=Repeat.NIGHTLY), list(range(1, 31))),
        (Schedule(repeat=Repeat.WEEKLY, weekday=1), [2, 9, 16, 23, 30]),
        (Schedule(repeat=Repeat.MONTHLY, day=28), [28]),
    ],
)
def test_the_nights_it_is_due(schedule: Schedule, days: list[int]) -> None:
    assert [day for day in range(1, 31) if schedule.is_due(date(2026, 11, day))] == days


def test_the_page_shows_whom_it_would_take_and_orders_them_after_second_thoughts(
    privacy_officer: User, client_of: ClientOf
) -> None:
    url, client = reverse("scheduled:simulation"), client_of(privacy_officer)
    assert "No months are set" in client.get(url).content.decode()
    allow(**YEARS)
    assert "Nobody" in client.get(url).content.decode()
    contact = inactive()
    assert "1 of 1 contacts" in client.get(url).content.decode()
    assert client.get(url, {"after": "x"}).status_code == 200
    assert client.post(url, {"number": "1", "password": "wrong"}).status_code == 422
    stale = client.post(url, {"number": "2", "password": PASSWORD})
    assert (stale.status_code, "It is 1 contacts now" in stale.content.decode()) == (422, True)
    assert not Erasure.objects.exists()
    done = client.post(url, {"number": "1", "password": PASSWORD})
    assert done.headers["Location"] == reverse("privacy:erasures")
    assert Erasure.objects.get().contact_id == contact.pk
    inactive(first_name="Paul")
    with CaptureQueriesContext(connection) as few:
        client.get(url)
    for number in range(5):
        inactive(first_name=f"Ines{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(url)
    assert len(many) <= len(few)


def test_the_page_is_not_for_everybody(viewer: User, client_of: ClientOf, client: Client) -> None:
    assert client_of(viewer).get(reverse("scheduled:simulation")).status_code == 403
    assert client.get(reverse("scheduled:simulation")).status_code in {302, 404}
    assert client_of(viewer).get(reverse("scheduled:settings")).status_code == 403


def test_whom_an_order_is_out_for_is_not_taken_again() -> None:
    allow(**YEARS)
    contact = inactive()
    order(contact)
    assert eligible() == []


def _posted(record_id: int, *, kind: str, days: int = 9, is_unbilled: bool = False) -> None:
    account = Account.objects.create(
        record_id=record_id, number="A-1", currency="EUR", state="terminated", terminated_at=now()
    )
    AccountTransaction.objects.create(
        account=account,
        reference="B-7",
        kind=kind,
        date=now().date() - timedelta(days=days),
        amount=1,
        currency="EUR",
        is_unbilled=is_unbilled,
    )


def _user() -> User:
    return User.objects.create_user(
        "colleague@example.org", PASSWORD, name="A colleague", roles=[RoleName.VIEWER]
    )
