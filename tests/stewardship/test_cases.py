"""Stewardship cases: opened by themselves and by hand, owned, noted on, resolved (K29)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string
from pytest_django.fixtures import Settings

from kith.access.actors import OVERNIGHT
from kith.access.models import User
from kith.audit.models import Entry
from kith.config.figures import figures
from kith.contacts.models import Contact
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.runs import actions as runs
from kith.runs.models import Run, RunSettings
from kith.runs.steps import Counts, Held, Step, StepContext
from kith.stewardship import actions, requests
from kith.stewardship.cases import open_case
from kith.stewardship.models import Case
from tests.stewardship.asking import another_steward, grouped, night, settle, strangers

ClientOf = Callable[[User], Client]
Kind, State = Case.Kind, Case.State


def held(context: StepContext) -> Counts:
    if not context.approved:
        raise Held("It would change 40 % of the GroupIDs.")
    return {}


def broken(context: StepContext) -> Counts:
    raise ZeroDivisionError


STEPS_HELD = (Step("match", "Compare", held),)
STEPS_BROKEN = (Step("match", "Compare", broken),)
HERE = "tests.stewardship.test_cases"


def test_the_setting_names_what_opens_a_case_and_one_is_open_per_subject(
    db: None, settings: Settings
) -> None:
    opens = import_string(settings.KITH_OPEN_CASE)
    one = strangers(1)[0]
    first = opens(kind="contradiction", title="Decisions contradict each other", contact_id=one.pk)
    run = Run.objects.create(trigger="button")
    again = opens(kind="contradiction", title=first.title, contact_id=one.pk, run_id=run.pk)
    assert again == first, "found again by another run"
    assert opens(kind="contradiction", title="Of none") != first
    assert opens(kind="contradiction", title="Of none") == Case.objects.order_by("-pk").first()
    assert Case.objects.count() == 2
    actions.resolve_case(actor=OVERNIGHT, case_id=first.pk)
    assert open_case(kind="contradiction", title=first.title, contact_id=one.pk) != first


@pytest.mark.parametrize(
    "kind", ["erasure", "person_request", "journal", "backup", "sign_on", "failed_request"]
)
def test_while_one_about_the_same_is_unresolved_no_other_is_opened(db: None, kind: str) -> None:
    title = "GroupID 1 000 000 was anonymised, and is not any more"
    first = open_case(kind=kind, title=title, contact_id=1_000_000)
    assert open_case(kind=kind, title=title, contact_id=1_000_000) == first, "the next night"
    of_none = open_case(kind=kind, title=title)
    assert open_case(kind=kind, title=title) == of_none
    others = [open_case(kind=kind, title=title, contact_id=1_000_001), open_case(kind=kind, title="Else")]
    assert len({first, of_none, *others}) == Case.objects.count() == 4
    actions.resolve_case(actor=OVERNIGHT, case_id=first.pk)
    assert open_case(kind=kind, title=title, contact_id=1_000_000) != first


def test_every_kind_but_calls_for_help_is_open_once(db: None) -> None:
    run = Run.objects.create(trigger="button")
    for kind in Kind:
        first = open_case(kind=kind, title="The same", run_id=run.pk)
        assert (open_case(kind=kind, title="The same", run_id=run.pk) == first) is (kind != Kind.MANUAL)


def test_an_unknown_kind_of_case_is_a_mistake_in_the_code(db: None) -> None:
    with pytest.raises(ValueError, match="valid"):
        open_case(kind="nonsense", title="?")


@pytest.mark.django_db(transaction=True)
def test_two_that_find_the_same_contradiction_at_the_same_moment_open_one_case() -> None:
    def go(_: int) -> int:
        try:
            return open_case(kind="contradiction", title="Contradiction", contact_id=1_000_000).pk
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(go, range(8)))) == 1
    assert Case.objects.count() == 1


def test_k29_a_held_run_is_a_case_that_is_resolved_by_itself_when_the_run_is_approved(
    administrator: User, settings: Settings
) -> None:
    settings.KITH_OVERNIGHT = f"{HERE}.STEPS_HELD"
    RunSettings.objects.update_or_create(pk=1)
    run = night()
    assert run.state == Run.State.HELD
    case = Case.objects.get()
    assert (case.kind, case.run_id, case.state) == (Kind.CIRCUIT_BREAKER, run.pk, State.OPEN)
    runs.approve_run(actor=administrator.actor, run_id=run.pk)
    case.refresh_from_db()
    assert case.state == State.RESOLVED
    assert night().state == Run.State.DONE
    assert Case.objects.count() == 1


def test_k29_a_held_run_that_is_cancelled_settles_its_case_too(
    administrator: User, settings: Settings
) -> None:
    settings.KITH_OVERNIGHT = f"{HERE}.STEPS_HELD"
    run = night()
    runs.cancel_run(actor=administrator.actor, run_id=run.pk)
    assert Case.objects.get().state == State.RESOLVED


def test_k29_a_run_that_failed_is_a_case_until_one_is_done_or_somebody_looks_into_it(
    steward: User, settings: Settings
) -> None:
    usual = settings.KITH_OVERNIGHT
    settings.KITH_OVERNIGHT = f"{HERE}.STEPS_BROKEN"
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            night()
    settings.KITH_OVERNIGHT = usual
    first, second = Case.objects.order_by("pk")
    assert {first.kind, second.kind} == {Kind.FAILED_RUN}
    actions.take_case(actor=steward.actor, case_id=second.pk)
    assert night().state == Run.State.DONE
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == (State.RESOLVED, State.IN_PROGRESS)


def test_a_case_is_taken_given_away_given_back_resolved_and_reopened(steward: User, viewer: User) -> None:
    other = another_steward()
    case = actions.ask_for_help(actor=steward.actor, title="Unwanted grouping", text="It came back.")
    assert case.notes.get().text == "It came back."
    assert actions.take_case(actor=steward.actor, case_id=case.pk).state == State.IN_PROGRESS
    assert actions.assign_case(actor=steward.actor, case_id=case.pk, owner_id=other.pk).owner_id == other.pk
    with pytest.raises(Refused, match="may not work on cases"):
        actions.assign_case(actor=steward.actor, case_id=case.pk, owner_id=viewer.pk)
    assert actions.assign_case(actor=steward.actor, case_id=case.pk, owner_id=None).state == State.OPEN
    resolved = actions.resolve_case(actor=other.actor, case_id=case.pk, text="Split again.")
    assert (resolved.state, resolved.resolved_by_id) == (State.RESOLVED, other.pk)
    assert case.notes.count() == 2
    with pytest.raises(Refused, match="is resolved"):
        actions.take_case(actor=steward.actor, case_id=case.pk)
    assert actions.reopen_case(actor=steward.actor, case_id=case.pk).state == State.OPEN
    with pytest.raises(Refused, match="is open"):
        actions.reopen_case(actor=steward.actor, case_id=case.pk)
    events = list(Entry.objects.filter(subject_type="case").order_by("pk").values_list("event", flat=True))
    assert events == [
        "CaseOpened", "CaseAssigned", "CaseAssigned", "CaseAssigned", "CaseResolved", "CaseReopened"
    ]  # fmt: skip


def test_a_case_is_not_reopened_beside_another_about_the_same(steward: User) -> None:
    first = open_case(kind="contradiction", title="Contradiction", contact_id=1_000_000)
    actions.resolve_case(actor=steward.actor, case_id=first.pk)
    open_case(kind="contradiction", title="Contradiction", contact_id=1_000_000)
    with pytest.raises(Refused, match="open already"):
        actions.reopen_case(actor=steward.actor, case_id=first.pk)


def test_failed_requests_of_other_rooms_are_reopened_each_for_itself(steward: User) -> None:
    first = open_case(kind="failed_request", title="Unflagging failed", contact_id=1_000_000)
    open_case(kind="failed_request", title="Unflagging failed", contact_id=1_000_001)
    actions.resolve_case(actor=steward.actor, case_id=first.pk)
    assert actions.reopen_case(actor=steward.actor, case_id=first.pk).state == State.OPEN


def test_calls_for_help_are_each_a_case_of_their_own(steward: User) -> None:
    one = strangers(1)[0]
    for _ in range(2):
        actions.ask_for_help(actor=steward.actor, title="Unwanted grouping", contact_id=one.pk)
    assert Case.objects.count() == 2


def test_who_may_not_group_may_do_nothing_with_cases(viewer: User) -> None:
    case = open_case(kind="contradiction", title="Contradiction")
    with pytest.raises(NotAllowed):
        actions.take_case(actor=viewer.actor, case_id=case.pk)
    with pytest.raises(NotAllowed):
        actions.add_note(actor=viewer.actor, case_id=case.pk, text="?")
    with pytest.raises(NotFound):
        actions.resolve_case(actor=OVERNIGHT, case_id=999_999)
    with pytest.raises(Refused, match="signed in"):
        actions.take_case(actor=OVERNIGHT, case_id=case.pk)


# Pages


def test_k29_get_help_from_a_contact_opens_a_case_that_its_page_shows(
    steward: User, viewer: User, client_of: ClientOf
) -> None:
    one = strangers(1)[0]
    browser = client_of(steward)
    assert f"/cases/new/?contact={one.pk}" in browser.get(f"/contacts/{one.pk}/").text
    assert f'value="{one.pk}"' in browser.get(f"/cases/new/?contact={one.pk}").text
    said = {"title": "Unwanted grouping", "contact": f"{one.pk}", "text": "It came back twice."}
    page = browser.post("/cases/new/", said, follow=True).text
    assert "Unwanted grouping" in page
    assert "It came back twice." in page
    assert "Unwanted grouping" in browser.get(f"/contacts/{one.pk}/").text
    assert "Get help" not in client_of(viewer).get(f"/contacts/{one.pk}/").text


def test_nonsense_in_the_form_for_help_comes_back_with_what_is_wrong(
    steward: User, client_of: ClientOf
) -> None:
    browser = client_of(steward)
    assert browser.post("/cases/new/", {}).status_code == 422
    assert browser.post("/cases/new/", {"title": "x", "contact": "abc"}).status_code == 422
    nobody = browser.post("/cases/new/", {"title": "x", "contact": "987654321"})
    assert nobody.status_code == 422
    assert "no contact with this GroupID" in nobody.text
    assert not Case.objects.exists()


def test_a_failed_request_and_its_case_lead_to_each_other(steward: User, client_of: ClientOf) -> None:
    settle(changes_wait=True)
    one, other = strangers(2)
    request = requests.ask(actor=steward.actor, intent=grouped(one, other)).request
    assert request is not None
    Contact.objects.filter(pk=other.pk).update(kind="company")
    night()
    case = Case.objects.get()
    browser = client_of(steward)
    page = browser.get(f"/cases/{case.pk}/").text
    assert f"/requests/{request.pk}/" in page
    assert "person and a company cannot be grouped" in page
    assert f"/cases/{case.pk}/" in browser.get(f"/requests/{request.pk}/").text
    assert "Overnight run" in page


def test_on_the_page_a_case_is_taken_noted_on_assigned_resolved_and_reopened(
    steward: User, viewer: User, client_of: ClientOf
) -> None:
    other = another_steward()
    case = open_case(kind="contradiction", title="Contradiction")
    browser, address = client_of(steward), f"/cases/{case.pk}/"
    assert "The case is yours" in browser.post(f"{address}take/", follow=True).text
    assert "Take it" not in browser.get(address).text
    assert "Looked at both." in browser.post(f"{address}note/", {"text": "Looked at both."}, follow=True).text
    assert browser.post(f"{address}note/", {"text": " "}).status_code == 422
    assert "another owner" in browser.post(f"{address}assign/", {"owner": other.pk}, follow=True).text
    assert "may not work" in browser.post(f"{address}assign/", {"owner": viewer.pk}, follow=True).text
    assert "is resolved" in browser.post(f"{address}resolve/", follow=True).text
    assert "Reopen it first" in browser.post(f"{address}take/", follow=True).text
    assert "open again" in browser.post(f"{address}reopen/", follow=True).text


def test_the_list_filters_by_state_kind_and_owner(steward: User, client_of: ClientOf) -> None:
    mine = open_case(kind="contradiction", title="Mine", contact_id=1_000_000)
    actions.take_case(actor=steward.actor, case_id=mine.pk)
    open_case(kind="failed_run", title="Nobodys")
    done = open_case(kind="contradiction", title="Settled")
    actions.resolve_case(actor=steward.actor, case_id=done.pk)
    browser = client_of(steward)

    def titles(query: str) -> set[str]:
        text = browser.get(f"/cases/{query}").text
        return {title for title in ("Mine", "Nobodys", "Settled") if title in text.partition('id="cases"')[2]}

    assert titles("") == {"Mine", "Nobodys"}
    assert titles("?state=all") == {"Mine", "Nobodys", "Settled"}
    assert titles("?state=resolved") == {"Settled"}
    assert titles("?kind=failed_run") == {"Nobodys"}
    assert titles(f"?owner={steward.pk}") == {"Mine"}
    assert titles("?owner=nobody") == {"Nobodys"}
    assert titles("?owner=x&state=y&page=-1") == {"Mine", "Nobodys"}
    assert figures().open_cases == 2


def test_cases_strangers_sign_in_readers_may_not_and_what_is_not_there_is_not_found(
    client: Client, viewer: User, steward: User, client_of: ClientOf
) -> None:
    case = open_case(kind="contradiction", title="Contradiction")
    for address in ("/cases/", "/cases/new/", f"/cases/{case.pk}/"):
        assert client.get(address).status_code == 302
        assert client_of(viewer).get(address).status_code == 403
    for verb in ("take", "assign", "resolve", "reopen", "note"):
        address = f"/cases/{case.pk}/{verb}/"
        assert client.post(address).status_code == 302
        assert client_of(viewer).post(address).status_code == 403
        assert client_of(steward).get(address).status_code == 405
        assert (
            client_of(steward).post(f"/cases/999999/{verb}/", {"text": "x", "owner": "nobody"}).status_code
            == 404
        )
    assert client_of(steward).get("/cases/999999/").status_code == 404


def test_lists_and_pages_of_cases_ask_equally_often_for_one_and_for_many(
    steward: User, client_of: ClientOf
) -> None:
    one = strangers(1)[0]
    first = actions.ask_for_help(actor=steward.actor, title="Help", text="x", contact_id=one.pk)
    browser = client_of(steward)
    addresses = ("/cases/", f"/cases/{first.pk}/", f"/contacts/{one.pk}/")

    def queries() -> list[int]:
        counted = []
        for address in addresses:
            with CaptureQueriesContext(connection) as asked:
                assert browser.get(address).status_code == 200
            counted.append(len(asked))
        return counted

    # That somebody looked is written once in ten minutes: the first look asks more.
    browser.get(addresses[-1])
    few = queries()
    for _ in range(9):
        case = actions.ask_for_help(actor=steward.actor, title="Help", contact_id=one.pk)
        actions.take_case(actor=steward.actor, case_id=case.pk)
        actions.add_note(actor=steward.actor, case_id=first.pk, text="More.")
    assert queries() == few
