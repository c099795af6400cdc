from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.runs.actions import execute_run
from kith.runs.models import Run
from kith.sources.models import Import, SourceRecord
from kith.sso import actions
from kith.sso.place import IdentityProvider
from kith.sso.sections import SignOn, sign_on_in_force
from tests.claims import source
from tests.contacts import factories
from tests.sso.conftest import TOKEN, Registered, RegisteredHere, Side, set_up

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]


def stands_for_accounts(side: Side, *, at_once: bool = True) -> None:
    source("SSO")
    set_up(source="SSO", at_once=at_once, is_built_in=isinstance(side.registered, RegisteredHere))


def opened(client: Client, by: str, value: str) -> str:
    """The address of the only account found."""
    answer = client.post(reverse("sso:search"), {"by": by, "value": value})
    (row,) = answer.context["rows"]
    return reverse("sso:account", args=(row["opened"],))


def profile(**changed: str) -> dict[str, str]:
    return {
        "first_name": "Dora",
        "last_name": "Marlowe",
        "email": "dora@example.org",
        "phone": "+44 20 7946 0123",
        "language": "en",
        "is_active": "on",
        **changed,
    }


def test_without_a_provider_the_page_says_how_to_connect_one(
    privacy_officer: User, client_of: ClientOf
) -> None:
    answer = client_of(privacy_officer).get(reverse("sso:search"))
    assert answer.status_code == 200
    assert b"KITH_SSO_URL" in answer.content


def test_k27_the_page_of_an_account_shows_its_five_parts(
    settings: LazySettings,
    scim_url: str,
    registered: Registered,
    privacy_officer: User,
    client_of: ClientOf,
) -> None:
    settings.SSO = IdentityProvider(url=scim_url, token=TOKEN)
    registered("Dora", "Marlowe", email="dora@example.org", linked=(("TICKETING", "T-100482"),))
    client = client_of(privacy_officer)
    page = client.get(opened(client, "linked", "T-100482")).text
    cards = re.findall(r'<section class="card".*?</section>', page, re.DOTALL)
    parts = {re.findall(r"<h2[^>]*>([^<]+)</h2>", card)[0]: unescape(card) for card in cards}
    told = {
        "Account profile": ('value="Dora"', 'value="Marlowe"', 'value="dora@example.org"'),
        "Social accounts": ("<bdi>Chirper</bdi>", "<bdi>@dora</bdi>", "since 2024-02-01"),
        "Linked accounts": ("<bdi>TICKETING</bdi>", "<bdi>T-100482</bdi>"),
        "Customer claims": ("<bdi>season-ticket</bdi>", "<bdi>2026</bdi>"),
        "Communication permissions": ("<bdi>newsletter</bdi>", "<bdi>yes</bdi>", "since 2025-01-01"),
    }
    assert list(parts) == list(told)
    assert {part: [one for one in told[part] if one not in card] for part, card in parts.items()} == {
        part: [] for part in told
    }


def test_k27_found_by_a_linked_system_ref_and_edited_it_is_changed_at_once_in_sso(
    privacy_officer: User, client_of: ClientOf, side: Side
) -> None:
    sso_id = side.registered("Dora", "Marlowe", email="dora@example.org", linked=(("TICKETING", "T-100482"),))
    client = client_of(privacy_officer)
    url = opened(client, "linked", "T-100482")
    assert sso_id not in url
    page = client.get(url)
    assert b"T-100482" in page.content
    sent = profile(first_name="Theodora", seen=page.context["account"].version)
    assert client.post(url, sent).status_code == 302
    assert client.get(url).context["account"].profile.first_name == "Theodora"
    assert list(Entry.objects.filter(subject_type="sso_account").values_list("event", flat=True)) == [
        "SsoSearched",
        "SsoAccountViewed",
        "SsoAccountViewed",
        "SsoUpdateAsked",
        "SsoAccountUpdated",
        "SsoAccountViewed",
    ]
    assert not any(sso_id in str(one.detail) or "Dora" in str(one.detail) for one in Entry.objects.all())


def test_k27_an_edit_reaches_the_contact_with_the_next_feed(
    privacy_officer: User, client_of: ClientOf, side: Side
) -> None:
    stands_for_accounts(side)
    sso_id = side.registered("Dora", "Marlowe", email="dora@example.org")
    assert actions.take_feed(actor=COMMAND_LINE, since=None) is not None
    execute_run(actor=COMMAND_LINE, trigger=Run.Trigger.BUTTON)
    record = SourceRecord.objects.get(source__code="SSO", system_ref=sso_id)
    contact = Contact.objects.get(pk=record.group_id)
    assert contact.first_name == "Dora"

    client = client_of(privacy_officer)
    tab = client.get(reverse("contacts:tab", args=(contact.pk, "system-refs")))
    assert f"Update SSO ID {sso_id}".encode() in tab.content
    url = client.get(reverse("sso:of-record", args=(record.pk,))).headers["Location"]
    version = client.get(url).context["account"].version
    assert client.post(url, profile(first_name="Theodora", seen=version)).status_code == 302
    contact.refresh_from_db()
    assert contact.first_name == "Dora"

    made = actions.take_feed(actor=COMMAND_LINE, since=Import.objects.latest("pk").created_at)
    assert made is not None
    assert (made.state, made.changed_count) == (Import.State.DONE, 1)
    execute_run(actor=COMMAND_LINE, trigger=Run.Trigger.BUTTON)
    contact.refresh_from_db()
    assert contact.first_name == "Theodora"


