"""That somebody searched is an entry; for what is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.models import Contact

SEARCH = "/contacts/"


@pytest.fixture
def client(agent: User, client_of: Callable[[User], Client]) -> Client:
    return client_of(agent)


def _told() -> list[dict[str, object]]:
    entries = Entry.objects.filter(event="SearchMade").order_by("id")
    return [{name: value for name, value in entry.detail.items() if name != "mark"} for entry in entries]


def test_a_search_is_an_entry_with_its_criteria_and_the_number_found(client: Client) -> None:
    Contact.objects.create(kind="company", name="Kastelruth Works")
    client.post(SEARCH, {"q": "zzzunfindable"})
    assert _told() == [{"criteria": ["q"], "found": 0, "is_more": False, "through": "page"}]
    assert "zzzunfindable" not in str(list(Entry.objects.values_list("detail", flat=True)))


def test_the_same_search_is_told_once_in_a_while_and_another_one_at_once(
    client: Client, steward: User
) -> None:
    for text in ("zzzone", "zzzone", "zzztwo", "zzzone"):
        client.post(SEARCH, {"q": text})
    assert len(_told()) == 2
    other = Client()
    other.force_login(steward, backend="django.contrib.auth.backends.ModelBackend")
    other.post(SEARCH, {"q": "zzzone"})
    assert len(_told()) == 3


def test_looking_at_the_empty_page_is_no_search(client: Client) -> None:
    client.get(SEARCH)
    assert _told() == []
