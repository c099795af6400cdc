"""Suppressions kept beside the ledger, and said again in a database that does not know them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.contacts import actions as contacts
from kith.contacts.models import Contact, SuppressedRecord, Suppression
from kith.contacts.standing import standing_of
from kith.contacts.suppressions import actions
from kith.contacts.suppressions.actions import Because
from kith.contacts.suppressions.arriving import claims_written
from kith.contacts.suppressions.kept import file as kept
from kith.contacts.suppressions.kept.actions import suppress_again
from kith.contacts.suppressions.kept.file import BrokenKept, KeptSuppression
from kith.contacts.suppressions.models import SuppressedValue
from kith.contacts.suppressions.values import digest_of_ref
from kith.kernel.errors import NotAllowed
from kith.sources.models import SourceRecord
from tests.contacts import factories

pytestmark = pytest.mark.django_db
MAIL = "somebody.else@example.com"


@pytest.fixture(autouse=True)
def file(settings: Settings, tmp_path: Path) -> Path:
    settings.ERASURE_LEDGER = tmp_path / "ledger"
    return tmp_path / "suppressions.kept"


def flagged(contact: Contact, reason: str = "opt_out") -> None:
    contacts.suppress(actor=COMMAND_LINE, contact_id=contact.pk, reason=reason, note="By letter")


def reasons(contact: Contact) -> list[tuple[str, str]]:
    return sorted((one.reason, one.known_by) for one in standing_of([contact.pk])[contact.pk])


def forgotten() -> None:
    """As a backup of before knows nothing of them."""
    SuppressedRecord.objects.all().delete()
    SuppressedValue.objects.all().delete()
    Suppression.objects.all().delete()


def test_the_file_is_written_when_something_changed_and_holds_no_value_of_anybody(file: Path) -> None:
    anna = factories.person("Anna", "Kept", email_1="anna@example.com", ref="T-ANNA77")
    assert kept.keep()
    assert not kept.keep()
    flagged(anna)
    actions.suppress_value(actor=COMMAND_LINE, value=MAIL, because=Because(reason="manual", scope="email"))
    assert kept.is_behind()
    assert kept.keep()
    assert not kept.is_behind()
    assert {(one.kind, one.reason, one.scope) for one in kept.read(file)} == {
        ("ref", "opt_out", "all"),
        ("email", "manual", "email"),
    }
    said = file.read_text().lower()
    assert not [text for text in ("anna", "t-anna77", "somebody", "letter") if text in said]
    assert file.stat().st_mode & 0o077 == 0
    contacts.lift_suppression(
        actor=COMMAND_LINE,
        contact_id=anna.pk,
        suppression_id=standing_of([anna.pk])[anna.pk][0].suppression_id,
        note="She asked",
    )
    assert kept.keep()
    assert {one.kind for one in kept.read(file)} == {"email"}


@pytest.mark.parametrize("change", ["a line less", "another reason", "cut short", "no mark"])
def test_a_file_that_was_changed_is_refused(file: Path, change: str) -> None:
    flagged(factories.eleni())
    flagged(factories.person(), "manual")
    kept.keep()
    lines = file.read_text().splitlines(keepends=True)
    file.write_text(
        {
            "a line less": "".join([lines[0], *lines[2:]]),
            "another reason": "".join(lines).replace(" manual ", " bounced "),
            "cut short": "".join(lines)[:-30],
            "no mark": "".join(lines[1:]),
        }[change]
    )
    with pytest.raises(BrokenKept):
        kept.read(file)


def test_promise_6_whoever_was_suppressed_after_a_backup_is_suppressed_again(file: Path) -> None:
    anna, deceased, other = (
        factories.eleni(),
        factories.person("Dora", "Gone"),
        factories.person("Paul", "Free"),
    )
    flagged(anna)
    flagged(deceased, "deceased")
    actions.suppress_value(actor=COMMAND_LINE, value=MAIL, because=Because(reason="opt_out"))
    kept.keep()
    forgotten()

    found = suppress_again(actor=COMMAND_LINE, said=kept.read(file))

    refs = SourceRecord.objects.of_contact(anna.pk).count() + 1
    assert (found.missing, found.records) == (refs + 1, refs)
    assert reasons(anna) == [("opt_out", "")]
    assert reasons(deceased) == [("deceased", "")]
    assert reasons(other) == []
    assert suppress_again(actor=COMMAND_LINE, said=kept.read(file)).missing == 0
    later = factories.record({"email_1": MAIL}, ref="T-LATER")
    claims_written(lambda: [later.pk])
    assert SuppressedRecord.objects.filter(record_id=later.pk).count() == 1


def test_a_system_ref_that_is_not_here_yet_is_suppressed_when_it_comes(file: Path) -> None:
    said = KeptSuppression("ref", digest_of_ref("TICKETS", "T-COMES"), "manual", "all", date(2030, 1, 1))
    other = KeptSuppression("ref", digest_of_ref("TICKETS", "T-NEVER"), "manual", "all", date(2030, 1, 1))
    assert suppress_again(actor=COMMAND_LINE, said=[said, other]).records == 0
    assert kept.keep()
    assert set(kept.read(file)) == {said, other}, "it waits, and is kept on"
    comes, stranger = factories.record({}, ref="T-COMES"), factories.record({}, ref="T-OTHER")
    assert claims_written(lambda: [comes.pk, stranger.pk]) == 1
    assert reasons(factories.contact(comes)) == [("manual", "")]
    assert reasons(factories.contact(stranger)) == []
    assert SuppressedValue.objects.count() == 1, "the other one waits on"
    kept.keep()
    assert set(kept.read(file)) == {said, other}


def test_what_waits_for_a_system_ref_costs_two_statements_however_many_come() -> None:
    said = KeptSuppression("ref", digest_of_ref("TICKETS", "T-NEVER"), "opt_out", "all")
    suppress_again(actor=COMMAND_LINE, said=[said])
    counts = []
    for number in (1, 20):
        records = [factories.record({}, ref=f"T-{number}-{one}").pk for one in range(number)]
        with transaction.atomic(), CaptureQueriesContext(connection) as counted:
            claims_written(lambda ids=records: ids)
        counts.append(len(counted))
    assert counts[0] == counts[1]


def test_an_agent_says_nothing_again(agent: User) -> None:
    with pytest.raises(NotAllowed):
        suppress_again(actor=agent.actor, said=[])
