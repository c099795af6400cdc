"""Search as people use it: K2, K3, K4, C25."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.test import Client

from kith.access.actors import NOBODY
from kith.access.models import User
from kith.contacts import queries
from kith.contacts.criteria import Criterion
from kith.contacts.models import Contact
from kith.contacts.queries import ContactSearch
from kith.kernel.errors import NotAllowed
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def found(user: User, text: str) -> tuple[int, ...]:
    return ContactSearch(text=text).found(actor=user.actor).ids


@pytest.mark.parametrize(
    "text",
    [
        "Papadopoulou Eleni",
        "eleni papa",
        "Ελένη Παπαδοπούλου",
        "helen",
        "eleni.reid@example.com",
        "eleni.reid@",
        "@work.example",
        "+44 7400 123456",
        "07400123456",
        "3042",
        "m-20931",
        "700 41 882",
        "SHOP-5512",
        "14/03/1987",
        "14 Mar 1987",
        "eleni 1987",
        "papadopoulou-reid",
    ],
)
def test_one_box_finds_a_contact_by_any_value_of_any_source(viewer: User, text: str) -> None:
    contact = factories.eleni()
    factories.person("Somebody", "Else", email_1="else@example.org", birth_date="01/02/1990")
    assert found(viewer, text) == (contact.pk,)


@pytest.mark.parametrize(
    "text", ["eleni nikos", "😀😀", "'", "\\", "a" * 5000, "nobody@example.com", "''':*|&"]
)
def test_what_fits_nobody_finds_nobody(viewer: User, text: str) -> None:
    factories.eleni()
    assert found(viewer, text) == ()


def test_results_stand_by_name_then_group_id(viewer: User) -> None:
    one, two, three = (factories.person(first, "Same") for first in ("Zoe", "anna", "Anna"))
    assert found(viewer, "same") == (two.pk, three.pk, one.pk)


def test_more_than_are_looked_at_is_said(viewer: User) -> None:
    for _ in range(3):
        factories.person("Eleni", "Same")
    cut = ContactSearch(text="same").found(actor=viewer.actor, most=2)
    assert len(cut.ids) == 2
    assert cut.is_cut


def test_search_needs_its_permission() -> None:
    with pytest.raises(NotAllowed):
        ContactSearch(text="eleni").found(actor=NOBODY)


def test_k2_a_retired_group_id_when_searched_opens_its_survivor(client_of: ClientOf, viewer: User) -> None:
    gone, middle, survivor = (factories.person() for _ in range(3))
    factories.retire(gone, successor=middle)
    factories.retire(middle, successor=survivor)
    answer = client_of(viewer).get("/contacts/", {"q": f"{gone.pk:,}".replace(",", " ")}, follow=True)
    assert answer.redirect_chain[-1][0] == f"/contacts/{survivor.pk}/"
    assert f"became {survivor.pk:,}".replace(",", "\u00a0") in answer.text


def test_k2_two_people_show_one_group_id_each(client_of: ClientOf, viewer: User) -> None:
    one, other = factories.person("A", "One"), factories.person("B", "Two")
    browser = client_of(viewer)
    shown = [f"{pk:,}".replace(",", "\u00a0") for pk in (one.pk, other.pk)]
    assert shown[0] in browser.get(f"/contacts/{one.pk}/").text
    assert shown[1] not in browser.get(f"/contacts/{one.pk}/").text


def test_k4_by_system_ref_lists_one_row_per_source_and_only_those_that_hold_it(
    client_of: ClientOf, viewer: User
) -> None:
    factories.person("Eleni", "One", ref="X-77")
    factories.person("Eleni", "Two", code="SHOP", ref="X-77")
    factories.person("Eleni", "Three", ref="Y-1")
    answer = client_of(viewer).get("/contacts/", {"criterion": "system_ref", "value": "x-77"})
    assert answer.text.count("X-77</td>") == 2
    assert "Eleni One" in answer.text
    assert "Shop" in answer.text
    assert "Y-1</td>" not in answer.text


def test_k4_an_empty_value_gets_a_message_and_no_full_listing(client_of: ClientOf, viewer: User) -> None:
    factories.person()
    answer = client_of(viewer).get("/contacts/", {"criterion": "last_name", "value": "  "})
    assert "Type a value to search for" in answer.text


@pytest.mark.parametrize(
    ("criterion", "value"),
    [
        (Criterion.NAME, "eleni papadopoulou"),
        (Criterion.FIRST_NAME, "helen"),
        (Criterion.LAST_NAME, "reid"),
        (Criterion.EMAIL, "eleni.reid@example.com"),
        (Criterion.PHONE, "07400 123456"),
        (Criterion.POSTCODE, "3042"),
        (Criterion.TOWN, "limas"),
        (Criterion.BIRTH_DATE, "14 March 1987"),
        (Criterion.BIRTH_DATE, "1987"),
        (Criterion.SYSTEM_REF, "nl_88121"),
    ],
)
def test_c25_each_criterion_finds_exactly_the_matching_contacts(
    viewer: User, criterion: Criterion, value: str
) -> None:
    contact = factories.eleni()
    factories.person("Nikos", "Other", birth_date="01/01/1990", address_1_city="Paphos")
    assert ContactSearch(criteria=((criterion, value),)).found(actor=viewer.actor).ids == (contact.pk,)


def test_c25_criteria_are_anded(viewer: User) -> None:
    contact = factories.eleni()
    factories.person("Helen", "Other")
    both = ((Criterion.FIRST_NAME, "helen"), (Criterion.TOWN, "Limassol"))
    assert ContactSearch(criteria=both).found(actor=viewer.actor).ids == (contact.pk,)


def test_c25_type_source_and_dates_narrow(viewer: User) -> None:
    person, company = factories.person(), factories.company()
    shop = factories.person("Shop", "Per", code="SHOP")
    assert ContactSearch(kind="company").found(actor=viewer.actor).ids == (company.pk,)
    source = factories.source("SHOP")
    assert ContactSearch(source_id=source.pk).found(actor=viewer.actor).ids == (shop.pk,)
    day = Contact.objects.get(pk=person.pk).created_at.date()
    assert len(ContactSearch(created_from=day, created_to=day).found(actor=viewer.actor).ids) == 3


@pytest.mark.parametrize("value", ["no date", "31/02/1980"])
def test_a_birth_date_that_is_none_finds_nobody(viewer: User, value: str) -> None:
    factories.eleni()
    assert ContactSearch(criteria=((Criterion.BIRTH_DATE, value),)).found(actor=viewer.actor).ids == ()


def test_suggestions_are_options_with_sources(client_of: ClientOf, viewer: User) -> None:
    contact = factories.eleni()
    answer = client_of(viewer).get("/contacts/suggest/", {"q": "ele"}, headers={"HX-Request": "true"})
    assert 'role="option"' in answer.text
    assert f"/contacts/{contact.pk}/" in answer.text
    assert "<html" not in answer.text


def test_a_htmx_search_gets_the_region_only(client_of: ClientOf, viewer: User) -> None:
    factories.eleni()
    answer = client_of(viewer).get("/contacts/", {"q": "eleni"}, headers={"HX-Request": "true"})
    assert "<html" not in answer.text
    assert "HX-Request" in answer["Vary"]


@pytest.mark.parametrize(
    "query", ["?page=-1&q=a", "?source=abc&value=x", "?criterion=zzz&value=x", "?created_from=no"]
)
def test_malformed_addresses_are_harmless(client_of: ClientOf, viewer: User, query: str) -> None:
    assert client_of(viewer).get(f"/contacts/{query}").status_code == 200


def test_search_takes_a_fixed_number_of_queries(
    client_of: ClientOf, viewer: User, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    for _ in range(30):
        factories.person("Eleni", "Same", email_1="a@example.com")
    browser = client_of(viewer)
    browser.get("/contacts/")
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]  # a context manager
        browser.get("/contacts/", {"q": "same"})


def test_nobody_finds_anything_without_signing_in(client: Client) -> None:
    assert client.get("/contacts/").status_code == 302


def test_without_a_criterion_the_newest_changes_come_first(viewer: User) -> None:
    first, second, third = (
        Contact.objects.create(kind="person", name=name, claims_received_at=at)
        for name, at in (
            ("A", datetime(2026, 3, 1, tzinfo=UTC)),
            ("B", datetime(2026, 5, 1, tzinfo=UTC)),
            ("C", None),
        )
    )
    shown = queries.recently_changed(actor=viewer.actor)
    assert [row.pk for row in shown] == [second.pk, first.pk]
    assert third.pk not in {row.pk for row in shown}


def test_a_groupid_retired_sixty_groupings_ago_still_leads_to_its_survivor() -> None:
    survivor = following = factories.person()
    for _ in range(60):
        older = factories.person()
        factories.retire(older, successor=following)
        following = older
    assert queries.successor_of(following.pk) == survivor.pk