@pytest.mark.slow
@pytest.mark.parametrize(("at_once", "first_name"), [(True, "Theodora"), (False, "Dora")])
def test_k27_an_edit_reaches_the_contact_at_once_where_the_settings_say_so(
    privacy_officer: User,
    client_of: ClientOf,
    side: Side,
    run_jobs: Callable[[], None],
    *,
    at_once: bool,
    first_name: str,
) -> None:
    """A worker takes in what changed and groups it; nobody asks for a feed or a run."""
    stands_for_accounts(side, at_once=at_once)
    sso_id = side.registered("Dora", "Marlowe", email="dora@example.org")
    actions.take_feed(actor=COMMAND_LINE, since=None)
    run_jobs()
    record = SourceRecord.objects.get(source__code="SSO", system_ref=sso_id)
    contact = Contact.objects.get(memberships__record=record)
    assert contact.first_name == "Dora"

    client = client_of(privacy_officer)
    url = client.get(reverse("sso:of-record", args=(record.pk,))).headers["Location"]
    version = client.get(url).context["account"].version
    assert client.post(url, profile(first_name="Theodora", seen=version)).status_code == 302
    assert client.get(url).context["account"].profile.first_name == "Theodora"
    run_jobs()
    contact.refresh_from_db()
    assert contact.first_name == first_name


def test_who_is_no_longer_at_the_provider_is_gone_from_the_source(side: Side) -> None:
    stands_for_accounts(side)
    ids = [side.registered("Dora", f"Marlowe {n}", email=f"d{n}@example.org") for n in range(4)]
    actions.take_feed(actor=COMMAND_LINE, since=None)
    actions.delete_account(actor=COMMAND_LINE, sso_id=ids[0])
    assert not side.registered.exists(ids[0])
    assert side.registered.exists(ids[1])
    actions.take_feed(actor=COMMAND_LINE, since=None)
    gone = SourceRecord.objects.filter(source__code="SSO").exclude(gone_at=None)
    assert [one.system_ref for one in gone] == ids[:1]


def test_of_two_who_change_one_account_the_second_reads_it_on_the_form(
    privacy_officer: User, client_of: ClientOf, side: Side
) -> None:
    side.registered("Dora", "Marlowe", email="dora@example.org")
    client = client_of(privacy_officer)
    url = opened(client, "email", "dora@example.org")
    version = client.get(url).context["account"].version
    client.post(url, profile(first_name="Theodora", seen=version))
    answer = client.post(url, profile(first_name="Nora", seen=version))
    assert answer.status_code == 409
    assert b"Somebody else changed this account" in answer.content
    assert b'value="Nora"' in answer.content


def test_an_account_is_deleted_after_a_second_look(
    privacy_officer: User, client_of: ClientOf, side: Side
) -> None:
    sso_id = side.registered("Dora", "Marlowe", email="dora@example.org")
    client = client_of(privacy_officer)
    url = opened(client, "sso_id", sso_id) + "delete/"
    assert client.get(url).status_code == 200
    assert side.registered.exists(sso_id)
    assert client.post(url).status_code == 302
    assert not side.registered.exists(sso_id)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", ["sso:search", "sso:settings"])
def test_strangers_sign_in_and_agents_are_refused(
    client: Client, agent: User, client_of: ClientOf, name: str
) -> None:
    assert client.get(reverse(name)).status_code == 302
    assert client_of(agent).get(reverse(name)).status_code == 403


def test_an_account_keeps_its_address_in_one_session_and_a_page_of_many_costs_what_one_does(
    side: Side, privacy_officer: User, client_of: ClientOf
) -> None:
    def queries_for(number: int) -> int:
        for n in range(number):
            side.registered("Dora", "Marlowe", email=f"d{number}-{n}@example.org")
        with CaptureQueriesContext(connection) as said:
            client.post(reverse("sso:search"), {"by": "last_name", "value": "marl"})
        return len(said)

    client = client_of(privacy_officer)
    client.post(reverse("sso:search"), {"by": "last_name", "value": "marl"})
    assert queries_for(1) == queries_for(20)
    email = "d1-0@example.org"
    assert opened(client, "email", email) == opened(client, "email", email)
    assert opened(client, "email", email) != opened(client_of(privacy_officer), "email", email)


def test_an_address_of_another_session_is_not_found(privacy_officer: User, client_of: ClientOf) -> None:
    client = client_of(privacy_officer)
    assert client.get(reverse("sso:account", args=("of-another",))).status_code == 404
    stranger = factories.person()
    assert client.get(reverse("sso:of-record", args=(stranger.primary_record_id,))).status_code == 404


def test_a_provider_that_is_away_is_told_on_the_page(
    settings: LazySettings, privacy_officer: User, client_of: ClientOf
) -> None:
    settings.SSO = IdentityProvider(url="http://127.0.0.1:9")
    sent = {"by": "email", "value": "dora@example.org"}
    answer = client_of(privacy_officer).post(reverse("sso:search"), sent)
    assert answer.status_code == 422
    assert b"cannot be reached" in answer.content


def test_the_settings_name_a_source_that_is_there(power_user: User, client_of: ClientOf) -> None:
    source("SSO")
    client = client_of(power_user)
    url = reverse("sso:save-settings")
    assert client.post(url, {"source": "SSO", "at_once": "on", "built_in": "on"}).status_code == 302
    assert sign_on_in_force() == SignOn("SSO", True, True)
    assert client.post(url, {"source": "NONE"}).status_code == 422
