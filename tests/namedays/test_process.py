"""C10: the process, and who celebrates."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.jobs.progress import Cancelled
from kith.kernel.clock import now, today
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.namedays import actions, queries
from kith.namedays.models import NameDay, NameDayRun
from kith.namedays.sections import (
    NAME_DAYS,
    OWN_RULES,
    NameDaySettings,
    Order,
    OwnRule,
    OwnRules,
    Schedule,
    Scope,
)
from kith.settings.actions import save_section
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
GEORGE = "04-23|orthodox+1"


def keep(**changes: object) -> None:
    save_section(actor=COMMAND_LINE, section=NAME_DAYS, value=NameDaySettings(**changes))  # type: ignore[arg-type]


def rules(*rows: tuple[str, str]) -> None:
    made = OwnRules(tuple(OwnRule(day, tuple(names.split(", "))) for day, names in rows))
    save_section(actor=COMMAND_LINE, section=OWN_RULES, value=made)


def run() -> NameDayRun:
    return actions.execute_run(actor=OVERNIGHT, trigger="button")


def day_of(contact: Contact) -> str:
    row = NameDay.objects.filter(pk=contact.pk).first()
    return row.day if row else ""


def whose(start: date, end: date) -> set[int]:
    found = Contact.objects.filter(queries.celebrating_between(start, end))
    return set(found.values_list("pk", flat=True))


def test_c10_yiorgos_gets_23_april_a_typed_day_stays_and_companies_are_untouched() -> None:
    rules(("04-23", "Γιώργος, Giorgos, Yiorgos"))
    keep(calendars=(), scope=Scope.WITHOUT)
    yiorgos = factories.person("Yiorgos")
    typed = factories.person("Γιώργος", name_day="1 May")
    company = factories.company("Yiorgos Ltd")
    done = run()
    assert (day_of(yiorgos), day_of(typed), day_of(company)) == ("04-23", "", "")
    typed.refresh_from_db()
    assert typed.name_day == "05-01"
    assert done.state == "done"
    assert done.counts == {"persons": 2, "typed": 1, "found": 1, "added": 1, "changed": 0, "removed": 0}
    entry = Entry.objects.get(event="NameDayRunEnded")
    assert entry.detail == {"state": "done", **done.counts}


@pytest.mark.parametrize("name", ["Γιώργος", "Giorgos", "Yiorgos", "George"])
def test_a36_every_george_gets_23_april_or_easter_monday(name: str) -> None:
    contact = factories.person(name)
    run()
    assert day_of(contact) == GEORGE
    for year in (2023, 2024):
        on = date(2023, 4, 23) if year == 2023 else date(2024, 5, 6)
        assert whose(on, on) == {contact.pk}
        assert whose(on + timedelta(1), on + timedelta(7)) == set()


def test_c10_done_twice_it_changes_nothing() -> None:
    factories.person("Maria")
    run()
    again = run()
    assert (again.counts["found"], again.counts["added"], again.counts["changed"]) == (1, 0, 0)


def test_c10_all_persons_follow_the_rules_and_the_names() -> None:
    maria, anna = factories.person("Maria"), factories.person("Anna")
    run()
    rules(("03-03", "Maria"))
    Contact.objects.filter(pk=anna.pk).update(first_name="Zzyzx")
    done = run()
    assert (day_of(maria), day_of(anna)) == ("03-03", "")
    assert (done.counts["changed"], done.counts["removed"]) == (1, 1)


def test_c10_only_contacts_without_keeps_what_was_found_until_the_name_is_another() -> None:
    maria, anna = factories.person("Maria"), factories.person("Anna")
    run()
    rules(("03-03", "Maria, Eleni"))
    keep(scope=Scope.WITHOUT)
    Contact.objects.filter(pk=anna.pk).update(first_name="Eleni")
    run()
    assert (day_of(maria), day_of(anna)) == ("08-15", "03-03")


def test_c10_what_is_retired_or_typed_later_has_no_found_day() -> None:
    maria, anna, eleni = (factories.person(name) for name in ("Maria", "Anna", "Eleni"))
    run()
    Contact.objects.filter(pk=maria.pk).update(state="retired", retired_at=now())
    Contact.objects.filter(pk=anna.pk).update(name_day="01-01")
    assert whose(date(2026, 8, 15), date(2026, 8, 15)) == set()
    assert whose(date(2026, 7, 25), date(2026, 7, 25)) == set()
    run()
    assert set(NameDay.objects.values_list("pk", flat=True)) == {eleni.pk}


def test_c9_the_country_of_a_contact_chooses_which_calendar_goes_first() -> None:
    keep(calendars=("greek", "swedish"))
    swede, greek, nobody = (
        factories.person("Maria", residence_country="Sweden"),
        factories.person("Maria", language="el"),
        factories.person("Maria"),
    )
    run()
    assert [day_of(one) for one in (swede, greek, nobody)] == ["02-28", "08-15", "08-15"]
    keep(calendars=("greek", "swedish"), order=Order.LISTED)
    run()
    assert day_of(swede) == "08-15"


def test_a36_a_year_less_29_february_is_kept_on_the_28th_in_other_years() -> None:
    found, typed = factories.person("Kassianos"), factories.person("Zzyzx", name_day="29 February")
    run()
    both = {found.pk, typed.pk}
    assert whose(date(2026, 2, 28), date(2026, 2, 28)) == both
    assert whose(date(2028, 2, 28), date(2028, 2, 28)) == set()
    assert whose(date(2028, 2, 29), date(2028, 2, 29)) == both


def test_c10_spans_over_new_year_and_nonsense() -> None:
    vasilis, stefanos = factories.person("Vasilis"), factories.person("Stefanos")
    run()
    assert whose(date(2026, 12, 27), date(2027, 1, 1)) == {vasilis.pk, stefanos.pk}
    with pytest.raises(Refused):
        queries.celebrating_between(date(2026, 2, 1), date(2026, 1, 1))
    with pytest.raises(Refused):
        queries.celebrating_between(date(2026, 2, 1), date(2028, 1, 1))


def test_c10_a_run_that_is_cancelled_or_fails_leaves_all_as_it_was() -> None:
    factories.person("Maria")

    def cancelled(done: int, total: int) -> None:
        raise Cancelled

    def fails(done: int, total: int) -> None:
        raise ValueError

    with pytest.raises(Cancelled):
        actions.execute_run(actor=OVERNIGHT, trigger="night", report=cancelled)
    with pytest.raises(ValueError):
        actions.execute_run(actor=OVERNIGHT, trigger="night", report=fails)
    assert not NameDay.objects.exists()
    states = NameDayRun.objects.order_by("pk").values_list("state", "error")
    assert list(states) == [
        ("cancelled", ""),
        ("failed", "It failed (ValueError). Nothing of it was kept."),
    ]


def test_c10_a_run_that_was_cut_off_says_so_when_the_next_one_begins() -> None:
    cut = NameDayRun.objects.create(trigger="button", scope="all", calendars="Greek")
    assert run().state == "done"
    cut.refresh_from_db()
    assert (cut.state, cut.error) == ("failed", "It was cut off. Nothing of it was kept.")


def test_c10_by_night_only_when_the_settings_say_so() -> None:
    from kith.jobs.progress import start
    from kith.namedays.steps import name_days
    from kith.runs.steps import StepContext

    factories.person("Maria")
    context = StepContext(
        run_id=1, actor=OVERNIGHT, tracker=start("run", 1, label="Overnight run"), approved=False
    )
    keep(schedule=Schedule.BY_HAND)
    assert name_days(context) == {}
    keep()
    assert name_days(context) == {"name_days_found": 1}
    assert NameDayRun.objects.get().trigger == "night"


def test_c10_run_now_puts_one_job_into_the_queue(
    steward: User, agent: User, viewer: User, client_of: ClientOf
) -> None:
    browser = client_of(steward)
    assert browser.post("/name-days/runs/start/").status_code == 302
    assert browser.post("/name-days/runs/start/").status_code == 302
    assert ProcrastinateJob.objects.filter(task_name="namedays.run").count() == 1
    with pytest.raises(Conflict):
        actions.request_run(actor=steward.actor)
    assert client_of(agent).post("/name-days/runs/start/").status_code == 403
    with pytest.raises(NotAllowed):
        actions.execute_run(actor=viewer.actor, trigger="button")


def test_c10_the_log_shows_counts_and_asks_as_often_for_one_run_as_for_many(
    viewer: User, client_of: ClientOf
) -> None:
    browser = client_of(viewer)
    factories.person("Maria")
    run()
    with CaptureQueriesContext(connection) as few:
        page = browser.get("/name-days/runs/").text
    assert "Greek" in page
    assert "Run now" not in page
    for _ in range(5):
        run()
    with CaptureQueriesContext(connection) as many:
        browser.get("/name-days/runs/")
    assert len(few) == len(many)


def test_c10_a_running_run_can_be_cancelled(steward: User, client_of: ClientOf) -> None:
    going = NameDayRun.objects.create(trigger="button", scope="all", calendars="")
    browser = client_of(steward)
    assert browser.post(f"/name-days/runs/{going.pk}/cancel/").status_code == 302
    assert Entry.objects.filter(event="NameDayRunCancelled").count() == 1
    assert browser.post("/name-days/runs/999999/cancel/").status_code == 404
    with pytest.raises(NotFound):
        queries.run_of(999999, actor=COMMAND_LINE)
    going.state = "done"
    going.save()
    with pytest.raises(Refused):
        actions.cancel_run(actor=steward.actor, run_id=going.pk)


def test_c10_home_and_the_page_show_who_celebrates_but_not_the_deceased(
    viewer: User, client_of: ClientOf
) -> None:
    day = today()
    typed = f"{day:%m-%d}"
    alive = factories.person("Zed", "Alive", name_day=f"{day.day} {day:%B}")
    dead = factories.person("Zed", "Gone")
    Contact.objects.filter(pk=dead.pk).update(name_day=typed)
    from kith.contacts.models import SuppressedRecord, Suppression

    said = Suppression.objects.create(reason="deceased", actor="Test")
    SuppressedRecord.objects.create(suppression=said, record_id=dead.primary_record_id)
    silent = factories.person("Zed", "Silent", name_day=f"{day.day} {day:%B}")
    refused = Suppression.objects.create(reason="opt_out", actor="Test")
    SuppressedRecord.objects.create(suppression=refused, record_id=silent.primary_record_id)
    browser = client_of(viewer)
    for address in ("/", "/name-days/", "/name-days/?when=week", f"/name-days/?day={day}"):
        page = browser.get(address).text
        assert alive.name in page, address
        assert dead.name not in page, address
        assert silent.name not in page, address
    assert browser.get("/name-days/?day=nonsense").status_code == 200
    assert browser.get("/name-days/?day=9999-12-31&when=week").status_code == 200
    assert Client().get("/name-days/").status_code == 302


def test_c10_who_celebrates_asks_as_often_for_one_as_for_many(viewer: User, client_of: ClientOf) -> None:
    browser = client_of(viewer)
    rules((f"{today():%m-%d}", "Maria"))
    factories.person("Maria")
    run()
    with CaptureQueriesContext(connection) as few:
        assert browser.get("/name-days/").status_code == 200
    for _ in range(6):
        factories.person("Maria")
    run()
    with CaptureQueriesContext(connection) as many:
        browser.get("/name-days/")
    assert len(few) == len(many)


def test_c10_demographics_say_the_day_the_rule_and_the_calendar(viewer: User, client_of: ClientOf) -> None:
    contact, other = factories.person("Yiorgos"), factories.person("Xristos")
    run()
    page = client_of(viewer).get(f"/contacts/{contact.pk}/").text
    assert "Greek: Yiorgos" in page
    assert "or Monday after Orthodox Easter" in page
    assert "perhaps: short form or other spelling" in client_of(viewer).get(f"/contacts/{other.pk}/").text


def test_a36_a_short_form_celebrates_perhaps_wherever_it_is_shown(viewer: User, client_of: ClientOf) -> None:
    rules((f"{today():%m-%d}", "Konstantinos"))
    keep(calendars=())
    sure, perhaps = factories.person("Konstantinos"), factories.person("Kostis")
    run()
    day = today()
    rows = queries.with_dates([sure, perhaps], day, day)
    assert {one.contact.pk: one.is_sure for one in rows} == {sure.pk: True, perhaps.pk: False}
    for address in ("/", "/name-days/"):
        assert client_of(viewer).get(address).text.count(">perhaps<") == 1, address


def test_c10_settings_are_edited_on_a_page(power_user: User, client_of: ClientOf) -> None:
    browser = client_of(power_user)
    typed = {"scope": "without", "schedule": "by_hand", "order": "listed", "based_on": ""}
    rows = {"calendars": ["0", "1"], "calendars-0-calendar": "swedish", "calendars-1-calendar": "greek"}
    assert browser.post("/name-days/settings/save/", {**typed, **rows}).status_code == 302
    from kith.settings.in_force import in_force

    assert in_force(NAME_DAYS) == NameDaySettings(
        ("swedish", "greek"), Order.LISTED, Scope.WITHOUT, Schedule.BY_HAND
    )
    twice = {**rows, "calendars-1-calendar": "swedish"}
    assert browser.post("/name-days/settings/save/", {**typed, **twice}).status_code == 422
    assert "What Kith comes with" in browser.get("/name-days/settings/").text


def test_a_deleted_contact_has_no_found_name_day() -> None:
    from kith.kernel.leaving import Leaving
    from kith.namedays.deleting import DELETED_WITH

    contact = factories.person("Maria")
    run()
    DELETED_WITH.deletes(Leaving(group_ids=(contact.pk,), record_ids=()))
    assert not NameDay.objects.exists()
