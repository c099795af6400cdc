"""Whoever was anonymised stays so: whatever is sent, run or typed afterwards."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.accounts.models import Account
from kith.contacts.models import Contact
from kith.notes import actions as notes
from kith.privacy.erasing import steps
from kith.privacy.erasing.places import column_of, places
from kith.runs.actions import execute_run
from kith.runs.models import Run
from kith.sources import actions as sources
from kith.sources import importing
from kith.sources.actions import reclean
from kith.sources.doors.refusing import people_stopped
from kith.sources.models import Import, RejectedRow, SourceRecord, SourceSystem, Stopped, Tombstone
from tests.claims import source
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = pytest.mark.django_db
HEAD = "Ref,First name,Last name,E-mail,Phone,Date of birth,Postcode\n"
DORA = "T-1001,Dora,Marlowe,dora.marlowe@example.org,+35799123456,1984-03-02,1066\n"
PAUL = "T-1002,Paul,Other,paul.other@example.org,+35799654321,1979-05-06,2003\n"
MAPPING = {
    "Ref": "system_ref",
    "First name": "first_name",
    "Last name": "last_name",
    "E-mail": "email_1",
    "Phone": "phone_1",
    "Date of birth": "birth_date",
    "Postcode": "address_1_postcode",
}


def take_in(rows: str, *, code: str = "TICKETING", whole: bool = False) -> Import:
    job = sources.add_import(
        actor=COMMAND_LINE,
        source=source(code),
        kind=Import.Kind.CONTACTS,
        file_name="people.csv",
        content=[(HEAD + rows).encode()],
        whole_source=whole,
        mapping=MAPPING,
    )
    sources.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    done = importing.run_import(job.pk)
    assert done.state == Import.State.DONE, done.error
    return done


def run(*, everything: bool = False) -> None:
    done = execute_run(actor=COMMAND_LINE, trigger=Run.Trigger.BUTTON, everything=everything)
    assert done.state == Run.State.DONE, done.error


@pytest.fixture
def dora() -> Contact:
    """Anonymised; Paul is there still."""
    allow()
    take_in(DORA + PAUL)
    run()
    contact = Contact.objects.get(first_name="Dora")
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", erasure.trouble
    contact.refresh_from_db()
    return contact


def nothing_of_her(contact: Contact) -> None:
    contact.refresh_from_db()
    assert (contact.state, contact.name, contact.first_name) == ("anonymised", "Anonymised", None)
    assert not Contact.objects.filter(last_name="Marlowe").exists()
    assert not SourceRecord.objects.filter(claim__fields__last_name="Marlowe").exists()


def test_x10_the_same_system_ref_again_is_refused_counted_and_not_stored(dora: Contact) -> None:
    for _ in range(2):
        done = take_in(DORA + PAUL)
        assert (done.new_count, done.rejected_count) == (0, 1)
        row = RejectedRow.objects.get(import_file=done)
        assert "anonymised" in row.reason
        assert row.values == {}
    nothing_of_her(dora)
    ticketing = SourceSystem.objects.get(code="TICKETING")
    today = datetime.now(tz=UTC).date()
    assert people_stopped(month=today) == {ticketing.pk: 1}
    assert Stopped.objects.get(tombstone__kind=Tombstone.Kind.REF).times == 2


def test_x10_another_source_that_sends_the_person_is_stopped_and_others_come_in(dora: Contact) -> None:
    other = DORA.replace("T-1001", "S-9") + PAUL.replace("T-1002", "S-8")
    done = take_in(other, code="SHOP")
    assert (done.new_count, done.rejected_count) == (1, 1)
    nothing_of_her(dora)


def test_x10_another_source_that_still_sends_an_older_e_mail_of_hers_is_stopped() -> None:
    allow()
    take_in(DORA.replace("dora.marlowe@", "d.marlowe.before@").replace("+35799123456", "+35799777777"))
    take_in(DORA + PAUL)
    run()
    erasure = order(Contact.objects.get(first_name="Dora"))
    steps.carry_on([erasure.uid])
    older = "S-1,Dora,Marlowe,d.marlowe.before@example.org,,,\nS-2,Dora,Marlowe,,+35799777777,,\n"
    family = "S-3,Nikos,Marlowe,,+35799777777,,\n"
    done = take_in(older + family, code="SHOP")
    assert (done.new_count, done.rejected_count) == (1, 2)


def test_an_import_that_runs_and_holds_her_is_waited_for_and_counts_as_no_try() -> None:
    allow()
    take_in(DORA + PAUL)
    run()
    runs = sources.add_import(
        actor=COMMAND_LINE,
        source=source("SHOP"),
        kind=Import.Kind.CONTACTS,
        file_name="people.csv",
        content=[(HEAD + DORA).encode()],
        mapping=MAPPING,
    )
    Import.objects.filter(pk=runs.pk).update(state=Import.State.RUNNING)
    erasure = order(Contact.objects.get(first_name="Dora"))
    for _ in range(4):
        steps.carry_on([erasure.uid])
        erasure.refresh_from_db()
        assert (erasure.state, erasure.attempts) == (erasure.State.FILES_GONE, 0)
    Import.objects.filter(pk=runs.pk).update(state=Import.State.DONE, finished_at=datetime.now(tz=UTC))
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert (erasure.state, erasure.trouble) == (erasure.State.DONE, "")
    runs.refresh_from_db()
    assert (runs.stored_name, runs.file_gone) == ("", Import.FileGone.ERASED)


def test_x10_somebody_who_shares_her_e_mail_is_not_she(dora: Contact) -> None:
    done = take_in("T-7,Ann,Different,dora.marlowe@example.org,,1990-01-01,1066\n")
    assert (done.new_count, done.rejected_count) == (1, 0)


def test_whatever_runs_over_everybody_leaves_her_alone(dora: Contact) -> None:
    take_in(PAUL.replace("Paul", "Pavlos"), whole=True)
    run(everything=True)
    reclean(actor=COMMAND_LINE)
    run(everything=True)
    nothing_of_her(dora)
    assert Contact.objects.filter(first_name="Pavlos").exists()


def test_c42_nothing_can_be_done_on_her(
    dora: Contact, administrator: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(administrator)
    note = client.post(reverse("notes:add", args=(dora.pk,)), {"text": "She called again"})
    assert note.status_code in {404, 409}
    for name in ("stewardship:group", "contacts:suppress", "printouts:print", "privacy:anonymise"):
        assert client.get(reverse(name, args=(dora.pk,))).status_code in {404, 409, 422}, name
    with pytest.raises(Exception, match=r"no such contact|anonymised"):
        notes.add_note(actor=COMMAND_LINE, contact_id=dora.pk, text="She called again")


def test_c42_the_database_itself_refuses_what_code_forgets(dora: Contact) -> None:
    record = SourceRecord.objects.exclude(erased_at=None).get()
    for write in (
        lambda: SourceRecord.objects.filter(pk=record.pk).update(first_name="Dora"),
        lambda: Contact.objects.filter(pk=dora.pk).update(name="Dora"),
        record.delete,
        lambda: Account.objects.create(record_id=record.pk, number="A-9", currency="EUR"),
    ):
        with pytest.raises(DatabaseError, match="anonymised"), transaction.atomic():
            write()


def test_every_table_that_hangs_on_a_system_ref_has_its_door() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE tgname LIKE 'kith_erased_%%'"
        )
        there = set(cursor.fetchall())
    wanted = {
        (place.table, f"kith_erased_{event}_{column_of(place.model, name)}")
        for place in places()
        if not place.rule.hangs_on.is_log and place.table != "sources_sourcerecord"
        for name in place.rule.hangs_on.records
        if not place.table.startswith("vault_") and name != "record_ids"
        for event in ("insert", "update")
    }
    assert there == wanted
