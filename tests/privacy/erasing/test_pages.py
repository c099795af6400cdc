from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.accounts.models import Account
from kith.contacts.actions import suppress
from kith.contacts.may.asking import facts_of
from kith.contacts.may.rules import Act, Ask, may_we
from kith.contacts.models import Contact
from kith.contacts.standing import standing_of
from kith.kernel.clock import now
from kith.privacy.erasing import steps, waiting
from kith.privacy.models import Erasure
from tests.conftest import PASSWORD
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
State = Erasure.State


def url(name: str, *args: int) -> str:
    return reverse(f"privacy:{name}", args=args)


def sure(contact: Contact, **said: str) -> dict[str, str]:
    return {"typed_group_id": str(contact.pk), "password": PASSWORD, **said}


def test_k24_the_page_shows_what_goes_and_asks_twice(privacy_officer: User, client_of: ClientOf) -> None:
    allow()
    contact, client = factories.eleni(), client_of(privacy_officer)
    page = client.get(url("anonymise", contact.pk))
    assert "System Refs" in page.content.decode()
    assert "source systems too" in page.content.decode()
    assert client.post(url("anonymise", contact.pk), sure(contact, password="wrong")).status_code == 422
    assert client.post(url("anonymise", contact.pk), sure(contact, typed_group_id="7")).status_code == 422
    assert not Erasure.objects.exists()
    done = client.post(url("anonymise", contact.pk), sure(contact))
    erasure = Erasure.objects.get()
    assert done.headers["Location"] == url("erasure", erasure.pk)
    assert erasure.asked_by_id == privacy_officer.pk


def test_c41_every_reason_is_shown_at_once_with_the_way_to_clear_it(
    privacy_officer: User, client_of: ClientOf
) -> None:
    contact = factories.eleni()
    Account.objects.create(record_id=contact.primary_record_id, number="A-1", currency="EUR")
    page = client_of(privacy_officer).get(url("anonymise", contact.pk)).content.decode()
    assert "Anonymising is switched off" in page
    assert "There is no Suspense Account" in page
    assert "Account A-1 is not terminated" in page
    assert reverse("accounts:detail", args=(Account.objects.get().pk,)) in page
    assert "Anonymise for ever" not in page
    refused = client_of(privacy_officer).post(url("anonymise", contact.pk), sure(contact))
    assert refused.status_code == 422
    assert "account A-1 is not terminated" in refused.content.decode()


def test_four_eyes_are_of_two_people(privacy_officer: User, administrator: User, client_of: ClientOf) -> None:
    allow(four_eyes=True)
    contact = factories.eleni()
    page = client_of(privacy_officer).get(url("anonymise", contact.pk)).content.decode()
    assert "Somebody else has to approve it" in page
    client_of(privacy_officer).post(url("anonymise", contact.pk), sure(contact))
    erasure = Erasure.objects.get()
    assert erasure.state == State.WAITS_SECOND
    client_of(privacy_officer).post(url("approve", erasure.pk))
    erasure.refresh_from_db()
    assert erasure.state == State.WAITS_SECOND
    client_of(administrator).post(url("approve", erasure.pk))
    erasure.refresh_from_db()
    assert (erasure.state, erasure.second_by_id) == (State.QUEUED, administrator.pk)


def test_the_certificate_is_shown_and_handed_out(privacy_officer: User, client_of: ClientOf) -> None:
    allow()
    erasure, client = order(factories.eleni()), client_of(privacy_officer)
    assert client.get(url("certificate", erasure.pk)).status_code == 404
    steps.carry_on([erasure.uid])
    assert "Authentic" in client.get(url("certificate", erasure.pk)).content.decode()
    handed = client.get(url("certificate", erasure.pk), {"as": "json"})
    assert handed.json()["certificate"]["erasure"] == str(erasure.uid)
    assert "Anonymised and proved" in client.get(url("erasure", erasure.pk)).content.decode()
    assert "Eleni" not in client.get(reverse("contacts:detail", args=(erasure.contact_id,))).content.decode()


def test_the_list_asks_as_many_questions_for_many_as_for_one(
    privacy_officer: User, client_of: ClientOf
) -> None:
    allow()
    client = client_of(privacy_officer)
    order(factories.person())
    client.get(url("erasures"))
    with CaptureQueriesContext(
        connection,
    ) as one:
        client.get(url("erasures"))
    for _ in range(5):
        order(factories.person())
    with CaptureQueriesContext(connection) as many:
        assert client.get(url("erasures"), {"show": "under-way"}).status_code == 200
    assert len(many) <= len(one)


