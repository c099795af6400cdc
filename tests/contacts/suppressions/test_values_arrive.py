"""By a file, by an undone import, by cleaning again; and what is left of them when a person is anonymised."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import LazySettings
from django.db import transaction

from kith.access.actors import COMMAND_LINE
from kith.contacts import actions as contacts
from kith.contacts.deletion.own import DELETED_WITH
from kith.contacts.models import Contact, SuppressedRecord, Suppression
from kith.contacts.standing import protections_of_records
from kith.contacts.suppressions import actions
from kith.contacts.suppressions.actions import Because
from kith.contacts.suppressions.models import SuppressedValue
from kith.kernel.leaving import Leaving
from kith.privacy.erasing.rows import erase_rows
from kith.privacy.information.stored import values_of
from kith.sources import actions as sources
from kith.sources.importing import run_import
from kith.sources.models import Import, SourceRecord, SourceSystem
from tests.contacts import factories

pytestmark = pytest.mark.django_db
TakeIn = Callable[[str], Import]
HEAD = "system_ref,first_name,last_name,email_1,phone_1\n"
MAIL, PHONE = "eleni@example.com", "+35799123456"


@pytest.fixture
def source(tmp_path: Path, settings: LazySettings) -> SourceSystem:
    settings.IMPORT_FOLDER = tmp_path / "imports"
    details = sources.SourceDetails(name="Ticketing", kind="ticketing", default_country="CY")
    return sources.add_source(actor=COMMAND_LINE, code="TICKETS", details=details)


@pytest.fixture
def take_in(source: SourceSystem) -> TakeIn:
    def import_text(text: str) -> Import:
        job = sources.add_import(
            actor=COMMAND_LINE, source=source, kind="contacts", file_name="a.csv", content=[text.encode()]
        )
        sources.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
        return run_import(job.pk)

    return import_text


def suppressed(value: str, reason: str = "opt_out") -> SuppressedValue:
    because = Because(reason=reason, note="By letter of Eleni", source="Newsletter")
    return actions.suppress_value(actor=COMMAND_LINE, value=value, because=because)


def carried(system_ref: str) -> tuple[str, ...]:
    return protections_of_records([SourceRecord.objects.get(system_ref=system_ref).pk])


def test_k23_whoever_a_source_sends_with_a_suppressed_value_is_suppressed(take_in: TakeIn) -> None:
    suppressed(MAIL)
    suppressed(PHONE, "manual")
    take_in(HEAD + "A1,Eleni,Reid,ELENI@example.com,\nA2,Anna,Lee,a@example.com,99 123456\nA3,Bob,Ray,,\n")
    assert carried("A1") == ("Suppressed: opt-out",)
    assert carried("A2") == ("Suppressed: manual",)
    assert carried("A3") == ()
    take_in(HEAD + f"A3,Bob,Ray,{MAIL},{PHONE}\n")
    assert set(carried("A3")) == {"Suppressed: opt-out", "Suppressed: manual"}


def test_a_source_that_drops_the_e_mail_frees_nobody(take_in: TakeIn) -> None:
    suppressed(MAIL)
    take_in(HEAD + f"A1,Eleni,Reid,{MAIL},\n")
    take_in(HEAD + "A1,Eleni,Reid,other@example.com,\n")
    assert carried("A1") == ("Suppressed: opt-out",)


def test_cleaning_again_suppresses_whose_phone_is_read_only_now(
    take_in: TakeIn, source: SourceSystem
) -> None:
    SourceSystem.objects.filter(pk=source.pk).update(default_country="GB")
    suppressed(PHONE)
    take_in(HEAD + "A1,Eleni,Reid,,99 123456\n")
    assert carried("A1") == ()
    SourceSystem.objects.filter(pk=source.pk).update(default_country="CY")
    sources.reclean(actor=COMMAND_LINE)
    assert carried("A1") == ("Suppressed: opt-out",)


def erased(contact: Contact) -> None:
    records = tuple(SourceRecord.objects.of_contact(contact.pk).values_list("pk", flat=True))
    with transaction.atomic():
        erase_rows(Leaving(group_ids=(contact.pk,), record_ids=records), erasure=uuid4())


def test_whoever_is_anonymised_leaves_a_digest_that_works_and_no_value(take_in: TakeIn) -> None:
    contact = factories.person(email_1=MAIL)
    value = suppressed(MAIL)
    suppressed(PHONE)
    erased(contact)
    value.refresh_from_db()
    assert value.value == ""
    assert SuppressedValue.objects.exclude(pk=value.pk).get().value == PHONE
    assert Suppression.objects.get(pk=value.suppression_id).note == ""
    take_in(HEAD + f"A1,Somebody,Else,{MAIL},\n")
    assert carried("A1") == ("Suppressed: opt-out",)
    (anonymised,) = SuppressedRecord.objects.filter(record_id=contact.primary_record_id or 0)
    assert anonymised.suppression.reason == "anonymised"


def test_an_e_mail_that_its_source_no_longer_says_is_emptied_too(take_in: TakeIn) -> None:
    take_in(HEAD + f"A1,Eleni,Reid,{MAIL},\n")
    take_in(HEAD + "A1,Eleni,Reid,other@example.com,\n")
    value = suppressed(MAIL)
    record = SourceRecord.objects.get(system_ref="A1")
    with transaction.atomic():
        erase_rows(Leaving(group_ids=(), record_ids=(record.pk,)), erasure=uuid4())
    value.refresh_from_db()
    assert value.value == ""


def test_a_deleted_contact_leaves_the_suppressed_value() -> None:
    contact = factories.person(email_1=MAIL)
    value = suppressed(MAIL)
    lifted = suppressed(PHONE)
    actions.lift_value(actor=COMMAND_LINE, value_id=lifted.pk, note="asked")
    with transaction.atomic():
        DELETED_WITH.deletes(Leaving(group_ids=(contact.pk,), record_ids=(contact.primary_record_id or 0,)))
    value.refresh_from_db()
    assert value.value == MAIL
    assert not SuppressedRecord.objects.exists()


def test_k26_the_report_to_a_person_says_that_the_e_mail_is_suppressed() -> None:
    contact = factories.person(email_1=MAIL)
    suppressed(MAIL)
    said = [(one.where, one.text) for one in values_of(contact)]
    assert ("suppressed e-mails and phones", MAIL) in said


def test_what_came_by_a_value_is_unflagged_on_one_contact_only() -> None:
    one, two = factories.person(email_1=MAIL), factories.person(email_1=MAIL)
    value = suppressed(MAIL)
    contacts.lift_suppression(
        actor=COMMAND_LINE, contact_id=one.pk, suppression_id=value.suppression_id, note="She asked"
    )
    assert protections_of_records([one.primary_record_id or 0]) == ()
    assert protections_of_records([two.primary_record_id or 0]) == ("Suppressed: opt-out",)
