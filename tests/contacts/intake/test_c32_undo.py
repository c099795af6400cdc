"""C32: an import taken back as a whole, where nobody changed anything since."""

from __future__ import annotations

from uuid import UUID

import pytest

from kith.access.actors import COMMAND_LINE, NOBODY
from kith.audit.models import Entry
from kith.contacts import actions as contacts
from kith.contacts.intake.actions import ask_undo
from kith.contacts.intake.undoing import run_undo
from kith.contacts.models import Contact
from kith.golden.assembly import assemble
from kith.grouping import membership
from kith.grouping.models import Move
from kith.grouping.placing import place_new
from kith.kernel.errors import NotAllowed, Refused
from kith.notes import actions as notes
from kith.sources.models import Import, ImportedRow, Membership, SourceRecord, Tombstone
from tests.contacts.intake.conftest import TakeIn

HEAD = "Contact Type,Contact Code,First Name,Last Name,Contact Email\n"


def undone(job: Import) -> Import:
    ask_undo(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    run_undo(job.pk)
    job.refresh_from_db()
    return job


def placed(system_ref: str) -> Contact:
    record = SourceRecord.objects.get(system_ref=system_ref)
    return Contact.objects.get(pk=place_new(actor=COMMAND_LINE, record_id=record.pk))


def grouped(child: Contact, master: Contact) -> None:
    """As a run does it."""
    record = Membership.objects.get(contact=child).record
    plan = membership.moving([(record.pk, record.kind, child.pk, master.pk)], retired={child.pk: master.pk})
    membership.write(plan, because=Move.Because.RUN, run_id=None)
    assemble([master.pk])


def test_c32_an_import_is_taken_back_where_nobody_changed_anything_since(take_in: TakeIn) -> None:
    add = {"first_name": "Ann", "last_name": "Lee", "email_1": "ann@example.org"}
    ann = contacts.add_contact(actor=COMMAND_LINE, kind="person", claim=add)
    eve = contacts.add_contact(actor=COMMAND_LINE, kind="person", claim={**add, "first_name": "Eve"})
    old, other = SourceRecord.objects.order_by("pk")
    version, claimed_at = old.content_hash, old.claimed_at
    job = take_in(
        HEAD
        + f"PERSON,{old.system_ref},Anna,Lee,new@example.org\nPERSON,{other.system_ref},Eva,Lee,\n"
        + "PERSON,NEW1,Bob,Lee,\nPERSON,NEW2,Cid,Lee,\nPERSON,NEW3,Dan,Lee,\nPERSON,NEW4,Fay,Lee,\n"
    )
    bob, dan, fay = placed("NEW1"), placed("NEW3"), placed("NEW4")
    notes.add_note(actor=COMMAND_LINE, contact_id=dan.pk, text="Called about a refund.")
    grouped(fay, Contact.objects.get(pk=ann))
    other.refresh_from_db()
    claim = {**other.claim["fields"], "last_name": "Leigh"}
    version_seen = other.content_hash.hex
    contacts.edit_local(
        actor=COMMAND_LINE, contact_id=eve, record_id=other.pk, claim=claim, version=version_seen
    )

    job = undone(job)

    assert (job.undone_created, job.undone_updated, job.undo_kept) == (3, 1, 2)
    assert job.undone_at is not None
    old.refresh_from_db()
    assert (old.claim["fields"], old.content_hash, old.claimed_at) == (add, version, claimed_at)
    left = set(SourceRecord.objects.values_list("system_ref", flat=True))
    assert left == {old.system_ref, other.system_ref, "NEW3"}
    assert not Contact.objects.filter(pk=bob.pk).exists()
    assert Contact.objects.get(pk=ann).record_count == 1
    kept = dict(ImportedRow.objects.filter(undone="kept").values_list("row_number", "kept_because"))
    assert kept == {3: "Somebody changed it since.", 6: "Notes were added since (1)."}
    assert not Tombstone.objects.exists()
    assert Entry.objects.filter(event="ContactDeleted", group_id=bob.pk).exists()
    assert take_in(HEAD + "PERSON,NEW1,Bob,Lee,\n").new_count == 1


def test_c32_taking_back_asks_for_permission_and_only_what_can_be(take_in: TakeIn) -> None:
    job = take_in(HEAD + "PERSON,A1,Ann,Lee,\n")
    with pytest.raises(NotAllowed):
        ask_undo(actor=NOBODY, import_id=job.pk)
    assert undone(job).undone_created == 1
    with pytest.raises(Refused, match="taken back as a whole"):
        ask_undo(actor=COMMAND_LINE, import_id=job.pk)
    nothing = take_in(HEAD + "PERSON,A1,Ann,,\n")
    with pytest.raises(Refused, match="created and updated nothing"):
        ask_undo(actor=COMMAND_LINE, import_id=nothing.pk)
    assert ImportedRow.objects.get().content_hash == UUID(int=0)


def test_c32_taking_back_leaves_who_is_restricted_by_now(take_in: TakeIn) -> None:
    claim = {"first_name": "Ann", "last_name": "Lee"}
    ann = contacts.add_contact(actor=COMMAND_LINE, kind="person", claim=claim)
    old = SourceRecord.objects.get()
    job = take_in(HEAD + f"PERSON,{old.system_ref},Anna,Lee,\nPERSON,NEW1,Bob,Lee,\n")
    for contact_id in (ann, placed("NEW1").pk):
        contacts.suppress(actor=COMMAND_LINE, contact_id=contact_id, reason="restricted", note="Contested")
    job = undone(job)
    assert (job.undone_created, job.undone_updated, job.undo_kept) == (0, 0, 2)
    kept = ImportedRow.objects.filter(undone="kept").values_list("kept_because", flat=True)
    assert all(why.startswith("Its processing has been restricted since") for why in kept)
    old.refresh_from_db()
    assert old.claim["fields"]["first_name"] == "Anna"
