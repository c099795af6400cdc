from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.models import Contact
from kith.kernel.errors import NotFound
from kith.runs.actions import execute_run
from kith.runs.models import Run
from kith.sources.models import Import, SourceRecord
from kith.sso import actions
from kith.sso.models import SsoAccount
from kith.sso.place import IdentityProvider
from tests.claims import source
from tests.sso.conftest import RegisteredHere, set_up
from tests.sso.test_pages import opened, profile

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
NEW = {
    "first_name": "Dora",
    "last_name": "Marlowe",
    "email": "dora@example.org",
    "phone": "+44 20 7946 0123",
    "language": "en",
    "linked": "TICKETING T-100482\r\n\r\nSHOP  S 7 ",
    "sso_id": "",
}


def test_a33_where_no_provider_is_connected_an_administrator_is_offered_the_built_in_one(
    administrator: User, privacy_officer: User, client_of: ClientOf
) -> None:
    page = client_of(administrator).get(reverse("sso:search"))
    assert b"Let Kith keep accounts" in page.content
    page = client_of(privacy_officer).get(reverse("sso:search"))
    assert b"an administrator can let Kith keep accounts itself" in page.content
    assert reverse("sso:settings").encode() not in page.content.partition(b"<main")[2]


def test_a33_k27_an_account_is_added_on_a_page_and_becomes_a_contact(
    privacy_officer: User, client_of: ClientOf, built_in: RegisteredHere
) -> None:
    source("SSO")
    set_up(source="SSO", is_built_in=True)
    client = client_of(privacy_officer)
    assert reverse("sso:new").encode() in client.get(reverse("sso:search")).content
    assert b"it has no password" in client.get(reverse("sso:new")).content
    answer = client.post(reverse("sso:new"), NEW)
    assert answer.status_code == 302
    page = client.get(answer.headers["Location"])
    account = page.context["account"]
    assert [(one.name, one.value) for one in account.linked] == [("TICKETING", "T-100482"), ("SHOP", "S 7")]
    assert account.profile.sso_id not in answer.headers["Location"]
    assert page.content.count(b"Kith keeps none in its own accounts.") == 3
    assert b"identity provider" not in page.content

    taken = actions.take_feed(actor=COMMAND_LINE, since=None)
    assert (taken and taken.state, taken and taken.new_count) == (Import.State.DONE, 1)
    execute_run(actor=COMMAND_LINE, trigger=Run.Trigger.BUTTON)
    record = SourceRecord.objects.get(source__code="SSO", system_ref=account.profile.sso_id)
    assert Contact.objects.get(pk=record.group_id).last_name == "Marlowe"
    url = opened(client, "linked", "s 7")
    assert reverse("contacts:detail", args=(record.group_id,)).encode() in client.get(url).content


def test_k27_linked_accounts_are_typed_over_and_of_two_the_second_reads_it(
    privacy_officer: User, client_of: ClientOf, built_in: RegisteredHere
) -> None:
    built_in("Dora", "Marlowe", email="dora@example.org")
    client = client_of(privacy_officer)
    url = opened(client, "email", "dora@example.org")
    version = client.get(url).context["account"].version
    link = f"{url}linked/"
    assert client.post(link, {"linked": "TICKETING", "seen": version}).status_code == 422
    assert client.post(link, {"linked": "TICKETING T-1", "seen": version}).status_code == 302
    assert b"T-1" in client.get(url).content
    late = client.post(link, {"linked": "TICKETING T-2", "seen": version})
    assert late.status_code == 409
    assert b"Somebody else changed this account" in late.content
    assert b"TICKETING T-2" in late.content
    assert client.get(link).status_code == 405


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"sso_id": "two words"}, 422),
        ({"linked": "TICKETING"}, 422),
        ({"linked": f"TICKETING {'T' * 500}"}, 422),
        ({"linked": "\n".join(f"T {n}" for n in range(51))}, 422),
        ({"first_name": " ", "last_name": "", "email": ""}, 422),
        ({"email": "no e-mail"}, 422),
        ({"sso_id": "sso-account-1"}, 409),
    ],
)
def test_a33_what_makes_no_account_is_told_on_the_form(
    privacy_officer: User, client_of: ClientOf, built_in: RegisteredHere, said: dict[str, str], status: int
) -> None:
    built_in("Paul", "Other", email="paul@example.org")
    answer = client_of(privacy_officer).post(reverse("sso:new"), {**NEW, **said})
    assert answer.status_code == status
    assert b"+44 20 7946 0123" in answer.content
    assert SsoAccount.objects.count() == 1


def test_a33_nothing_is_added_where_a_provider_is_connected_or_by_a_stranger(
    client: Client,
    agent: User,
    privacy_officer: User,
    client_of: ClientOf,
    built_in: RegisteredHere,
    settings: LazySettings,
) -> None:
    url = reverse("sso:new")
    assert client.get(url).status_code == 302
    assert client_of(agent).get(url).status_code == 403
    assert client_of(agent).post(url, NEW).status_code == 403
    link = reverse("sso:link", args=("of-another",))
    assert client_of(agent).post(link, {}).status_code == 403
    assert client_of(privacy_officer).post(link, {}).status_code == 404
    settings.SSO = IdentityProvider(url="http://127.0.0.1:9")
    assert client_of(privacy_officer).get(url).status_code == NotFound.status
    assert client_of(privacy_officer).post(url, NEW).status_code == NotFound.status
    assert not SsoAccount.objects.exists()


def test_k27_a_built_in_account_is_set_inactive(
    privacy_officer: User, client_of: ClientOf, built_in: RegisteredHere
) -> None:
    built_in("Dora", "Marlowe", email="dora@example.org")
    client = client_of(privacy_officer)
    url = opened(client, "email", "dora@example.org")
    sent = profile(seen=client.get(url).context["account"].version)
    assert client.post(url, {**sent, "is_active": ""}).status_code == 302
    page = client.get(url).content
    assert b"Not active" in page
    assert b"sign in" not in page.partition(b"<main")[2]
