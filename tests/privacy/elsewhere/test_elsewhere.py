from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts.actions import add_contact
from kith.contacts.models import Contact
from kith.kernel.clock import now
from kith.kernel.errors import Conflict, Refused
from kith.privacy.elsewhere import actions
from kith.privacy.elsewhere.models import ElsewhereTask
from kith.privacy.erasing import steps
from kith.settings.actions import save_section
from kith.sources.models import SourceRecord
from kith.sso.place import IdentityProvider
from kith.sso.sections import SIGN_ON, SignOn
from tests.claims import place, source
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order
from tests.privacy.test_rows import dump
from tests.sso.conftest import TOKEN, Registered, registered, scim_url

pytestmark = pytest.mark.django_db
ClientOf = Callable[[User], Client]
__all__ = ["registered", "scim_url"]


def erased(contact: Contact) -> None:
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", erasure.trouble


def test_each_system_ref_of_a_source_leaves_a_task_that_knows_it_sealed() -> None:
    allow()
    contact = factories.eleni()
    refs = list(
        SourceRecord.objects.of_contact(contact.pk).order_by("pk").values_list("system_ref", flat=True)
    )
    erased(contact)
    tasks = list(ElsewhereTask.objects.order_by("pk"))
    assert [actions.reveal_ref(actor=COMMAND_LINE, task_id=one.pk) for one in tasks] == refs
    assert all(one.due_on == now().date() + timedelta(days=30) for one in tasks)
    said = dump()
    assert not [ref for ref in refs if len(ref) > 6 and ref in said]
    assert Entry.objects.filter(event="ErasureTaskRevealed").count() == len(refs)


def test_who_was_typed_into_kith_only_has_to_be_erased_nowhere_else() -> None:
    allow()
    pk = add_contact(actor=COMMAND_LINE, kind="person", claim={"first_name": "Dora", "last_name": "Marlowe"})
    erased(Contact.objects.get(pk=pk))
    assert not ElsewhereTask.objects.exists()


def test_closing_needs_a_note_happens_once_and_destroys_the_number() -> None:
    allow()
    erased(factories.person())
    task = ElsewhereTask.objects.get()
    with pytest.raises(Refused, match="Say in the note"):
        actions.close_task(actor=COMMAND_LINE, task_id=task.pk, is_erased=True, note=" ")
    actions.close_task(actor=COMMAND_LINE, task_id=task.pk, is_erased=True, note="By hand, in the shop")
    task.refresh_from_db()
    assert (task.state, task.sealed_ref, task.sealed_key) == ("confirmed", None, None)
    with pytest.raises(Conflict):
        actions.reveal_ref(actor=COMMAND_LINE, task_id=task.pk)


def test_k25_the_sso_account_is_warned_of_becomes_a_task_and_exists_until_it_is_confirmed(
    settings: LazySettings,
    scim_url: str,
    registered: Registered,
    administrator: User,
    client_of: ClientOf,
) -> None:
    allow()
    settings.SSO = IdentityProvider(url=scim_url, token=TOKEN)
    source("SSO")
    save_section(actor=COMMAND_LINE, section=SIGN_ON, value=SignOn("SSO"))
    sso_id = registered("Dora", "Marlowe", email="dora@example.org")
    contact = factories.person()
    record = factories.record({"last_name": "Marlowe"})
    SourceRecord.objects.filter(pk=record.pk).update(source=source("SSO"), system_ref=sso_id)
    place(contact, SourceRecord.objects.get(pk=record.pk))
    client = client_of(administrator)
    page = client.get(reverse("privacy:anonymise", args=(contact.pk,))).content.decode()
    assert "Anonymising does not delete" in page
    erased(contact)
    task = ElsewhereTask.objects.get(target="sso")
    listed = client.get(reverse("elsewhere:list")).content.decode()
    assert "Delete SSO account" in listed
    assert registered.exists(sso_id)
    shown = client.post(reverse("elsewhere:reveal", args=(task.pk,)))
    assert sso_id in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    assert client.post(reverse("elsewhere:delete-account", args=(task.pk,))).status_code == 302
    task.refresh_from_db()
    assert task.state == "confirmed"
    assert not registered.exists(sso_id)


def test_the_pages_list_take_on_and_close(privacy_officer: User, client_of: ClientOf) -> None:
    allow()
    erased(factories.person())
    task, client = ElsewhereTask.objects.get(), client_of(privacy_officer)
    url = reverse("elsewhere:task", args=(task.pk,))
    assert client.get(url).status_code == 200
    assert client.post(reverse("elsewhere:take", args=(task.pk,))).status_code == 302
    assert client.post(url, {"is_erased": "yes", "note": ""}).status_code == 422
    assert (
        client.post(url, {"is_erased": "no", "note": "The shop keeps bills for ten years"}).status_code == 302
    )
    task.refresh_from_db()
    assert (task.state, task.owner_id) == ("refused", privacy_officer.pk)
    assert b"Nothing to do" in client.get(reverse("elsewhere:list")).content
    assert b"Not erased there" in client.get(reverse("elsewhere:list"), {"show": "all"}).content


def test_strangers_sign_in_agents_are_refused_and_nobody_is_not_found(
    client: Client, agent: User, privacy_officer: User, client_of: ClientOf
) -> None:
    url = reverse("elsewhere:list")
    assert client.get(url).status_code == 302
    assert client_of(agent).get(url).status_code == 403
    assert client_of(privacy_officer).get(reverse("elsewhere:task", args=(99,))).status_code == 404
