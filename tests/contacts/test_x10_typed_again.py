"""X10: somebody who was anonymised is typed again, by the form, the API, or over another's record."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE, Actor
from kith.access.models import User
from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.contacts import actions
from kith.contacts.models import Contact
from kith.privacy.erasing import steps
from kith.sources.doors.holding import KeptOut
from kith.sources.models import SourceRecord
from tests.contacts.test_typing_in import ROWS
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = pytest.mark.django_db
DORA = {
    "first_name": "Dora",
    "last_name": "Marlowe",
    "email_1": "dora.marlowe@example.org",
    "birth_date": "1984-03-02",
}


@pytest.fixture
def dora() -> Contact:
    allow()
    contact = Contact.objects.get(pk=actions.add_contact(actor=COMMAND_LINE, kind="person", claim=DORA))
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", erasure.trouble
    return contact


def may(*permissions: Permission) -> Actor:
    return Actor("Somebody", frozenset(permissions))


def test_x10_she_is_not_typed_again_and_whoever_shares_her_e_mail_is(dora: Contact) -> None:
    agent = may(Permission.CONTACT_EDIT)
    for returns in (False, True):
        with pytest.raises(KeptOut, match="anonymised"):
            actions.add_contact(actor=agent, kind="person", claim=DORA, returns=returns)
    sister = {"first_name": "Ann", "last_name": "Other", "email_1": DORA["email_1"]}
    assert actions.add_contact(actor=agent, kind="person", claim=sister)
    assert SourceRecord.objects.filter(erased_at=None).count() == 1
    assert not Entry.objects.filter(event="PersonAdmitted").exists()


def test_x10_a_new_registration_is_a_new_contact(dora: Contact) -> None:
    officer = may(Permission.CONTACT_EDIT, Permission.CONTACT_ADMIT)
    anew = actions.add_contact(actor=officer, kind="person", claim=DORA, returns=True)
    assert anew != dora.pk
    assert Entry.objects.get(event="PersonAdmitted").group_id == anew
    dora.refresh_from_db()
    assert dora.state == Contact.State.ANONYMISED
    record = SourceRecord.objects.get(erased_at=None)
    claim = {**DORA, "first_name": "Dora Maria"}
    actions.edit_local(
        actor=officer, contact_id=anew, record_id=record.pk, claim=claim, version=record.content_hash.hex
    )


def test_x10_nobody_is_made_her_by_typing_over(dora: Contact) -> None:
    agent = may(Permission.CONTACT_EDIT)
    other = actions.add_contact(actor=agent, kind="person", claim={"first_name": "Ann", "last_name": "Other"})
    record = SourceRecord.objects.get(erased_at=None)
    with pytest.raises(KeptOut):
        actions.edit_local(
            actor=agent, contact_id=other, record_id=record.pk, claim=DORA, version=record.content_hash.hex
        )


def test_x10_the_form_says_so_and_lets_those_who_may_admit_her(
    dora: Contact, administrator: User, agent: User, client_of: Callable[[User], Client]
) -> None:
    form = {
        **ROWS,
        "first_name": "Dora",
        "last_name": "Marlowe",
        "emails-0-value": DORA["email_1"],
        "save_anyway": "1",
    }
    refused = client_of(agent).post(reverse("contacts:new-person"), form)
    assert refused.status_code == 422
    assert b"was anonymised" in refused.content
    assert b'name="returns"' not in refused.content
    asked = client_of(administrator).post(reverse("contacts:new-person"), form)
    assert b'name="returns"' in asked.content
    done = client_of(administrator).post(reverse("contacts:new-person"), {**form, "returns": "1"})
    assert done.status_code == 302
    assert Contact.objects.filter(last_name="Marlowe").count() == 1
