"""Each thing that stands against an order, alone, through the order itself (C41, C15, X3, A16, A17)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.access.roles import RoleName
from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.contacts.actions import suppress
from kith.contacts.may.asking import facts_of
from kith.contacts.models import Contact
from kith.contacts.standing import standing_of
from kith.kernel import clock
from kith.kernel.errors import Refused
from kith.organisation.models import Community, OrgGroup, Unit, UserPlace
from kith.privacy.erasing import steps, waiting
from kith.privacy.models import Erasure
from kith.privacy.queries import erasures
from kith.sources.models import SourceRecord
from kith.stewardship.models import Case
from kith.web.formats import group_id
from tests.conftest import PASSWORD
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = pytest.mark.django_db
State = Erasure.State
LONG_AGO = datetime(2015, 1, 1, 12, tzinfo=UTC)
Made = Callable[[SourceRecord], object]


@pytest.fixture(autouse=True)
def on_23_november_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 12, tzinfo=UTC))


def of_two() -> tuple[Contact, tuple[SourceRecord, SourceRecord]]:
    """The first leads; neither was changed for years."""
    first = factories.record({"first_name": "Dora", "last_name": "Marlowe"})
    second = factories.record({"first_name": "Dora", "last_name": "Marlowe"}, code="SHOP")
    contact = factories.contact(first, second)
    SourceRecord.objects.of_contact(contact.pk).update(received_at=LONG_AGO)
    assert contact.primary_record_id == first.pk
    return contact, (first, second)


def item(kind: str, **said: object) -> Made:
    return lambda record: LinkedItem.objects.create(
        record_id=record.pk, kind=kind, reference="R-5", title="T", **said
    )


def unbilled_item(record: SourceRecord) -> None:
    item("job", is_running=False, is_unbilled=True)(record)


def account(record: SourceRecord, *, state: str = "terminated") -> Account:
    ended = LONG_AGO if state == "terminated" else None
    return Account.objects.create(
        record_id=record.pk, number="A-1", currency="EUR", state=state, terminated_at=ended
    )


def posted(record: SourceRecord, *, kind: str = "financial", day: date = date(2015, 1, 1)) -> None:
    AccountTransaction.objects.create(
        account=account(record), kind=kind, reference="B-1", date=day, amount=12, currency="EUR"
    )


def unbilled(record: SourceRecord) -> None:
    posted(record)
    AccountTransaction.objects.update(is_unbilled=True)


def changed(day: date) -> Made:
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return lambda record: SourceRecord.objects.filter(pk=record.pk).update(received_at=moment)


def ended(day: date) -> Made:
    return item("subscription", is_running=False, ended_date=day)


def team(**said: int) -> OrgGroup:
    return OrgGroup.objects.create(name="Shop", community=Community.objects.create(name="North"), **said)


def colleague(record: SourceRecord) -> None:
    user = User.objects.create_user("nora@example.org", PASSWORD, name="Nora Lind", roles=[RoleName.VIEWER])
    UserPlace.objects.create(user=user, record_id=record.pk)


ALONE: dict[str, tuple[Made, str]] = {
    "user": (colleague, "the user Nora Lind names it"),
    "group": (lambda one: team(record_id=one.pk), "the team Shop names it"),
    "unit": (
        lambda one: Unit.objects.create(name="Desk", org_group=team(), record_id=one.pk),
        "the unit Desk names it",
    ),
    "community": (
        lambda one: Community.objects.create(name="North", record_id=one.pk),
        "the community North names it",
    ),
    "subscription": (item("subscription"), "subscription R-5 is still running"),
    "job": (item("job"), "job R-5 is still running"),
    "activity": (item("activity"), "activity R-5 is still running"),
    "service request": (item("service_request"), "service request R-5 is still running"),
    "lead": (item("lead"), "lead R-5 is still running"),
    "un-billed item": (unbilled_item, "job R-5 is not billed"),
    "un-billed transaction": (unbilled, "account A-1 has transactions that are not billed"),
    "update": (
        changed(date(2026, 11, 22)),
        "its details last changed on 22 Nov 2026; it may be anonymised from 22 Dec 2026 on",
    ),
    "ended subscription": (
        ended(date(2026, 11, 22)),
        "its last subscription ended on 22 Nov 2026; it may be anonymised from 22 Dec 2026 on",
    ),
    "transaction of an account": (
        lambda one: posted(one, day=date(2026, 11, 22)),
        "its last financial transaction was on 22 Nov 2026; it may be anonymised from 22 Dec 2026 on",
    ),
    "transaction of a source": (
        lambda one: factories.transaction(one, "12.00", day=date(2026, 11, 22)),
        "its last financial transaction was on 22 Nov 2026; it may be anonymised from 22 Dec 2026 on",
    ),
    "wallet": (
        lambda one: posted(one, kind="wallet", day=date(2026, 11, 22)),
        "its last wallet transaction was on 22 Nov 2026; it may be anonymised from 22 Dec 2026 on",
    ),
    "Financial": (lambda one: account(one, state="active"), "account A-1 is not terminated"),
    "Financial, suspended": (
        lambda one: account(one, state="suspended"),
        "account A-1 is not terminated",
    ),
}
A_MONTH = {"months_update": 1, "months_subscription": 1, "months_transaction": 1, "months_wallet": 1}


def refusal(contact: Contact) -> str:
    with pytest.raises(Refused) as refused:
        order(contact)
    return refused.value.message.replace("\u00a0", " ")


def anonymised(contact: Contact) -> None:
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked, erasure.trouble) == (State.DONE, [], "")


@pytest.mark.parametrize("place", [0, 1], ids=["on the first", "on the second"])
@pytest.mark.parametrize("what", ALONE)
def test_c41_x3_each_reason_alone_on_any_system_ref_refuses_with_its_sentence(what: str, place: int) -> None:
    allow(**A_MONTH)
    contact, refs = of_two()
    made, sentence = ALONE[what]
    made(refs[place])
    assert refusal(contact) == f"This contact may not be anonymised now: {sentence}."
    assert not Erasure.objects.exists()
    assert Contact.objects.get(pk=contact.pk).state == Contact.State.ACTIVE


def test_c41_whom_nothing_stands_against_is_anonymised() -> None:
    allow(**A_MONTH)
    contact, (first, second) = of_two()
    posted(first)
    ended(date(2015, 1, 1))(second)
    anonymised(contact)


def test_c41_x3_two_reasons_on_two_system_refs_are_both_said() -> None:
    allow()
    contact, (first, second) = of_two()
    account(first, state="active")
    item("lead")(second)
    assert refusal(contact) == (
        "This contact may not be anonymised now: account A-1 is not terminated; lead R-5 is still running."
    )


def test_x3_what_stands_against_somebody_else_refuses_nobody() -> None:
    allow()
    contact, _ = of_two()
    other = factories.record({"first_name": "Paul", "last_name": "Other"})
    factories.contact(other)
    item("lead")(other)
    anonymised(contact)


MONTHS_12_6_NONE_3 = {
    "months_update": 12,
    "months_subscription": 6,
    "months_transaction": 0,
    "months_wallet": 3,
}
LIMITS: dict[str, tuple[Callable[[date], Made], date, str]] = {
    "update": (changed, date(2025, 11, 23), "its details last changed on"),
    "subscription": (ended, date(2026, 5, 23), "its last subscription ended on"),
    "wallet": (
        lambda day: lambda one: posted(one, kind="wallet", day=day),
        date(2026, 8, 23),
        "its last wallet transaction was on",
    ),
}


@pytest.mark.parametrize("check", LIMITS)
def test_c15_a18_with_months_12_6_none_3_the_day_itself_is_enough(check: str) -> None:
    allow(**MONTHS_12_6_NONE_3)
    contact, (_, second) = of_two()
    dealing, day, _ = LIMITS[check]
    dealing(day)(second)
    anonymised(contact)


@pytest.mark.parametrize("check", LIMITS)
def test_c15_a18_with_months_12_6_none_3_a_day_later_is_refused_until_tomorrow(check: str) -> None:
    allow(**MONTHS_12_6_NONE_3)
    contact, (_, second) = of_two()
    dealing, day, words = LIMITS[check]
    late = day + timedelta(days=1)
    dealing(late)(second)
    assert refusal(contact) == (
        f"This contact may not be anonymised now: {words} {late:%-d %b %Y};"
        " it may be anonymised from 24 Nov 2026 on."
    )


def test_c15_somebody_updated_11_months_ago_is_refused_with_that_check() -> None:
    allow(**MONTHS_12_6_NONE_3)
    contact, (first, _) = of_two()
    changed(date(2025, 12, 23))(first)
    assert refusal(contact) == (
        "This contact may not be anonymised now: its details last changed on 23 Dec 2025;"
        " it may be anonymised from 23 Dec 2026 on."
    )


def test_c15_a_check_that_is_left_empty_is_not_made() -> None:
    allow(**MONTHS_12_6_NONE_3)
    contact, (first, second) = of_two()
    posted(first, day=date(2026, 11, 23))
    factories.transaction(second, "12.00", day=date(2026, 11, 23))
    anonymised(contact)


def test_a17_who_withdraws_consent_and_skips_the_months_waits_for_what_runs() -> None:
    allow(**A_MONTH, consent_skips_months=True)
    contact, (first, second) = of_two()
    changed(date(2026, 11, 23))(first)
    posted(first, kind="wallet", day=date(2026, 11, 22))
    for made in (item("lead"), lambda one: Community.objects.create(name="North", record_id=one.pk)):
        made(second)
    AccountTransaction.objects.update(is_unbilled=True)
    erasure = order(contact, route=Erasure.Route.CONSENT)
    assert (erasure.state, erasure.blocked) == (State.BLOCKED, ["community", "lead", "unbilled"])
    LinkedItem.objects.update(is_running=False)
    Community.objects.update(record_id=None)
    steps.carry_on(waiting.tonight(), in_run=True)
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked) == (State.BLOCKED, ["unbilled"])
    AccountTransaction.objects.update(is_unbilled=False)
    steps.carry_on(waiting.tonight(), in_run=True)
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked) == (State.DONE, [])


def test_a17_without_the_setting_the_months_hold_whoever_withdraws_consent_too() -> None:
    allow(**A_MONTH)
    contact, (first, _) = of_two()
    changed(date(2026, 11, 22))(first)
    erasure = order(contact, route=Erasure.Route.CONSENT)
    assert (erasure.state, erasure.blocked) == (State.BLOCKED, ["months_update"])


def test_a16_somebody_suppressed_who_withdraws_consent_waits_with_a_case_and_keeps_one_suppression(
    privacy_officer: User,
) -> None:
    allow()
    contact, (_, second) = of_two()
    suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="opt_out", note="By letter")
    item("lead")(second)
    erasure = order(contact, route=Erasure.Route.CONSENT)
    assert (erasure.state, erasure.blocked) == (State.BLOCKED, ["lead"])
    assert [one.note for one in standing_of([contact.pk])[contact.pk]] == ["By letter"]
    case = Case.objects.get(kind=Case.Kind.ERASURE, contact_id=contact.pk)
    assert case.title == f"GroupID {group_id(contact.pk)} is to be anonymised, and may not be now"
    assert list(erasures(actor=privacy_officer.actor, shown="waiting")) == [erasure]
    for _ in range(2):
        steps.carry_on(waiting.tonight(), in_run=True)
    assert Case.objects.filter(kind=Case.Kind.ERASURE).count() == 1
    LinkedItem.objects.update(is_running=False)
    steps.carry_on(waiting.tonight(), in_run=True)
    erasure.refresh_from_db()
    assert (erasure.state, erasure.blocked) == (State.DONE, [])


def test_a16_somebody_suppressed_by_one_channel_is_suppressed_wholly_meanwhile() -> None:
    allow()
    contact, (first, _) = of_two()
    suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="bounced", note="", scope="email")
    account(first, state="active")
    order(contact, route=Erasure.Route.CONSENT)
    assert facts_of([contact.pk])[contact.pk].suppressed == {"email", "all"}


def test_a16_a_suppression_alone_holds_nobody_back() -> None:
    allow()
    contact, _ = of_two()
    suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="opt_out", note="")
    anonymised(contact)
