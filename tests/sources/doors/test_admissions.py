"""X10: whoever was anonymised and registers anew becomes a new contact; an officer lets the System Ref in."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from kith.access.actors import COMMAND_LINE, IMPORTER
from kith.access.models import User
from kith.audit.models import Entry
from kith.contacts import actions as contacts
from kith.contacts.deletion.actions import delete_contact
from kith.contacts.models import Contact
from kith.kernel.errors import NotAllowed, NotFound, Refused
from kith.privacy.erasing import steps
from kith.runs.actions import execute_run
from kith.runs.models import Run
from kith.sources import tombstones
from kith.sources.doors.actions import admit, withdraw_admission
from kith.sources.models import Admission, RejectedRow, SourceRecord
from tests.claims import source
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order
from tests.sources.doors.test_ways_in import (
    DORA,
    DORA_ELSEWHERE,
    DORA_MOVED,
    SAID,
    anonymised,
    dora,
    nothing_is_stored_of_her,
    take_in,
)

pytestmark = pytest.mark.django_db


def let_in(ref: str = "T-1001", code: str = "TICKETING", why: str = "returns") -> Admission:
    return admit(actor=COMMAND_LINE, source_id=source(code).pk, system_ref=ref, why=why)


def run() -> None:
    done = execute_run(actor=COMMAND_LINE, trigger=Run.Trigger.BUTTON)
    assert done.state == Run.State.DONE, done.error


def test_x10_her_system_ref_let_in_makes_a_new_contact_and_never_the_old_one() -> None:
    old = dora()
    anonymised(old)
    assert take_in(DORA, code="TICKETING").rejected_count == 1
    let_in()
    done = take_in(DORA, code="TICKETING")
    assert (done.new_count, done.rejected_count) == (1, 0), done.error
    run()
    new = Contact.objects.get(last_name="Marlowe")
    assert new.pk != old.pk
    old.refresh_from_db()
    assert (old.state, old.name, old.record_count) == ("anonymised", "Anonymised", 1)
    assert take_in(DORA_MOVED, code="TICKETING").changed_count == 1
    run()
    assert Contact.objects.filter(last_name="Marlowe").count() == 1


def test_x10_another_source_goes_on_being_stopped() -> None:
    anonymised(dora())
    assert take_in(DORA_ELSEWHERE, code="SHOP").rejected_count == 1
    let_in()
    assert take_in(DORA_ELSEWHERE, code="SHOP").rejected_count == 1
    let_in("S-9", code="SHOP", why="somebody_else")
    assert take_in(DORA_ELSEWHERE, code="SHOP").new_count == 1


def test_anonymised_again_she_is_kept_out_again() -> None:
    anonymised(dora())
    let_in()
    take_in(DORA, code="TICKETING")
    run()
    erasure = order(Contact.objects.get(last_name="Marlowe"))
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == "done", erasure.trouble
    assert not Admission.objects.exists()
    assert take_in(DORA, code="TICKETING").rejected_count == 1
    nothing_is_stored_of_her()


def test_a_system_ref_that_was_let_in_and_deleted_stays_out() -> None:
    anonymised(dora())
    let_in()
    take_in(DORA, code="TICKETING")
    run()
    delete_contact(actor=COMMAND_LINE, contact_id=Contact.objects.get(last_name="Marlowe").pk)
    assert not Admission.objects.exists()
    assert take_in(DORA, code="TICKETING").rejected_count == 1


def test_let_in_no_more_the_source_is_stopped_again_and_what_came_stays() -> None:
    anonymised(dora())
    admission = let_in()
    take_in(DORA, code="TICKETING")
    withdraw_admission(actor=COMMAND_LINE, admission_id=admission.pk)
    assert take_in(DORA_MOVED, code="TICKETING").rejected_count == 1
    assert SourceRecord.objects.get(system_ref="T-1001").claim["fields"]["email_1"] == SAID["email_1"]
    with pytest.raises(NotFound):
        withdraw_admission(actor=COMMAND_LINE, admission_id=admission.pk)


def test_only_what_is_kept_out_is_let_in_with_a_reason_and_once() -> None:
    anonymised(dora())
    with pytest.raises(NotAllowed):
        admit(actor=IMPORTER, source_id=source("TICKETING").pk, system_ref="T-1001", why="returns")
    with pytest.raises(Refused, match="Nobody is kept out"):
        let_in("T-77")
    for nonsense in ("", "x" * 256):
        with pytest.raises(Refused, match="1 to 255"):
            let_in(nonsense)
    for why in ("", "typed", "because"):
        with pytest.raises(Refused, match="why"):
            let_in(why=why)
    with pytest.raises(NotFound):
        admit(actor=COMMAND_LINE, source_id=0, system_ref="T-1001", why="returns")
    let_in(" T-1001 ")
    with pytest.raises(Refused, match="already"):
        let_in()


def test_what_was_deleted_is_not_let_in() -> None:
    contact = factories.contact(factories.record(SAID, code="TICKETING", ref="T-1001"))
    delete_contact(actor=COMMAND_LINE, contact_id=contact.pk)
    with pytest.raises(Refused, match="was deleted"):
        let_in()


def test_the_journal_says_who_let_in_and_holds_no_system_ref() -> None:
    anonymised(dora())
    let_in()
    entry = Entry.objects.get(event="SystemRefAdmitted")
    assert (entry.actor, entry.detail["why"]) == ("Command line", "returns")
    assert "T-1001" not in str(entry.detail)


def test_x10_typed_anew_she_may_be_brought_up_to_date_by_a_file() -> None:
    allow()
    anonymised(factories.contact(factories.record(SAID, code="TICKETING", ref="T-1001")))
    contacts.add_contact(actor=COMMAND_LINE, kind="person", claim=SAID, returns=True)
    ref = SourceRecord.objects.get(erased_at=None).system_ref
    head = "Contact Type,Contact Code,First Name,Last Name,Contact Email\n"
    done = take_in(f"{head}PERSON,{ref},Dora Maria,Marlowe,dora.marlowe@example.org\n")
    assert (done.changed_count, done.rejected_count) == (1, 0), done.error
    assert tombstones.deleted_among(SourceRecord.objects.get(system_ref=ref).source, [ref]) == frozenset()


def test_the_page_counts_people_and_lets_those_in_who_may(
    administrator: User, viewer: User, client_of: Callable[[User], Client]
) -> None:
    place = source("TICKETING")
    page, action = (reverse(f"sources:{name}", args=(place.pk,)) for name in ("stopped", "admit"))
    assert "Nobody was stopped" in client_of(viewer).get(page).text
    anonymised(dora())
    take_in(DORA, code="TICKETING")
    seen = client_of(viewer).get(page).text
    assert "A person who was anonymised" in seen
    assert "Let somebody in" not in seen
    assert client_of(viewer).post(action, {"system_ref": "T-1001", "why": "returns"}).status_code == 403
    client = client_of(administrator)
    assert client.post(action, {"system_ref": "", "why": ""}).status_code == 422
    wrong = client.post(action, {"system_ref": "T-9", "why": "returns"})
    assert wrong.status_code == 422
    assert client.post(action, {"system_ref": "T-1001", "why": "returns"}).status_code == 302
    shown = client.get(page).text
    assert "registered anew" in shown
    assert "T-1001" not in shown
    admission = Admission.objects.get()
    withdraw = reverse("sources:withdraw-admission", args=(place.pk, admission.pk))
    assert client.post(withdraw).status_code == 302
    assert not Admission.objects.exists()
    assert client.get(reverse("sources:stopped", args=(999_999,))).status_code == 404
    assert not RejectedRow.objects.exclude(values={}).exists()
