"""K25 with the built-in provider: whoever is anonymised keeps the account until somebody deletes it, and no
table names them meanwhile."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts.models import Contact
from kith.printouts import actions as printouts
from kith.printouts.formats import Format
from kith.printouts.queries import Wish
from kith.privacy.elsewhere.models import ElsewhereTask
from kith.privacy.erasing import steps
from kith.privacy.information.presets import INFORMATION
from kith.privacy.models import Certificate, Erasure
from kith.privacy.proof.again import broken
from kith.runs.actions import execute_run
from kith.runs.models import Run
from kith.sources.models import Import, RejectedRow, SourceRecord
from kith.sso import actions
from kith.sso.models import SsoAccount
from kith.sso.sealing import Words
from tests.claims import source
from tests.privacy.erasing.test_erasures import allow, order
from tests.privacy.test_rows import dump
from tests.sso.conftest import RegisteredHere, set_up
from tests.sso.test_pages import opened

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
DORA = Words(
    sso_id="dora-marlowe-7",
    first_name="Dora",
    last_name="Marlowe",
    email="dora.marlowe@example.org",
    phone="+44 20 7946 0123",
    language="en",
    linked=(("TICKETING", "T-100482"),),
)


def dora() -> Contact:
    """Her account, and the contact that the feed and a run made of it."""
    source("SSO")
    set_up(source="SSO", is_built_in=True)
    actions.add_account(actor=COMMAND_LINE, words=DORA)
    fed()
    execute_run(actor=COMMAND_LINE, trigger=Run.Trigger.BUTTON)
    record = SourceRecord.objects.get(source__code="SSO", system_ref=DORA.sso_id)
    return Contact.objects.get(pk=record.group_id)


def fed() -> Import | None:
    return actions.take_feed(actor=COMMAND_LINE, since=None)


def anonymised(contact: Contact) -> Erasure:
    allow()
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", (erasure.state, erasure.blocked, erasure.trouble)
    return erasure


def said_of_her() -> list[str]:
    said = dump().casefold()
    told = ("marlowe", "dora.marlowe@example.org", "t-100482", DORA.sso_id)
    return [one for one in told if one in said or one.encode().hex() in said]


def test_k25_a33_the_account_is_warned_of_stands_while_the_erasure_is_proved_and_goes_with_its_task(
    administrator: User,
    client_of: ClientOf,
    built_in: RegisteredHere,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[object]],
) -> None:
    contact, client = dora(), client_of(administrator)
    page = client.get(reverse("privacy:anonymise", args=(contact.pk,))).content.decode()
    assert "Anonymising does not delete" in page
    assert f"SSO ID {DORA.sso_id}" in page

    with django_capture_on_commit_callbacks(execute=True):
        erasure = anonymised(contact)

    body = Certificate.objects.get(erasure=erasure).body
    assert (body["found"], body["elsewhere"]) == (0, {"sso": 1})
    kept = next(one for one in body["stays"] if "single sign-on" in one["of"] and "sealed" in one["because"])
    assert "a task to erase elsewhere asks for it" in kept["because"]
    assert broken(erasure) == ()
    assert said_of_her() == []
    task = ElsewhereTask.objects.get(target="sso")
    assert task.state == "open"
    assert "Delete SSO account" in client.get(reverse("elsewhere:list")).content.decode()
    assert built_in.provider.open(DORA.sso_id).profile.email == DORA.email
    found = opened(client, "linked", "T-100482")
    assert b"GroupID" not in client.get(found).content.partition(b"<main")[2]

    revealed = client.post(reverse("elsewhere:reveal", args=(task.pk,))).content.decode()
    assert DORA.sso_id in revealed
    assert client.post(reverse("elsewhere:delete-account", args=(task.pk,))).status_code == 302

    task.refresh_from_db()
    assert task.state == "confirmed"
    assert not SsoAccount.objects.exists()
    assert not built_in.exists(DORA.sso_id)


def test_k25_whoever_looked_at_the_account_before_stays_signed_in(
    built_in: RegisteredHere, administrator: User, client_of: ClientOf
) -> None:
    contact, client = dora(), client_of(administrator)
    url = opened(client, "linked", "T-100482")
    anonymised(contact)
    assert client.get(url).context["account"].profile.sso_id == DORA.sso_id


def test_k25_an_account_that_somebody_deleted_before_is_confirmed_all_the_same(
    built_in: RegisteredHere, administrator: User, client_of: ClientOf
) -> None:
    anonymised(dora())
    actions.delete_account(actor=COMMAND_LINE, sso_id=DORA.sso_id)
    task = ElsewhereTask.objects.get(target="sso")
    answer = client_of(administrator).post(reverse("elsewhere:delete-account", args=(task.pk,)))
    assert answer.status_code == 302
    task.refresh_from_db()
    assert task.state == "confirmed"


def test_x10_a33_whoever_is_anonymised_does_not_come_back_by_the_feed(built_in: RegisteredHere) -> None:
    anonymised(dora())
    assert fed() is None
    built_in("Paul", "Other", email="paul.other@example.org")
    built_in.provider.add(replace(DORA, sso_id="another-account"))
    taken = fed()
    assert taken is not None
    assert (taken.state, taken.rows_total, taken.new_count, taken.rejected_count) == ("done", 2, 1, 1)
    assert RejectedRow.objects.get(import_file=taken).values == {}
    assert said_of_her() == []
    assert built_in.exists(DORA.sso_id)


def test_x10_a33_a_change_of_the_account_does_not_bring_her_back(built_in: RegisteredHere) -> None:
    contact = dora()
    anonymised(contact)
    seen = built_in.provider.open(DORA.sso_id)
    linked = (("SHOP", "S-7"),)
    actions.link_account(actor=COMMAND_LINE, sso_id=DORA.sso_id, linked=linked, seen=seen)
    assert actions.take_feed(actor=COMMAND_LINE, since=seen.profile.changed_at) is None
    execute_run(actor=COMMAND_LINE, trigger=Run.Trigger.BUTTON)
    assert not SourceRecord.objects.filter(erased_at=None).exists()
    assert not Contact.objects.filter(state=Contact.State.ACTIVE).exists()


def test_k26_what_kith_keeps_of_the_account_is_in_the_report(built_in: RegisteredHere) -> None:
    contact = dora()
    built_in("Paul", "Other", email="paul.other@example.org")
    wish = Wish(format=Format.JSON, preset=INFORMATION.key)
    body = json.loads(printouts.print_contact(actor=COMMAND_LINE, contact_id=contact.pk, wish=wish).body)
    (part,) = [one for one in body["sections"] if one["key"] == "sso_accounts"]
    assert part["rows"] == [
        {
            "sso_id": DORA.sso_id,
            "first_name": "Dora",
            "last_name": "Marlowe",
            "email": DORA.email,
            "phone": DORA.phone,
            "language": "en",
            "active": True,
            "linked": "TICKETING T-100482",
        }
    ]
