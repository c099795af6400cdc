"""“Why are these one?” worked out now: rules, the model bit by bit, the link that holds a group."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.models import User
from kith.contacts.models import Contact
from kith.grouping.recipe import actions
from kith.grouping.why.inspection import MOST_OPENED, MOST_PAIRS, inspect
from kith.matching.records import PERSON
from kith.matching.shipped import shipped_model
from tests.claims import claim, place

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def together(*claims: dict[str, str]) -> Contact:
    contact = Contact.objects.create(kind=PERSON, name="Eleni Reid")
    place(
        contact,
        *(
            claim("TICKETS", f"{contact.pk}-{number}", received_at=None, **fields)
            for number, fields in enumerate(claims)
        ),
    )
    return contact


def a_chain() -> Contact:
    """Rule 1 holds the first two, rule 3 the second and third; nothing else does."""
    return together(
        {"last_name": "Reid", "email_1": "reid.family@example.com"},
        {
            "first_name": "Eleni",
            "last_name": "Reid",
            "email_1": "reid.family@example.com",
            "phone_1": "+35799123456",
        },
        {"first_name": "Eleni", "last_name": "Reid", "phone_1": "+35799123456"},
    )


def by_the_model() -> Contact:
    born = "1980-01-17"
    return together(
        {"first_name": "Eleni", "last_name": "Reid", "birth_date": born, "email_1": "e@example.com"},
        {"first_name": "Eleni", "last_name": "Reid", "birth_date": born, "email_1": "eleni@example.org"},
    )


def test_k11_a_chain_of_three_shows_three_circles_and_the_number_of_each_rule() -> None:
    found = inspect(a_chain())
    grouping = [badge for badge in found.picture.badges if badge.is_rule]
    assert len(found.picture.circles) == 3
    assert sorted(badge.text for badge in grouping) == ["1", "3"]
    assert not found.alone


def test_one_link_that_holds_the_group_is_named_and_drawn(viewer: User, client_of: ClientOf) -> None:
    contact = a_chain()
    found = inspect(contact)
    assert found.bridge is not None
    assert {found.bridge.left, found.bridge.right} == {1, 2}
    page = client_of(viewer).get(f"/contacts/{contact.pk}/why/").text
    assert "without it the group falls into two" in page
    assert page.count('class="why-line why-bridge"') == 2, "on a page and on a phone"
    assert "holds the group" in page


def test_where_no_rule_decides_the_line_shows_bits_and_the_waterfall_each_field(
    viewer: User, client_of: ClientOf
) -> None:
    contact = by_the_model()
    found = inspect(contact)
    assert [badge.is_rule for badge in found.picture.badges] == [False]
    assert found.picture.badges[0].text.startswith("+")
    page = client_of(viewer).get(f"/contacts/{contact.pk}/why/").text
    assert 'class="why-pill"' in page
    assert "same birth date" in page
    assert "different e-mails" in page
    assert "no phone on either side" in page
    assert 'class="bits-against"' in page
    assert "style=" not in page


def test_the_page_explains_by_what_is_in_force_now(power_user: User) -> None:
    contact = by_the_model()
    strict = replace(shipped_model(PERSON), group_at=60.0)
    draft = actions.save_model_draft(actor=power_user.actor, model=strict, based_on=None)
    actions.publish_model(actor=power_user.actor, model_id=draft.pk)
    found = inspect(contact)
    assert [line.look for line in found.picture.lines] == ["review"]
    assert len(found.alone) == 2


def test_what_a_rule_of_never_says_about_a_group_is_said_first(viewer: User, client_of: ClientOf) -> None:
    contact = together(
        {"first_name": "Eleni", "last_name": "Reid", "birth_date": "1980-01-17", "email_1": "e@example.com"},
        {
            "first_name": "Bartholomew",
            "last_name": "Reid",
            "birth_date": "1948-11-03",
            "email_1": "e@example.com",
        },
    )
    page = client_of(viewer).get(f"/contacts/{contact.pk}/why/").text
    assert "A rule of never speaks against this group" in page
    assert "Different first names" in page


def test_any_two_of_a_contact_are_shown_bit_by_bit_and_strangers_are_not(
    viewer: User, client: Client, client_of: ClientOf
) -> None:
    contact, other = a_chain(), by_the_model()
    first, _, third = contact.memberships.order_by("pk").values_list("pk", flat=True)
    stranger = other.memberships.order_by("pk").values_list("pk", flat=True)[0]
    browser, address = client_of(viewer), f"/contacts/{contact.pk}/why/"
    asked = {"one": first, "other": third}
    part = browser.get(address, asked, headers={"HX-Request": "true"})
    assert part.text.lstrip().startswith('<div id="bits"')
    assert "same last name" in part.text
    assert 'id="picture"' in browser.get(address, asked).text
    for wrong in (
        {"one": first, "other": stranger},
        {"one": first, "other": first},
        {"one": "x", "other": "9" * 40},
    ):
        assert browser.get(address, wrong).context["two"] is None
    assert client.get(address).status_code == 302


def test_a_large_contact_is_explained_in_part_and_the_page_stays_light(
    viewer: User, client_of: ClientOf
) -> None:
    alike = {
        "first_name": "Eleni",
        "last_name": "Reid",
        "email_1": "e@example.com",
        "birth_date": "1980-01-17",
    }
    small, large = together(*[alike] * 3), together(*[{**alike, "email_1": "f@example.com"}] * 60)
    browser = client_of(viewer)
    browser.get(f"/contacts/{small.pk}/why/")
    with CaptureQueriesContext(connection) as few:
        browser.get(f"/contacts/{small.pk}/why/")
    with CaptureQueriesContext(connection) as many:
        answer = browser.get(f"/contacts/{large.pk}/why/")
    found = answer.context["found"]
    assert len(few) == len(many)
    assert len(found.pairs) == MOST_PAIRS
    assert sum(pair.falls is not None for pair in found.pairs) == MOST_OPENED
    assert found.picture.is_partial
    assert "the first 50 are explained here" in answer.text
    assert len(answer.content) < 80_000
