"""What was done, and taking it back: A34."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kith.access.actors import OVERNIGHT
from kith.access.models import User
from kith.contacts.models import Contact
from kith.grouping.actions import carry_out
from kith.grouping.intents import Group, KeepApart, Ungroup
from kith.grouping.models import Operation
from kith.runs import actions as runs
from kith.runs.models import Run
from kith.sources.models import Membership
from tests.claims import claim
from tests.contacts import factories
from tests.stewardship.pages import queries_of, seen_on

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.fixture
def browser(client_of: ClientOf, steward: User) -> Client:
    return client_of(steward)


def grouped(by: User, *, reason: str = "") -> tuple[Operation, Contact, Contact]:
    master, child = factories.person(), factories.person("Helen", "Reid")
    intent = Group(master=master.pk, children=(child.pk,))
    return carry_out(actor=by.actor, intent=intent, reason=reason), master, child


def test_undoing_says_who_did_what_and_what_comes_back_and_does_it(browser: Client, steward: User) -> None:
    operation, _, child = grouped(steward, reason="Same passport")
    page = browser.get(f"/operations/{operation.pk}/undo/").text
    for words in (steward.name, "Same passport", "comes back", "Helen Reid"):
        assert words in page
    answer = browser.post(f"/operations/{operation.pk}/undo/", {"seen": seen_on(page)}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/operations/{operation.pk}/"
    assert "Undone by operation" in answer.text
    child.refresh_from_db()
    assert child.state == Contact.State.ACTIVE
    assert child.name == "Helen Reid"
    again = browser.get(f"/operations/{operation.pk}/undo/").text
    assert "This cannot be done" in again


def test_what_cannot_come_back_is_said_with_the_reason(browser: Client, steward: User) -> None:
    operation, master, _ = grouped(steward)
    carry_out(actor=steward.actor, intent=Ungroup(contact=master.pk), lift=True)
    page = browser.get(f"/operations/{operation.pk}/undo/").text
    assert "This cannot be done" in page
    assert "was moved later by operation" in page
    assert 'id="confirm"' not in page


def test_every_operation_is_listed_newest_first_with_its_undo(browser: Client, steward: User) -> None:
    first, *_ = grouped(steward)
    second, *_ = grouped(steward, reason="Same passport")
    page = browser.get("/operations/").text
    assert "Same passport" in page
    assert page.index(f"/operations/{second.pk}/undo/") < page.index(f"/operations/{first.pk}/undo/")


def test_the_list_is_narrowed_by_kind_person_and_contact(
    browser: Client, steward: User, administrator: User
) -> None:
    mine, master, child = grouped(steward)
    theirs, *_ = grouped(administrator)
    third = factories.person("Nora", "Lind")
    apart = carry_out(actor=steward.actor, intent=KeepApart(contacts=(master.pk, third.pk)))

    def listed(query: str) -> set[int]:
        page = browser.get(f"/operations/?{query}").text
        return {one.pk for one in (mine, theirs, apart) if f"/operations/{one.pk}/undo/" in page}

    assert listed("") == {mine.pk, theirs.pk, apart.pk}
    assert listed("kind=group") == {mine.pk, theirs.pk}
    assert listed(f"by={administrator.pk}") == {theirs.pk}
    assert listed(f"contact={child.pk}") == {mine.pk}
    assert listed(f"contact={master.pk}") == {mine.pk, apart.pk}
    assert listed(f"contact={third.pk}") == {apart.pk}


@pytest.mark.parametrize("query", ["kind=nonsense", "by=0", "by=x", "contact=7", "contact=Eleni", "page=²"])
def test_filters_that_mean_nothing_are_harmless(browser: Client, query: str) -> None:
    assert browser.get(f"/operations/?{query}").status_code == 200


def test_a_group_id_that_is_none_finds_nothing_and_says_why(browser: Client, steward: User) -> None:
    operation, *_ = grouped(steward)
    for headers in ({}, {"HX-Request": "true"}):
        page = browser.get("/operations/?contact=Eleni", headers=headers).text
        assert "A GroupID is a number" in page
        assert f"/operations/{operation.pk}/" not in page


def test_an_operation_shows_its_moves_and_decisions(browser: Client, steward: User) -> None:
    contact = factories.eleni()
    operation = carry_out(actor=steward.actor, intent=Ungroup(contact=contact.pk), reason="Four people")
    page = browser.get(f"/operations/{operation.pk}/").text
    for words in ("M-20931", "SHOP-5512", "Four people", "Keep apart", "6 pairs"):
        assert words in page


def test_a_stranger_is_led_to_the_sign_in_and_a_reader_is_refused(
    client_of: ClientOf, agent: User, steward: User
) -> None:
    operation, *_ = grouped(steward)
    for url in ("/operations/", f"/operations/{operation.pk}/", f"/operations/{operation.pk}/undo/"):
        assert Client().get(url)["Location"].startswith("/sign-in/")
        assert client_of(agent).get(url).status_code == 403


@pytest.mark.parametrize("text", ["0", "7", "9" * 30])
def test_unknown_operations_are_not_there(browser: Client, text: str) -> None:
    for url in (f"/operations/{text}/", f"/operations/{text}/undo/"):
        assert browser.get(url).status_code == 404


def test_lists_ask_as_often_for_many_rows_as_for_one(browser: Client, steward: User) -> None:
    small = factories.contact(*(factories.record({"last_name": "Lee"}) for _ in range(2)))
    large = factories.contact(*(factories.record({"last_name": "Lee"}) for _ in range(9)))
    little = carry_out(actor=steward.actor, intent=Ungroup(contact=small.pk))
    one = queries_of(browser, "/operations/")
    much = carry_out(actor=steward.actor, intent=Ungroup(contact=large.pk))
    grouped(steward)
    assert queries_of(browser, "/operations/") == one
    for page in ("", "undo/"):
        few, many = (queries_of(browser, f"/operations/{each.pk}/{page}") for each in (little, much))
        assert few == many, page


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_run_is_listed_shown_and_undone_as_a_whole(browser: Client) -> None:
    said = {"first_name": "Eleni", "last_name": "Reid", "email_1": "eleni@example.com"}
    one, other = (
        claim("TICKETS", "1", received_at=None, **said),
        claim("SHOP", "A", received_at=None, **{**said, "email_1": "o@x.example"}),
    )
    runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    claim("SHOP", "A", received_at=None, **said)
    run = runs.execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)
    operation = Operation.objects.get(kind=Operation.Kind.RUN, run=run)
    assert f"/operations/{operation.pk}/undo/" in browser.get("/operations/?kind=run").text
    assert f"/runs/{run.pk}/" in browser.get(f"/operations/{operation.pk}/").text
    together = {row.contact_id for row in Membership.objects.filter(record__in=[one, other])}
    assert f"/operations/{operation.pk}/undo/" in browser.get(f"/operations/?contact={together.pop()}").text
    page = browser.get(f"/operations/{operation.pk}/undo/").text
    assert "kept apart from now on" in page
    assert browser.post(f"/operations/{operation.pk}/undo/", {"seen": seen_on(page)}).status_code == 302
    assert len({row.contact_id for row in Membership.objects.filter(record__in=[one, other])}) == 2
