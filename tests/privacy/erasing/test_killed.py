"""An erasure killed anywhere goes on where it was, and ends as one that nobody killed."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from django.conf import settings

from kith.access.actors import COMMAND_LINE
from kith.attachments.actions import Filing, attach_file
from kith.audit.models import Entry
from kith.contacts.models import Contact
from kith.notes import actions as notes
from kith.privacy import ledger
from kith.privacy.erasing import steps
from kith.privacy.models import Certificate, Erasure
from kith.privacy.proof import keeping
from kith.privacy.proof.again import broken
from kith.sources.models import SourceRecord, Tombstone
from kith.vault.models import DataKey
from tests.attachments import files
from tests.contacts import factories
from tests.locks import wait_until_released
from tests.privacy.erasing.test_erasures import allow, order
from tests.processes import KILLED, ended

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
State = Erasure.State
FIRST, EVERY = 2, 1 if "KITH_LONG_TESTS" in os.environ else 43
"""Statements: which one it is killed before at first, and how many further the next time."""


def somebody(ref: str) -> Erasure:
    name = {"first_name": "Dora", "last_name": f"Marlowe{ref}"}
    contact = factories.contact(
        factories.record({**name, "email_1": f"dora.{ref}@example.org"}, ref=f"T-{ref}000"),
        factories.record({**name, "phone_1": f"+357991{ref}"}, code="SHOP", ref=f"S-{ref}000"),
    )
    notes.add_note(actor=COMMAND_LINE, contact_id=contact.pk, text=f"Marlowe{ref} called about the matinee")
    attach_file(
        actor=COMMAND_LINE,
        contact_id=contact.pk,
        given=files.given("contract.txt", f"Between Marlowe{ref} and us".encode()),
        filing=Filing(class_code="CONTRACT", note=f"Signed by Marlowe{ref}"),
    )
    return order(contact)


def all_or_nothing(erasure: Erasure) -> str:
    """The doors, the rows, the keys and the order say the same at every moment."""
    erasure.refresh_from_db()
    contact = Contact.objects.get(pk=erasure.contact_id)
    records = SourceRecord.objects.of_contact(contact.pk)
    is_erased = erasure.state != State.QUEUED
    assert (contact.state == Contact.State.ANONYMISED) == is_erased
    assert (contact.name == "Anonymised") == is_erased
    assert records.filter(erased_at=None).exists() != is_erased
    assert Tombstone.objects.filter(erasure=erasure.uid).exists() == is_erased
    keys = DataKey.objects.filter(record_id__in=records.values("pk"))
    assert keys.filter(destroyed_at=None).exists() != is_erased
    assert Entry.objects.filter(event="ContactAnonymised", subject_id=erasure.pk).count() == int(is_erased)
    assert Certificate.objects.filter(erasure=erasure).exists() == (erasure.state == State.DONE)
    return erasure.state


def ended_as(erasure: Erasure, whole: Erasure) -> None:
    """`whole`: of somebody like them, whom nobody killed."""
    whole.refresh_from_db()
    assert erasure.counts == whole.counts
    assert erasure.records == whole.records == 2
    assert (
        Tombstone.objects.filter(erasure=erasure.uid).count()
        == Tombstone.objects.filter(erasure=whole.uid).count()
    )
    assert erasure.files.filter(removed_at=None).count() == 0
    assert erasure.files.count() == whole.files.count() == 1
    told = [one.kind for one in ledger.entries(ledger.path()) if one.uid == erasure.uid]
    assert (told[0], told[-1]) == (ledger.Kind.INTENT, ledger.Kind.DONE)
    assert broken(erasure) == ()
    for event in ("ErasureOrdered", "ContactAnonymised", "ErasureProved"):
        assert Entry.objects.filter(event=event, subject_id=erasure.pk).count() == 1, event


def test_k24_killed_before_any_statement_it_goes_on_and_ends_as_one_that_was_not_killed() -> None:
    allow()
    whole, erasure = somebody("2345"), somebody("6789")
    steps.carry_on([whole.uid])
    seen, statement = [str(erasure.state)], FIRST
    while True:
        code = ended("tests.privacy.erasing.killed_erasing", str(statement), str(erasure.uid))
        wait_until_released()
        seen.append(all_or_nothing(erasure))
        if code != KILLED:
            break
        # Each process goes on where the last one was killed, and counts its own statements.
        statement = statement + EVERY if seen[-1] == seen[-2] else FIRST
    assert code == 0
    assert seen[-1] == State.DONE, erasure.trouble
    assert State.QUEUED in seen, "it was killed before its rows were gone"
    assert {State.ERASED, State.FILES_GONE, State.SETTLED} & set(seen), "and after"
    ended_as(erasure, whole)


def test_k24_killed_right_after_each_change_of_state_it_ends_as_one_that_was_not_killed() -> None:
    allow()
    whole, erasure = somebody("2345"), somebody("6789")
    steps.carry_on([whole.uid])
    for state in (State.QUEUED, State.ERASED, State.FILES_GONE, State.SETTLED, State.DONE):
        code = ended("tests.privacy.erasing.killed_in_state", state, str(erasure.uid))
        wait_until_released()
        assert (code, all_or_nothing(erasure)) == (KILLED, state)
    # What was looked for lies there without its key, and goes when nobody can be writing it any more.
    assert keeping.path_of(erasure.uid).exists()
    assert broken(erasure) == ()
    long_ago = time.time() - 2 * steps.NEEDLES_KEPT_SECONDS
    os.utime(keeping.path_of(erasure.uid), (long_ago, long_ago))
    assert ended("tests.privacy.erasing.killed_erasing", "0", str(erasure.uid)) == 0
    assert all_or_nothing(erasure) == State.DONE
    ended_as(erasure, whole)


def test_a_needle_file_whose_key_is_gone_is_swept_and_one_that_is_needed_is_kept() -> None:
    allow()
    done, waits = somebody("2345"), somebody("6789")
    steps.carry_on([done.uid])
    steps.erase(waits.uid)
    folder = Path(settings.HOME) / "erasing"
    left = folder / str(done.uid)
    left.write_text("as a kill between the last commit and the removal of the file leaves it")
    steps.carry_on([])
    assert left.exists(), "whoever prepares another one now has not committed its key yet"
    long_ago = time.time() - 2 * steps.NEEDLES_KEPT_SECONDS
    for path in folder.iterdir():
        os.utime(path, (long_ago, long_ago))
    steps.carry_on([])
    assert not left.exists()
    assert (folder / str(waits.uid)).exists()
    steps.carry_on([waits.uid])
    waits.refresh_from_db()
    assert waits.state == State.DONE, waits.trouble


def test_with_the_needles_lost_an_erasure_is_never_called_proved() -> None:
    allow()
    erasure = somebody("2345")
    steps.erase(erasure.uid)
    (Path(settings.HOME) / "erasing" / str(erasure.uid)).unlink()
    steps.carry_on([erasure.uid])
    assert all_or_nothing(erasure) == State.STUCK
    assert erasure.trouble == "what was to be looked for is lost"
