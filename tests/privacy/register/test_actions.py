from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.actions import add_contact
from kith.contacts.models import Contact
from kith.kernel.clock import now, today
from kith.kernel.errors import Conflict, NotAllowed, NotFound, Refused
from kith.privacy.erasing import steps, waiting
from kith.privacy.models import Erasure
from kith.privacy.register import actions, queries
from kith.privacy.register.front import actions as front
from kith.privacy.register.front import mailing
from kith.privacy.register.models import Kind, PersonRequest, UnconfirmedRequest
from kith.privacy.register.rules import NOT_IDENTIFIED, Step
from kith.privacy.register.sealing import Said
from kith.privacy.register.sections import REQUESTS, Requests
from kith.privacy.sections import ANONYMISATION, Anonymisation
from kith.settings.actions import save_section
from kith.stewardship.models import Case
from kith.web.formats import day
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order
from tests.privacy.register.people import SAID, identified, received
from tests.privacy.test_rows import dump

pytestmark = pytest.mark.django_db


def closed(made: PersonRequest, how: Step = Step.ANSWER) -> PersonRequest:
    return actions.close_request(
        actor=COMMAND_LINE, request_id=made.pk, version=made.version, how=how, outcome="Report by post"
    )


def test_what_the_person_wrote_is_sealed_and_who_reads_it_is_written_down() -> None:
    made = received()
    said = dump()
    assert not [one for one in (SAID.name, SAID.reach, SAID.words) if one in said]
    assert actions.read_words(actor=COMMAND_LINE, request_id=made.pk) == SAID
    last = Entry.objects.order_by("-pk")[0]
    assert (last.event, last.subject_type, last.subject_id) == (
        "PersonRequestRead",
        "person_request",
        made.pk,
    )


def test_from_receipt_to_answer_each_step_is_in_the_journal(privacy_officer: User) -> None:
    contact, by = factories.person(), privacy_officer.actor
    made = received(on=date(2026, 1, 31))
    assert made.due_on == date(2026, 2, 28)
    made = actions.take_request(actor=by, request_id=made.pk, version=made.version)
    made = actions.attach_contact(actor=by, request_id=made.pk, version=made.version, contact_id=contact.pk)
    made = actions.check_identity(actor=by, request_id=made.pk, version=made.version, how="At the desk")
    assert (made.state, made.identity_by_id, made.identity_as) == ("identified", by.user_id, by.name)
    made = actions.begin_work(actor=by, request_id=made.pk, version=made.version)
    made = closed(made)
    assert (made.state, made.outcome, made.owner_id) == ("answered", "Report by post", by.user_id)
    assert [one.event for one in reversed(queries.history_of(made.pk, actor=by))] == [
        "PersonRequestReceived",
        "PersonRequestTaken",
        "PersonRequestAttached",
        "PersonIdentified",
        "PersonRequestBegun",
        "PersonRequestAnswered",
    ]
    with pytest.raises(Refused, match="closed already"):
        closed(made)


def test_of_two_officers_at_once_one_is_told() -> None:
    made = received()
    seen = made.version
    actions.take_request(actor=COMMAND_LINE, request_id=made.pk, version=seen)
    with pytest.raises(Conflict, match="Somebody else changed"):
        actions.check_identity(actor=COMMAND_LINE, request_id=made.pk, version=seen, how="By phone")
    made.refresh_from_db()
    assert made.state == "received"


def test_extended_once_by_at_most_two_months_with_a_reason_and_not_when_it_is_overdue() -> None:
    made = received(on=today())
    by = {"actor": COMMAND_LINE, "request_id": made.pk, "version": made.version}
    for months, reason in ((3, "Many"), (0, "Many"), (1, " ")):
        with pytest.raises(Refused):
            actions.extend_request(**by, months=months, reason=reason)  # type: ignore[arg-type]  # as above
    due = made.due_on
    made = actions.extend_request(**by, months=2, reason="Many sources")  # type: ignore[arg-type]  # as above
    assert (made.first_due_on, made.extension_reason) == (due, "Many sources")
    assert made.due_on > due + timedelta(55)
    with pytest.raises(Refused, match="possible only once"):
        actions.extend_request(
            actor=COMMAND_LINE, request_id=made.pk, version=made.version, months=1, reason="More"
        )
    late = received(on=date(2026, 1, 31))
    with pytest.raises(Refused, match="overdue"):
        actions.extend_request(
            actor=COMMAND_LINE, request_id=late.pk, version=late.version, months=1, reason="More"
        )


