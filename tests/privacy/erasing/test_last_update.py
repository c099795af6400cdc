"""A19: what counts as an update of a contact, when months have to pass since the last one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kith.access.actors import COMMAND_LINE, OVERNIGHT
from kith.access.models import User
from kith.access.roles import RoleName
from kith.contacts.actions import add_contact, edit_local, suppress
from kith.contacts.models import Contact, Suppression
from kith.contacts.value_ids import address_key
from kith.find.bulk import actions as bulk_changes
from kith.find.bulk import tasks as bulk_tasks
from kith.find.bulk.models import BulkChange
from kith.golden.actions import deactivate_address, override, withdraw_override
from kith.golden.models import GoldenOverride
from kith.kernel.clock import now
from kith.matching.records import ADDRESS_PARTS
from kith.namedays import actions as namedays
from kith.namedays.models import NameDay
from kith.notes.actions import add_note
from kith.privacy.erasing.blockers import blockers_of_contact
from kith.privacy.scheduled.eligible import eligible
from kith.sources.models import SourceRecord
from tests.api.conftest import SystemWith, system_with
from tests.claims import source
from tests.contacts import factories
from tests.find.searching import kept
from tests.privacy.erasing.test_doors import DORA, run, take_in
from tests.privacy.erasing.test_erasures import allow

__all__ = ["system_with"]
pytestmark = pytest.mark.django_db
LONG_AGO = timedelta(days=800)


@pytest.fixture(autouse=True)
def typed_in() -> None:
    """Other tests may have emptied every table."""
    source("LOCAL")


def codes(contact: Contact) -> list[str]:
    return [one.code for one in blockers_of_contact(contact.pk)]


def test_a19_details_that_a_source_changes_count_and_nothing_else_does() -> None:
    allow(months_update=12)
    take_in(DORA)
    run()
    contact = Contact.objects.get(first_name="Dora")
    assert codes(contact) == ["months_update"]
    SourceRecord.objects.update(received_at=now() - LONG_AGO)
    assert codes(contact) == []
    suppress(
        actor=COMMAND_LINE, contact_id=contact.pk, reason=Suppression.Reason.MANUAL, note="asked by phone"
    )
    add_note(actor=COMMAND_LINE, contact_id=contact.pk, text="She called")
    take_in(DORA)
    run(everything=True)
    assert codes(contact) == [], "neither what was sent again unchanged, nor a run, nor what is not a detail"
    take_in(DORA.replace("+35799123456", "+35799123457"))
    assert codes(contact) == ["months_update"]


def quiet(contact: Contact) -> None:
    """Nobody has changed its details for years."""
    SourceRecord.objects.of_contact(contact.pk).update(received_at=now() - LONG_AGO)
    assert codes(contact) == []
    assert eligible() == [contact.pk]


def is_held_back(contact: Contact) -> None:
    """By one order and by the batch alike."""
    assert codes(contact) == ["months_update"]
    assert eligible() == []


@pytest.fixture
def dora() -> Contact:
    """Of two System Refs, the second of which nobody edits."""
    allow(months_update=12)
    contact = factories.contact(
        factories.record({"first_name": "Dora", "last_name": "Marlowe", "phone_1": "+35799123456"}),
        factories.record({"first_name": "Dora", "last_name": "Marlowe"}, code="SHOP"),
    )
    quiet(contact)
    return contact


def test_a19_an_edit_by_a_user_counts_from_when_it_was_made(dora: Contact, steward: User) -> None:
    override(
        actor=steward.actor,
        contact_id=dora.pk,
        field="name",
        value={"first_name": "Dorothy", "last_name": "Marlowe"},
        mode="pinned",
    )
    is_held_back(dora)
    GoldenOverride.objects.update(made_at=now() - LONG_AGO)
    assert (codes(dora), eligible()) == ([], [dora.pk])


def test_a19_an_edit_of_what_was_typed_counts(steward: User) -> None:
    allow(months_update=12)
    typed = {"first_name": "Dora", "last_name": "Marlowe"}
    contact = Contact.objects.get(pk=add_contact(actor=steward.actor, kind="person", claim=typed))
    is_held_back(contact)
    quiet(contact)
    record = SourceRecord.objects.of_contact(contact.pk).get()
    edit_local(
        actor=steward.actor,
        contact_id=contact.pk,
        record_id=record.pk,
        claim={**typed, "phone_1": "+35799123456"},
        version=record.content_hash.hex,
    )
    is_held_back(contact)


def test_a19_an_edit_over_the_api_counts_and_one_that_changes_nothing_does_not(
    dora: Contact, system_with: SystemWith
) -> None:
    client = system_with(RoleName.STEWARD).client
    place = f"/api/v1/contacts/{dora.pk}"
    same = client.patch(place, {"first_name": "Dora"}, content_type="application/json")
    assert (same.status_code, same.json()["state"]) == (200, "unchanged")
    assert codes(dora) == []
    edited = client.patch(place, {"title": "Dr"}, content_type="application/json")
    assert (edited.status_code, edited.json()["state"]) == (200, "in_force")
    is_held_back(dora)


def test_a19_what_a_user_says_of_one_value_counts(dora: Contact, steward: User) -> None:
    home = {"address_1_line1": "12 Harbour Walk", "address_1_city": "Limassol", "address_1_type": "HOME"}
    contact = factories.contact(factories.record({"first_name": "Ines", "last_name": "Reid", **home}))
    SourceRecord.objects.of_contact(contact.pk).update(received_at=now() - LONG_AGO)
    assert codes(contact) == []
    (address,) = contact.addresses.values("type", *ADDRESS_PARTS)
    deactivate_address(actor=steward.actor, contact_id=contact.pk, key=address_key(address))
    assert codes(contact) == ["months_update"]
    assert eligible() == [dora.pk]


def test_a19_a_bulk_change_of_a_detail_is_a_change_by_a_user_and_counts(dora: Contact, steward: User) -> None:
    asked = bulk_changes.ask_bulk_change(
        actor=steward.actor,
        token=kept(steward, last_name="Marlowe"),
        kind=BulkChange.Kind.CATEGORY,
        value="PARTNER",
    )
    assert bulk_tasks.made(asked.pk).changed_count == 1
    is_held_back(dora)


def test_a19_neither_a_run_of_name_days_nor_flagging_deceased_counts(dora: Contact) -> None:
    namedays.execute_run(actor=OVERNIGHT, trigger="button")
    assert NameDay.objects.filter(pk=dora.pk).exists()
    suppress(actor=COMMAND_LINE, contact_id=dora.pk, reason="deceased", note="Her son called")
    assert (codes(dora), eligible()) == ([], [dora.pk])


def test_a19_an_edit_that_a_user_takes_back_counts(dora: Contact, steward: User) -> None:
    said = override(
        actor=steward.actor,
        contact_id=dora.pk,
        field="name",
        value={"first_name": "Dorothy", "last_name": "Marlowe"},
        mode="pinned",
    )
    GoldenOverride.objects.update(made_at=now() - LONG_AGO)
    assert codes(dora) == []
    withdraw_override(actor=steward.actor, override_id=said.pk)
    dora.refresh_from_db()
    assert dora.first_name == "Dora", "its details are others than a minute ago, by a user"
    is_held_back(dora)


def test_a19_a_bulk_change_that_is_taken_back_counts(dora: Contact, steward: User) -> None:
    token = kept(steward, last_name="Marlowe")
    asked = bulk_changes.ask_bulk_change(
        actor=steward.actor, token=token, kind=BulkChange.Kind.CATEGORY, value="PARTNER"
    )
    bulk_tasks.made(asked.pk)
    GoldenOverride.objects.update(made_at=now() - LONG_AGO)
    bulk_changes.ask_undo(actor=steward.actor, change_id=asked.pk)
    assert bulk_tasks.undone(asked.pk).state == "undone"
    is_held_back(dora)
