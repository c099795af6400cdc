"""Rules as data: what a wrong one is told, how long they keep, and what nights remove."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
from psycopg.errors import AdminShutdown, DeadlockDetected

from kith.access.actors import COMMAND_LINE, Actor
from kith.accounts.models import LinkedItem
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.delivery.models import Event
from kith.kernel.clock import now
from kith.kernel.errors import NotAllowed, Refused
from kith.kernel.retaining import Retained
from kith.privacy import tasks
from kith.privacy.erasing import steps, waiting
from kith.privacy.models import Erasure
from kith.privacy.register.models import PersonRequest
from kith.privacy.retention import actions
from kith.privacy.retention.queries import kept_last
from kith.privacy.retention.sections import (
    CONTACTS,
    RETENTION,
    Retention,
    Rule,
    Unit,
    as_shipped,
    kept_for,
    retained,
)
from kith.privacy.retention.simulating import simulate
from kith.privacy.scheduled.sections import SCHEDULE, Schedule
from kith.privacy.sections import ANONYMISATION, Anonymisation
from kith.settings.actions import save_section
from kith.settings.in_force import in_force
from kith.sources.models import Import, Membership, PastClaim, SourceRecord
from kith.stewardship.models import Case
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow
from tests.privacy.register.test_actions import closed, identified
from tests.sources.conftest import Importer

pytestmark = pytest.mark.django_db
CallsCommitted = Callable[..., AbstractContextManager[object]]
LONG_AGO = timedelta(days=4 * 366)


def rule(what: str = CONTACTS, keep: int = 36, unit: Unit = Unit.MONTHS, **said: Any) -> Rule:
    return Rule(name=said.pop("name", f"{what} {keep}"), what=what, keep=keep, unit=unit, **said)


def days(what: str, keep: int, **said: Any) -> Rule:
    return rule(what, keep, Unit.DAYS, **said)


def put_in_force(*rules: Rule) -> None:
    save_section(actor=COMMAND_LINE, section=RETENTION, value=Retention(rules))


def change(**said: Any) -> None:
    value = Anonymisation(**{"is_enabled": True, **said})
    save_section(actor=COMMAND_LINE, section=ANONYMISATION, value=value)


def let_any_share_go() -> None:
    save_section(actor=COMMAND_LINE, section=SCHEDULE, value=Schedule(most_percent=100))


def inactive(first: str = "Eleni") -> Contact:
    contact = factories.person(first)
    SourceRecord.objects.of_contact(contact.pk).update(received_at=now() - LONG_AGO)
    return contact


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ((days("import_files", 0),), "keeps for 1 to 3,650"),
        ((days("import_files", 3_651),), "keeps for 1 to 3,650"),
        ((days("moon", 3),), "is about nothing that Kith keeps"),
        ((days(CONTACTS, 90),), "is about contacts: give months"),
        ((days("import_files", 9, source="tix"),), "it names no source"),
        (
            (days("import_files", 9), days("import_files", 8)),
            "two rules are about one thing: files of imports",
        ),
        ((rule(name="One"), rule(name="one", keep=12)), "two rules have one name"),
        ((days("import_files", 9, name=" "),), "a rule has no name"),
    ],
)
def test_a_wrong_rule_is_refused_with_its_reason(wrong: tuple[Rule, ...], told: str) -> None:
    with pytest.raises(Refused, match=f"(?i){told}"):
        put_in_force(*wrong)
    assert in_force(RETENTION) == as_shipped()


def test_as_shipped_everything_that_is_kept_for_a_time_has_its_rule() -> None:
    assert {(one.what, one.keep, one.unit, one.active) for one in as_shipped().rules} == {
        ("import_files", 30, Unit.DAYS, True),
        ("past_claims", 1_826, Unit.DAYS, False),
        ("webhook_messages", 30, Unit.DAYS, True),
        ("request_words", 365, Unit.DAYS, True),
    }
    assert (kept_for("import_files"), kept_for("past_claims")) == ("30 days", "")


def test_months_are_those_of_the_calendar() -> None:
    march = datetime(2026, 3, 31, 12, tzinfo=UTC)
    assert rule(keep=1).ends_before(march) == datetime(2026, 2, 28, 12, tzinfo=UTC)
    assert days("import_files", 30).ends_before(march) == datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_files_go_after_the_days_of_their_rule_and_are_counted_first(
    take_in: Importer, django_capture_on_commit_callbacks: CallsCommitted, import_folder: Path
) -> None:
    old, new = (take_in(f"Ref,First name,Last name\n{ref},Dora,Marlowe\n") for ref in ("T-1", "T-2"))
    at = now() - timedelta(days=8)
    Import.objects.filter(pk=old.pk).update(finished_at=at, created_at=at)
    assert actions.keep_rules() == {}
    seven = days("import_files", 7)
    assert [one.number for one in simulate([seven, days("import_files", 9)])] == [1, 0]
    assert len(list(import_folder.iterdir())) == 2, "simulating removes nothing"
    put_in_force(seven)
    with django_capture_on_commit_callbacks(execute=True):
        assert actions.keep_rules() == {"import_files": 1}
    assert [path.name for path in import_folder.iterdir()] == [new.stored_name]
    entry = Entry.objects.get(event="RetentionKept")
    assert (entry.detail, entry.actor) == ({"import_files": 1}, "Privacy engine")


@pytest.mark.parametrize("what", ["import_files", "past_claims", "webhook_messages", "request_words"])
def test_a_rule_that_is_not_in_force_keeps_for_ever(take_in: Importer, what: str) -> None:
    lay_old(take_in)
    others = set(retained()) - {what}
    put_in_force(*(days(one, 10, active=one != what) for one in retained()))
    assert actions.keep_rules() == dict.fromkeys(others, 1)
    assert simulate([days(what, 10)])[0].number == 1
    put_in_force(days(what, 10))
    assert actions.keep_rules() == {what: 1}


def lay_old(take_in: Importer) -> None:
    """One of each, of eleven days ago."""
    at = now() - timedelta(days=11)
    take_in("Ref,First name,Last name\nT-1,Dora,Marlowe\n")
    Import.objects.update(finished_at=at, created_at=at)
    again = take_in("Ref,First name,Last name\nT-1,Dora,Miller\n")
    assert again.changed_count == 1
    PastClaim.objects.update(replaced_at=at)
    Event.objects.create(type="test", data={}, at=at)
    PersonRequest.objects.filter(pk=closed(identified()).pk).update(closed_at=at)


def test_one_rule_that_fails_keeps_none_of_the_others_from_being_kept(
    take_in: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_before: datetime) -> int:
        raise RuntimeError("Dora Marlowe")

    lay_old(take_in)
    bad = Retained(key="bad", label="Bad", since="ever", days=1, older=lambda _before: 0, removes=fails)
    monkeypatch.setattr("kith.config.retained.RETAINED", (bad, *retained().values()))
    put_in_force(days("bad", 1), days("request_words", 10))
    with pytest.raises(actions.NotKept, match=r"^Retention rules could not be kept: bad$"):
        actions.keep_rules()
    assert Entry.objects.get(event="RetentionKept").detail == {"request_words": 1}


def test_contacts_that_nobody_deals_with_are_anonymised_by_their_rule_and_no_others() -> None:
    allow()
    old, young = inactive("Dora"), factories.person("Paul")
    let_any_share_go()
    put_in_force(rule(keep=36))
    assert [(one.number, one.among) for one in simulate([rule(keep=36)])] == [(1, 2)]
    assert actions.keep_rules() == {CONTACTS: 1}
    erasure = Erasure.objects.get()
    assert (erasure.contact_id, erasure.route, erasure.months) == (old.pk, "retention", 36)
    assert actions.keep_rules() == {}, "ordered already"
    steps.carry_on(waiting.ready_now())
    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.DONE
    assert Contact.objects.get(pk=young.pk).state == Contact.State.ACTIVE


def test_whoever_is_dealt_with_after_all_is_let_go_and_is_nobodys_case() -> None:
    allow()
    contact = inactive()
    let_any_share_go()
    put_in_force(rule())
    actions.keep_rules()
    SourceRecord.objects.of_contact(contact.pk).update(received_at=now())
    steps.carry_on(waiting.ready_now())
    erasure = Erasure.objects.get()
    assert (erasure.state, erasure.blocked) == (Erasure.State.CANCELLED, ["months_update"])
    assert not Case.objects.exists()
    assert Entry.objects.filter(event="ErasureCancelled", group_id=contact.pk).count() == 1
    SourceRecord.objects.of_contact(contact.pk).update(received_at=now() - LONG_AGO)
    assert actions.keep_rules() == {CONTACTS: 1}, "its time came again"


def test_a_system_ref_that_came_meanwhile_does_not_go_along() -> None:
    allow()
    contact = inactive()
    let_any_share_go()
    put_in_force(rule())
    actions.keep_rules()
    other = inactive("Ines")
    Membership.objects.filter(contact_id=other.pk).update(contact_id=contact.pk)
    steps.carry_on(waiting.ready_now())
    assert (Erasure.objects.get().state, Erasure.objects.get().blocked) == ("cancelled", ["grown"])


def test_the_rule_is_longer_than_the_months_of_the_settings_and_never_shorter() -> None:
    allow(months_update=48, months_subscription=48, months_transaction=48, months_wallet=48)
    contact = factories.person()
    SourceRecord.objects.of_contact(contact.pk).update(received_at=now() - timedelta(days=40 * 31))
    assert [one.number for one in simulate([rule(keep=12), rule(keep=36)])] == [0, 0]
    change(months_update=12)
    assert [one.number for one in simulate([rule(keep=12), rule(keep=36), rule(keep=60)])] == [1, 1, 0]


def test_what_stands_against_an_order_stands_against_the_rule() -> None:
    allow()
    contact = inactive()
    LinkedItem.objects.create(record_id=contact.primary_record_id, kind="lead", reference="R", title="T")
    assert simulate([rule()])[0].number == 0


def test_a_rule_of_one_source_takes_only_whom_no_other_source_knows() -> None:
    allow()
    alone, both = inactive("Dora"), inactive("Paul")
    code = SourceRecord.objects.of_contact(alone.pk).get().source.code
    let_any_share_go()
    assert simulate([rule(source=code)])[0].number == 2
    news = factories.record({"first_name": "Paul", "last_name": "Papadopoulou"}, code="NEWS")
    SourceRecord.objects.filter(pk=news.pk).update(received_at=now() - LONG_AGO)
    Membership.objects.create(contact_id=both.pk, record_id=news.pk)
    assert simulate([rule(source=code)])[0].number == 1
    put_in_force(rule(source=code))
    actions.keep_rules()
    assert Erasure.objects.get().contact_id == alone.pk


def test_it_is_simulated_whatever_way_it_comes() -> None:
    with pytest.raises(Refused, match="anonymising is switched off"):
        put_in_force(rule())
    put_in_force(rule(active=False))
    allow()
    inactive()
    with pytest.raises(Refused, match=r"would anonymise 1 of 1 contacts now \(100.0 %\)"):
        put_in_force(rule())
    let_any_share_go()
    with pytest.raises(Refused, match="names a source that is not there"):
        put_in_force(rule(source="moon"))
    put_in_force(rule())


def test_more_than_may_go_at_once_is_ordered_by_nobody_and_opens_one_case() -> None:
    allow()
    put_in_force(rule())
    for name in ("Dora", "Ines"):
        inactive(name)
        assert actions.keep_rules() == {}
    assert not Erasure.objects.exists()
    assert "The retention rules would anonymise more" in Case.objects.get(kind=Case.Kind.ERASURE).title


def test_the_share_and_the_number_count_for_all_rules_of_a_night_together() -> None:
    allow()
    first = [inactive(name) for name in ("Dora", "Ines", "Anna")]
    code = SourceRecord.objects.of_contact(first[0].pk).get().source.code
    for number in range(7):
        factories.person(f"Paul{number}")
    save_section(actor=COMMAND_LINE, section=SCHEDULE, value=Schedule(most_percent=40, most=2))
    one, other = rule(keep=36), rule(keep=24, source=code)
    put_in_force(one)
    with pytest.raises(Refused, match=r"would anonymise 6 of 10 contacts now \(60.0 %\)"):
        put_in_force(one, other)
    save_section(actor=COMMAND_LINE, section=SCHEDULE, value=Schedule(most_percent=60, most=2))
    put_in_force(one, other)
    assert actions.keep_rules() == {CONTACTS: 2}
    assert actions.keep_rules() == {CONTACTS: 1}


def test_a_deadlock_is_of_one_rule_and_a_database_that_is_gone_of_all(
    take_in: Importer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(because: Exception) -> Callable[[datetime], int]:
        def removes(_before: datetime) -> int:
            raise OperationalError("x") from because

        return removes

    lay_old(take_in)
    for because, then in ((DeadlockDetected(), actions.NotKept), (AdminShutdown(), OperationalError)):
        bad = Retained(
            key="bad", label="Bad", since="ever", days=1, older=lambda _before: 0, removes=fails(because)
        )
        with monkeypatch.context() as patch:
            patch.setattr("kith.config.retained.RETAINED", (bad, *retained().values()))
            put_in_force(days("bad", 1), days("request_words", 10))
            with pytest.raises(then):
                actions.keep_rules()
    assert Entry.objects.get(event="RetentionKept").detail == {"request_words": 1}


def test_with_anonymising_switched_off_later_nobody_is_ordered() -> None:
    allow()
    let_any_share_go()
    put_in_force(rule())
    inactive()
    change(is_enabled=False)
    assert actions.keep_rules() == {}


def test_not_everybody_keeps_rules() -> None:
    with pytest.raises(NotAllowed):
        actions.keep_rules(actor=Actor("Nobody", frozenset()))


@pytest.mark.django_db(transaction=True)
def test_the_worker_keeps_every_rule_of_a_night_and_notes_each(
    take_in: Importer, run_jobs: Callable[[], None]
) -> None:
    """Each in a transaction of its own, as nothing around a job opens one."""
    lay_old(take_in)
    put_in_force(*(days(what, 10) for what in retained()))
    allow()
    let_any_share_go()
    gone = inactive("Zoe")
    save_section(
        actor=COMMAND_LINE,
        section=RETENTION,
        value=Retention((*(days(what, 10) for what in retained()), rule())),
    )
    tasks.keep_rules.defer(timestamp=0)
    run_jobs()
    noted = [dict(one.detail) for one in Entry.objects.filter(event="RetentionKept").order_by("pk")]
    assert noted == [*({what: 1} for what in retained()), {CONTACTS: 1}]
    assert Contact.objects.get(pk=gone.pk).state == Contact.State.ANONYMISED
    last = kept_last(actor=COMMAND_LINE)
    assert last is not None
    assert sum(last.gone.values()) == 5


def test_the_night_is_a_job_that_carries_its_orders_on(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr(tasks, "ask_to_carry_on", lambda: asked.append("asked"))
    tasks.keep_rules(timestamp=0)
    assert asked == []
    allow()
    let_any_share_go()
    inactive()
    put_in_force(rule())
    tasks.keep_rules(timestamp=0)
    assert asked == ["asked"]
