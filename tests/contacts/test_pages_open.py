from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kith.access.models import User
from tests.contacts import factories

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


@pytest.mark.parametrize("tab", ["", "system-refs/", "transactions/", "history/"])
def test_every_tab_of_a_contact_opens(client_of: ClientOf, viewer: User, tab: str) -> None:
    contact = factories.eleni()
    answer = client_of(viewer).get(f"/contacts/{contact.pk}/{tab}")
    assert answer.status_code == 200
    assert "Papadopoulou-Reid" in answer.text


def test_the_search_page_opens_and_finds(client_of: ClientOf, viewer: User) -> None:
    factories.eleni()
    browser = client_of(viewer)
    assert browser.get("/contacts/").status_code == 200
    assert "Papadopoulou-Reid" in browser.post("/contacts/", {"q": "eleni papa"}, follow=True).text
    assert "Papadopoulou-Reid" in browser.get("/contacts/suggest/", {"q": "papa ele"}).text


@pytest.mark.parametrize("address", ["new-person/", "new-company/"])
def test_entry_forms_open(client_of: ClientOf, agent: User, address: str) -> None:
    assert client_of(agent).get(f"/contacts/{address}").status_code == 200
