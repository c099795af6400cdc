"""K12: contacts that may have a duplicate are seen where contacts are listed, and lead to the question."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kith.access.models import User
from kith.contacts.models import Contact
from kith.stewardship.review import actions
from kith.stewardship.review.models import Answer
from tests.contacts import factories
from tests.stewardship.doubtful import asked

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ClientOf = Callable[[User], Client]
MARK = "May have a duplicate"


def test_k12_both_contacts_show_the_icon_and_neither_was_grouped(viewer: User, client_of: ClientOf) -> None:
    asked()
    factories.person("Zoe", "Alone")
    client = client_of(viewer)
    assert client.get("/contacts/?q=andreas").text.count(f">{MARK}<") == 2
    assert MARK not in client.get("/contacts/?q=zoe&kind=person").text
    assert client.get("/contacts/").text.count(f">{MARK}<") == 2
    assert Contact.objects.filter(state="active").count() == 3


def test_k12_the_icon_goes_with_the_answer(steward: User, client_of: ClientOf) -> None:
    item = asked()
    actions.answer(actor=steward.actor, item_id=item.pk, verdict=Answer.APART)
    assert MARK not in client_of(steward).get("/contacts/?q=andreas").text


def test_k12_contacts_are_sorted_and_filtered_by_it(viewer: User, client_of: ClientOf) -> None:
    item = asked(first="Zoe", last="Georgiou")
    factories.person("Anna", "Georgiou")
    client = client_of(viewer)

    def listed(query: str) -> list[int]:
        return [row.pk for row in client.get(f"/contacts/?{query}").context["contacts"]]

    both = {item.left_contact_id, item.right_contact_id}
    assert set(listed("q=georgiou")[1:]) == both
    assert set(listed("q=georgiou&sort=duplicates")[:2]) == both
    assert set(listed("possible_duplicates=on")) == both
    assert set(listed("q=georgiou&possible_duplicates=on")) == both


def test_k12_the_page_of_a_contact_leads_to_its_question(
    steward: User, viewer: User, client_of: ClientOf
) -> None:
    item = asked()
    address = f"/contacts/{item.left_contact_id}/"
    text = client_of(steward).get(address).text
    assert "Possible duplicates" in text
    assert f'href="/review/{item.pk}/">Review' in text
    assert "Possible duplicates" not in client_of(viewer).get(address).text


def test_the_list_of_contacts_asks_as_much_for_many_as_for_few(viewer: User, client_of: ClientOf) -> None:
    client = client_of(viewer)
    asked()

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get("/contacts/?q=andreas&sort=duplicates")
        return len(found)

    queries()
    few = queries()
    for number in range(4):
        asked(last=f"Georgiou{'x' * number}")
    assert queries() == few
