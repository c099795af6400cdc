"""A19: what counts as an update of a contact, when months have to pass since the last one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kith.access.actors import COMMAND_LINE
from kith.contacts.actions import suppress
from kith.contacts.models import Contact, Suppression
from kith.kernel.clock import now
from kith.notes.actions import add_note
from kith.privacy.erasing.blockers import blockers_of_contact
from kith.sources.models import SourceRecord
from tests.privacy.erasing.test_doors import DORA, run, take_in
from tests.privacy.erasing.test_erasures import allow

pytestmark = pytest.mark.django_db


def codes(contact: Contact) -> list[str]:
    return [one.code for one in blockers_of_contact(contact.pk)]


def test_a19_details_that_a_source_changes_count_and_nothing_else_does() -> None:
    allow(months_update=12)
    take_in(DORA)
    run()
    contact = Contact.objects.get(first_name="Dora")
    assert codes(contact) == ["months_update"]
    SourceRecord.objects.update(received_at=now() - timedelta(days=800))
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