def test_not_received_on_a_day_to_come_nor_of_a_contact_that_is_not_there() -> None:
    with pytest.raises(Refused, match="a day to come"):
        received(on=today() + timedelta(days=2))
    with pytest.raises(Refused, match="no contact"):
        received(contact_id=999_999_999)
    assert not PersonRequest.objects.exists()
    with pytest.raises(NotFound):
        actions.take_request(actor=COMMAND_LINE, request_id=1, version=1)


def test_agents_may_neither_read_nor_change(agent: User) -> None:
    made = received()
    by = agent.actor
    with pytest.raises(NotAllowed):
        actions.read_words(actor=by, request_id=made.pk)
    with pytest.raises(NotAllowed):
        actions.take_request(actor=by, request_id=made.pk, version=made.version)
    with pytest.raises(NotAllowed):
        list(queries.requests(actor=by))


def test_an_identity_checked_before_anybody_was_found_is_checked_against_whoever_is() -> None:
    contact = factories.person()
    made = identified(Kind.ERASURE)
    made = actions.attach_contact(
        actor=COMMAND_LINE, request_id=made.pk, version=made.version, contact_id=contact.pk
    )
    assert (made.state, made.identity_at, made.identity_how) == ("received", None, "")
    with pytest.raises(Refused, match=NOT_IDENTIFIED[1:]):
        actions.order_erasing(
            actor=COMMAND_LINE, request_id=made.pk, version=made.version, typed_group_id=contact.pk
        )


@pytest.mark.parametrize("how", [Step.REFUSE, Step.WITHDRAW])
def test_k24_what_was_asked_for_and_taken_back_is_not_anonymised(how: Step) -> None:
    allow(months_update=12)
    contact = factories.person()
    made = identified(Kind.ERASURE, contact_id=contact.pk)
    erasure = actions.order_erasing(
        actor=COMMAND_LINE, request_id=made.pk, version=made.version, typed_group_id=contact.pk
    )
    assert erasure.state == Erasure.State.BLOCKED
    made.refresh_from_db()
    closed(made, how)
    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.CANCELLED
    save_section(actor=COMMAND_LINE, section=ANONYMISATION, value=Anonymisation(is_enabled=True))
    steps.carry_on(waiting.tonight())
    contact.refresh_from_db()
    assert contact.state == contact.State.ACTIVE


@pytest.mark.parametrize("how", [Step.REFUSE, Step.WITHDRAW])
def test_what_has_begun_is_closed_as_answered_only(how: Step) -> None:
    allow()
    contact = factories.person()
    made = identified(Kind.ERASURE, contact_id=contact.pk)
    erasure = actions.order_erasing(
        actor=COMMAND_LINE, request_id=made.pk, version=made.version, typed_group_id=contact.pk
    )
    steps.erase(erasure.uid)
    made.refresh_from_db()
    with pytest.raises(Refused, match="close it as answered"):
        closed(made, how)


def test_nothing_overdue_stays_unnoticed_and_each_opens_one_case() -> None:
    save_section(actor=COMMAND_LINE, section=REQUESTS, value=Requests(remind_days=7))
    fresh = received()
    soon = received(on=today())
    PersonRequest.objects.filter(pk=soon.pk).update(due_on=today() + timedelta(days=6))
    late = received(Kind.ERASURE, on=date(2026, 1, 31))
    done = closed(identified(on=date(2026, 1, 31)))
    assert actions.open_cases_of_due() == 2
    assert actions.open_cases_of_due() == 0
    titles = list(Case.objects.filter(kind="person_request").order_by("pk").values_list("title", flat=True))
    assert titles == [
        f"Request {late.pk} of a person (erasure) has been overdue since 28\u00a0Feb\u00a02026",
        f"Request {soon.pk} of a person (access) is due on {day(today() + timedelta(days=6))}",
    ]
    assert {fresh.pk, done.pk}.isdisjoint(
        PersonRequest.objects.filter(case_opened_at__isnull=False).values_list("pk", flat=True)
    )


def test_closing_a_request_settles_the_case_that_reminded_of_it() -> None:
    late, other = identified(on=date(2026, 1, 31)), received(on=date(2026, 1, 31))
    assert actions.open_cases_of_due() == 2
    closed(late)
    states = {one.title.split(" of ")[0]: one.state for one in Case.objects.all()}
    assert states == {f"Request {late.pk}": "resolved", f"Request {other.pk}": "open"}


