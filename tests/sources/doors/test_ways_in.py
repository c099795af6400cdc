"""X10 at the ways in that write many at once, and while somebody is being anonymised."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from kith.access.actors import COMMAND_LINE
from kith.contacts import actions as contacts
from kith.contacts.intake.actions import ask_undo
from kith.contacts.intake.undoing import run_undo
from kith.contacts.models import Contact
from kith.privacy.erasing import steps
from kith.privacy.models import Erasure
from kith.sources import actions, importing
from kith.sources.cleaned import cleaner
from kith.sources.contacts_in import ContactsIn, Prepared, cleaning_options
from kith.sources.loading import Counts
from kith.sources.models import LOCAL, Import, ImportedRow, RejectedRow, SourceRecord, Stopped
from tests.claims import source
from tests.contacts import factories
from tests.locks import wait_until_somebody_waits
from tests.privacy.erasing.test_erasures import allow, order

HEAD = "Ref,First name,Last name,E-mail\n"
DORA = "T-1001,Dora,Marlowe,dora.marlowe@example.org\n"
DORA_MOVED = "T-1001,Dora,Marlowe,dora.new@example.org\n"
DORA_ELSEWHERE = "S-9,Dora,Marlowe,dora.marlowe@example.org\n"
PAUL = "T-1002,Paul,Other,paul.other@example.org\n"
SAID = {"first_name": "Dora", "last_name": "Marlowe", "email_1": "dora.marlowe@example.org"}
MAPPING = {"Ref": "system_ref", "First name": "first_name", "Last name": "last_name", "E-mail": "email_1"}


def anonymised(contact: Contact) -> Erasure:
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", (erasure.state, erasure.blocked, erasure.trouble)
    return erasure


def draft(rows: str, *, code: str) -> Import:
    is_typed = code == LOCAL
    return actions.add_import(
        actor=COMMAND_LINE,
        source=source(code),
        kind=Import.Kind.CONTACTS,
        file_name="people.csv",
        content=[rows.encode() if is_typed else (HEAD + rows).encode()],
        mapping=None if is_typed else MAPPING,
    )


def take_in(rows: str, *, code: str = LOCAL) -> Import:
    job = draft(rows, code=code)
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    return importing.run_import(job.pk)


def dora() -> Contact:
    """As TICKETING sent her."""
    allow()
    return factories.contact(factories.record(SAID, code="TICKETING", ref="T-1001"))


def nothing_is_stored_of_her() -> None:
    assert not SourceRecord.objects.filter(claim__fields__last_name="Marlowe").exists()
    assert not Contact.objects.filter(last_name="Marlowe").exists()
    assert not RejectedRow.objects.filter(values__icontains="Marlowe").exists()


@pytest.mark.django_db
def test_x10_a_file_of_typed_contacts_does_not_bring_her_back() -> None:
    anonymised(dora())
    job = take_in(
        "Contact Type,Contact Code,First Name,Last Name,Contact Email\n"
        "PERSON,N-1,Dora,Marlowe,dora.marlowe@example.org\nPERSON,N-2,Paul,Other,paul@example.org\n",
    )
    assert (job.state, job.new_count, job.rejected_count) == ("done", 1, 1), job.error
    assert RejectedRow.objects.get(import_file=job).values == {}
    assert Stopped.objects.get(tombstone__kind="identity").times == 1
    nothing_is_stored_of_her()


@pytest.mark.django_db
def test_x10_taking_an_import_back_does_not_bring_her_back() -> None:
    """Before the import, the System Ref said what is said of her."""
    allow()
    contacts.add_contact(actor=COMMAND_LINE, kind="person", claim=SAID)
    other = SourceRecord.objects.get(source__code=LOCAL)
    head = "Contact Type,Contact Code,First Name,Last Name,Contact Email\n"
    job = take_in(f"{head}PERSON,{other.system_ref},Ann,Other,ann.other@example.org\n")
    assert (job.state, job.changed_count) == ("done", 1), job.error
    anonymised(factories.contact(factories.record(SAID, code="TICKETING", ref="T-1001")))
    ask_undo(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    run_undo(job.pk)
    job.refresh_from_db()
    assert (job.undone_updated, job.undo_kept) == (0, 1)
    assert "anonymised" in ImportedRow.objects.get(import_file=job).kept_because
    other.refresh_from_db()
    assert other.claim["fields"]["last_name"] == "Other"


def prepared_of(job: Import) -> tuple[ContactsIn, Prepared]:
    """Read and cleaned, and nothing of it settled."""
    with cleaner(in_processes=False) as clean:
        intake = ContactsIn(job, job.mapping, cleaning_options(job.source), clean)
        chunk = next(importing.open_file(job).chunks())
        prepared = intake.prepare(chunk)
        prepared.cleaned.result()
    return intake, prepared


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("row", "code"), [(DORA_MOVED, "TICKETING"), (DORA_ELSEWHERE, "SHOP")], ids=["same ref", "other source"]
)
def test_x10_whoever_is_anonymised_between_preparing_and_settling_stays_out(row: str, code: str) -> None:
    contact = dora()
    job = draft(row + PAUL, code=code)
    intake, prepared = prepared_of(job)
    anonymised(contact)
    counts = intake.settle(prepared)
    assert (counts.new, counts.changed, counts.rejected) == (1, 0, 1)
    assert RejectedRow.objects.get(import_file=job).values == {}
    assert Stopped.objects.get(source=job.source).times == 1
    nothing_is_stored_of_her()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_x10_a_source_that_sends_her_while_she_is_being_anonymised_waits_and_is_stopped(
    import_folder: object,
) -> None:
    contact = dora()
    intake, prepared = prepared_of(draft(DORA_ELSEWHERE + PAUL, code="SHOP"))
    erasure = order(contact)
    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            steps.erase(erasure.uid)
            settled = threads.submit(_settled, intake, prepared)
            wait_until_somebody_waits()
            assert not settled.done()
        counts = settled.result(timeout=30)
    assert (counts.new, counts.rejected) == (1, 1)
    nothing_is_stored_of_her()
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", erasure.trouble


def _settled(intake: ContactsIn, prepared: Prepared) -> Counts:
    try:
        return intake.settle(prepared)
    finally:
        connections.close_all()
