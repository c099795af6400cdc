"""What a run changed, and why System Refs are one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.actors import OVERNIGHT
from kith.access.models import User
from kith.contacts.models import Contact
from kith.grouping.why.inspection import inspect
from kith.runs.actions import execute_run
from kith.runs.models import Run
from tests.claims import claim

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ClientOf = Callable[[User], Client]


def overnight() -> Run:
    return execute_run(actor=OVERNIGHT, trigger=Run.Trigger.COMMAND)


def three_in_a_chain() -> Contact:
    """A–B by rule 1 (e-mail and last name), B–C by rule 3 (name and phone)."""
    claim("TICKETS", "A-1", first_name="E.", last_name="Reid", email_1="e@example.com")
    claim(
        "SHOP", "B-1", first_name="Eleni", last_name="Reid", email_1="e@example.com", phone_1="+35799123456"
    )
    claim("CLUB", "C-1", first_name="Eleni", last_name="Reid", phone_1="+35799123456")
    overnight()
    return Contact.objects.get()


def test_k11_a_chain_of_three_shows_three_circles_two_numbered_squares_and_no_unused_rule() -> None:
    found = inspect(three_in_a_chain())
    assert len(found.picture.circles) == 3
    assert sorted(badge.text for badge in found.picture.badges if badge.is_rule) == ["1", "3"]
    assert not found.alone


def test_k11_the_page_says_in_words_what_the_picture_shows(viewer: User, client_of: ClientOf) -> None:
    contact = three_in_a_chain()
    page = client_of(viewer).get(f"/contacts/{contact.pk}/why/").text
    assert page.count("<circle cx") >= 3
    assert page.count('class="why-square"') == 4, "on a page and on a phone"
    assert "same e-mail; same last name" in page
    assert "same phone" in page
    assert "Name and address" not in page.split('id="pairs"')[1]


def test_a_single_system_ref_has_nothing_to_explain(viewer: User, client_of: ClientOf) -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid")
    overnight()
    page = client_of(viewer).get(f"/contacts/{Contact.objects.get().pk}/why/").text
    assert "Only one System Ref" in page
    assert '<svg class="why"' not in page


def test_why_asks_the_database_equally_often_for_three_system_refs_and_for_fifty(
    viewer: User, client_of: ClientOf
) -> None:
    contact, browser = three_in_a_chain(), client_of(viewer)
    address = f"/contacts/{contact.pk}/why/"
    browser.get(address)
    with CaptureQueriesContext(connection) as few:
        browser.get(address)
    for number in range(47):
        claim("SHOP", f"X-{number}", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    overnight()
    # The figures of a new basis are read once per process.
    browser.get(address)
    with CaptureQueriesContext(connection) as many:
        answer = browser.get(address)
    assert len(few) == len(many)
    assert "shows the links that hold all together" in answer.text
    assert len(answer.context["found"].picture.lines) < 60


def test_a_retired_groupid_leads_to_its_successor_and_an_unknown_one_is_not_found(
    viewer: User, client: Client, client_of: ClientOf
) -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    claim("SHOP", "A", first_name="Eleni", last_name="Reid")
    overnight()
    claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    overnight()
    retired, active = Contact.objects.get(state="retired"), Contact.objects.get(state="active")
    browser = client_of(viewer)
    assert browser.get(f"/contacts/{retired.pk}/why/").url == f"/contacts/{active.pk}/why/"  # type: ignore[attr-defined]  # a redirect
    assert browser.get("/contacts/5/why/").status_code == 404
    assert client.get(f"/contacts/{active.pk}/why/").status_code == 302


def test_a_run_s_changes_show_old_and_new_groupid_down_to_the_contact(
    viewer: User, client: Client, client_of: ClientOf
) -> None:
    claim("TICKETS", "1", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    claim("SHOP", "A", first_name="Eleni", last_name="Reid")
    first = overnight()
    claim("SHOP", "A", first_name="Eleni", last_name="Reid", email_1="e@example.com")
    second = overnight()
    browser = client_of(viewer)
    assert "Nothing was regrouped" in browser.get(f"/runs/{first.pk}/changes/").text
    answer = browser.get(f"/runs/{second.pk}/changes/")
    change = answer.context["changes"][0]
    active, retired = Contact.objects.get(state="active"), Contact.objects.get(state="retired")
    assert (change.was, change.became, change.name) == (retired.pk, active.pk, "Eleni Reid")
    assert change.was_retired
    assert f'href="/contacts/{active.pk}/"' in answer.text
    assert browser.get("/runs/9999/changes/").status_code == 404
    assert client.get(f"/runs/{second.pk}/changes/").status_code == 302