def test_who_was_ordered_already_is_not_ordered_again_but_shown(
    privacy_officer: User, client_of: ClientOf
) -> None:
    allow()
    contact, client = factories.eleni(), client_of(privacy_officer)
    erasure = order(contact)
    page = client.get(url("anonymise", contact.pk)).content.decode()
    assert url("erasure", erasure.pk) in page
    assert "Anonymise for ever" not in page
    client.post(url("cancel", erasure.pk))
    assert "Anonymise for ever" in client.get(url("anonymise", contact.pk)).content.decode()


def test_the_steps_are_looked_at_alone_until_it_is_over(privacy_officer: User, client_of: ClientOf) -> None:
    allow()
    erasure, client = order(factories.person()), client_of(privacy_officer)
    watched = client.get(url("erasure", erasure.pk), headers={"HX-Request": "true"})
    assert "<h1" not in watched.content.decode()
    assert "HX-Refresh" not in watched.headers
    steps.carry_on([erasure.uid])
    assert client.get(url("erasure", erasure.pk), headers={"HX-Request": "true"}).headers["HX-Refresh"]


def test_k24_the_contact_s_page_leads_to_the_proof(
    privacy_officer: User, viewer: User, client_of: ClientOf
) -> None:
    allow()
    erasure = order(factories.person())
    steps.carry_on([erasure.uid])
    address = reverse("contacts:detail", args=(erasure.contact_id,))
    assert url("certificate", erasure.pk) in client_of(privacy_officer).get(address).content.decode()
    assert url("certificate", erasure.pk) not in client_of(viewer).get(address).content.decode()


def test_strangers_sign_in_agents_are_refused_and_nobody_is_not_found(
    client: Client, agent: User, privacy_officer: User, client_of: ClientOf
) -> None:
    contact = factories.person()
    for name, args in (("erasures", ()), ("anonymise", (contact.pk,))):
        assert client.get(url(name, *args)).status_code == 302
        assert client_of(agent).get(url(name, *args)).status_code == 403
    for name in ("erasure", "anonymise", "certificate"):
        assert client_of(privacy_officer).get(url(name, 999)).status_code == 404


def test_x6_whoever_is_financial_is_suppressed_and_anonymised_as_soon_as_it_may_be(
    privacy_officer: User, client_of: ClientOf
) -> None:
    allow()
    contact, client = factories.eleni(), client_of(privacy_officer)
    account = Account.objects.create(record_id=contact.primary_record_id, number="A-1", currency="EUR")
    page = client.get(url("anonymise", contact.pk)).content.decode()
    assert "account A-1 is not terminated" in page.replace("Account A-1", "account A-1")
    assert "Suppress now, anonymise when possible" in page
    assert client.post(url("anonymise", contact.pk), sure(contact)).status_code == 422
    assert (
        client.post(url("anonymise", contact.pk), sure(contact, as_soon_as_it_may="yes")).status_code == 302
    )
    erasure = Erasure.objects.get()
    assert (erasure.state, erasure.blocked, erasure.route) == (State.BLOCKED, ["financial"], "action")
    (suppressed,) = standing_of([contact.pk])[contact.pk]
    assert (suppressed.reason, suppressed.scope, suppressed.by) == ("manual", "all", "Privacy engine")
    assert not may_we(facts_of([contact.pk])[contact.pk], Ask(act=Act.SELECT))
    steps.carry_on(waiting.tonight(), in_run=True)
    Account.objects.filter(pk=account.pk).update(state="terminated", terminated_at=now())
    steps.carry_on(waiting.tonight(), in_run=True)
    erasure.refresh_from_db()
    assert (erasure.state, erasure.trouble) == (State.DONE, "")


def test_x6_who_is_restricted_and_waits_to_be_forgotten_is_suppressed_too(
    privacy_officer: User, client_of: ClientOf
) -> None:
    """A restriction lets through what the law demands, and may be lifted before."""
    allow()
    contact, client = factories.eleni(), client_of(privacy_officer)
    suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason="restricted", note="Contests her address")
    sent = client.post(url("anonymise", contact.pk), sure(contact, as_soon_as_it_may="yes"))
    assert sent.status_code == 302
    assert {one.reason for one in standing_of([contact.pk])[contact.pk]} == {"restricted", "manual"}


def test_x6_what_is_not_set_up_is_not_waited_for(privacy_officer: User, client_of: ClientOf) -> None:
    contact, client = factories.eleni(), client_of(privacy_officer)
    refused = client.post(url("anonymise", contact.pk), sure(contact, as_soon_as_it_may="yes"))
    assert refused.status_code == 422
    assert not Erasure.objects.exists()


def test_c40_switched_off_the_action_is_not_there(privacy_officer: User, client_of: ClientOf) -> None:
    contact, client = factories.eleni(), client_of(privacy_officer)
    page = reverse("contacts:detail", args=(contact.pk,))
    assert "Anonymise…" not in client.get(page).content.decode()
    allow()
    assert "Anonymise…" in client.get(page).content.decode()