def test_erasure_is_not_answered_while_the_contact_is_there_and_is_when_it_was_anonymised_otherwise() -> None:
    allow()
    contact = factories.person()
    made = identified(Kind.ERASURE, contact_id=contact.pk)
    with pytest.raises(Refused, match="not anonymised"):
        closed(made)
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    closed(made)
    made.refresh_from_db()
    assert (made.state, made.sealed_words) == ("answered", None)


def test_a_contact_that_was_grouped_leads_to_its_survivor() -> None:
    survivor, retired = factories.eleni(), factories.person()
    made = identified(contact_id=retired.pk)
    Contact.objects.filter(pk=retired.pk).update(
        state=Contact.State.RETIRED, retired_at=now(), successor_id=survivor.pk
    )
    assert queries.leads_to(made) == survivor.pk
    assert received(contact_id=retired.pk).contact_id == survivor.pk


def test_words_of_requests_that_were_closed_before_a_moment_are_destroyed() -> None:
    old, new, still_open = closed(identified()), closed(identified()), received()
    PersonRequest.objects.filter(pk=old.pk).update(closed_at=now() - timedelta(days=31))
    assert actions.forget_old_words(before=now() - timedelta(days=30)) == 1
    with pytest.raises(Refused, match="destroyed"):
        actions.read_words(actor=COMMAND_LINE, request_id=old.pk)
    for one in (new, still_open):
        assert actions.read_words(actor=COMMAND_LINE, request_id=one.pk) == SAID
    old.refresh_from_db()
    assert (old.sealed_words, old.sealed_key, old.outcome) == (None, None, "Report by post")


def test_anonymising_takes_the_words_of_closed_requests_and_the_open_one_keeps_where_to_answer() -> None:
    allow()
    contact = factories.person()
    before = closed(identified(contact_id=contact.pk))
    made = identified(Kind.ERASURE, contact_id=contact.pk)
    erasure = actions.order_erasing(
        actor=COMMAND_LINE, request_id=made.pk, version=made.version, typed_group_id=contact.pk
    )
    assert (erasure.route, erasure.request_id) == (Erasure.Route.REQUEST, made.pk)
    made.refresh_from_db()
    assert (made.erasure_id, made.state) == (erasure.pk, "in_work")
    with pytest.raises(Refused, match="not done and proved yet"):
        closed(made)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", erasure.trouble
    assert Contact.objects.get(pk=contact.pk).state == "anonymised"
    with pytest.raises(Refused, match="destroyed"):
        actions.read_words(actor=COMMAND_LINE, request_id=before.pk)
    assert actions.read_words(actor=COMMAND_LINE, request_id=made.pk) == SAID
    made.refresh_from_db()
    closed(made)
    with pytest.raises(Refused, match="destroyed"):
        actions.read_words(actor=COMMAND_LINE, request_id=made.pk)


def test_e_mails_in_the_folder_go_with_whoever_is_anonymised(settings: LazySettings, tmp_path: Path) -> None:
    allow()
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = tmp_path
    for email in ("dora@example.org", "else@example.org"):
        front.ask(
            kind="access",
            said=Said(name="Dora Marlowe", reach=email),
            address="192.0.2.1",
            link_of=lambda token: f"https://kith.example.org/{token}/",
        )
    for one in UnconfirmedRequest.objects.all():
        mailing.mail_link(one.pk)
    assert len(list(tmp_path.glob("*.log"))) == 2
    pk = add_contact(
        actor=COMMAND_LINE,
        kind="person",
        claim={"first_name": "Dora", "last_name": "Marlowe", "email_1": "dora@example.org"},
    )
    erasure = order(Contact.objects.get(pk=pk))
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", erasure.trouble
    (left,) = tmp_path.glob("*.log")
    assert b"else@example.org" in left.read_bytes()


def test_the_database_keeps_what_the_rules_promise() -> None:
    made = received()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_constraint WHERE conrelid = 'register_personrequest'::regclass"
            " AND contype = 'c' AND conname LIKE 'person_request_%%'"
        )
        assert cursor.fetchall()[0][0] == 4
    from django.db import IntegrityError, transaction

    for wrong in (
        {"state": "answered"},
        {"state": "in_work"},
        {"sealed_key": None},
        {"extension_reason": "x"},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            PersonRequest.objects.filter(pk=made.pk).update(**wrong)
