"""The drill: an older backup becomes a second installation, without whoever was anonymised since."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings as configured
from django.db import connection, transaction
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE
from kith.attachments.actions import Filing, attach_file
from kith.audit import journal
from kith.backups import actions, marker
from kith.backups.format import HEADER_BYTES
from kith.backups.reading import data_keys, opened, verified
from kith.backups.writing import DATA_KEYS
from kith.contacts import actions as contacts
from kith.contacts.models import Contact
from kith.contacts.suppressions.kept import file as kept
from kith.grouping.actions import carry_out
from kith.grouping.intents import Split
from kith.notes import actions as notes
from kith.privacy import ledger
from kith.privacy.erasing import steps
from kith.privacy.models import Erasure
from kith.sources.doors import closing
from kith.sources.models import Membership, SourceRecord
from kith.vault import details
from kith.vault.details import ValueChange
from tests.attachments import files
from tests.backups.second import Second
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order
from tests.processes import KILLED

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
_TABLES = """
SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' AND n.nspname = 'public' ORDER BY 1
"""


@pytest.fixture(autouse=True)
def places(settings: Settings, tmp_path: Path) -> None:
    for name in ("ERASURE_LEDGER", "JOURNAL_HEADS", "ATTACHMENT_FOLDER", "IMPORT_FOLDER"):
        setattr(settings, name, tmp_path / name.lower())


@pytest.fixture
def second(tmp_path: Path) -> Iterator[Second]:
    made = Second.make(tmp_path / "second")
    yield made
    made.drop()


def dora() -> Contact:
    fields = {"first_name": "Dora", "last_name": "Marlowe", "email_1": "dora.marlowe@example.org"}
    return with_everything(factories.contact(factories.record(fields, ref="T-DORA1")))


def ines() -> Contact:
    return with_everything(factories.person("Ines", "Okonkwo", email_1="ines@example.org", ref="T-INES1"))


def with_everything(contact: Contact) -> Contact:
    """An attached file, a note, a value in the journal, a file that an import left."""
    attach_file(
        actor=COMMAND_LINE,
        contact_id=contact.pk,
        given=files.given("contract.txt", f"Between {contact.name} and us".encode()),
        filing=Filing(class_code="CONTRACT", note=f"Signed by {contact.name}"),
    )
    notes.add_note(actor=COMMAND_LINE, contact_id=contact.pk, text=f"{contact.name} called")
    with transaction.atomic():
        entry = journal.record(
            "ContactEdited", by=COMMAND_LINE, subject_type="contact", subject_id=contact.pk
        )
        change = ValueChange("first_name", "Somebody", contact.name)
        details.keep(entry, record_id=contact.primary_record_id or 0, changes=[change])
    return contact


def backup(path: Path, *, beside: bool = False) -> Path:
    return actions.make_backup(actor=COMMAND_LINE, path=path, beside=beside).path


def erase(contact: Contact) -> Erasure:
    erasure = order(contact)
    steps.carry_on([erasure.uid])
    erasure.refresh_from_db()
    assert erasure.state == Erasure.State.DONE, erasure.trouble
    return erasure


def told(second: Second, *arguments: str) -> str:
    done = second.run("restore", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not marker.is_there(second.home)
    assert "kith_restoring" not in rows_of(second)
    return done.stdout


def rows_of(second: Second | None) -> dict[str, set[str]]:
    """Every row of every table, as text; of the suite's own database without one."""

    def read(sql: str) -> list[tuple[object, ...]]:
        if second is not None:
            return second.rows(sql)
        with connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall()

    tables = [str(name) for (name,) in read(_TABLES)]
    return {name: {str(row) for (row,) in read(f"SELECT t::text FROM {name} t")} for name in tables}


def kept_out(second: Second, code: str, *refs: str) -> list[str]:
    done = second.run(code, *refs, module="tests.backups.at_the_door")
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


@pytest.mark.smoke
def test_restore_replays_the_erasures_made_since(tmp_path: Path, second: Second) -> None:
    allow()
    gone, stays = dora(), ines()
    (tmp_path / "import_folder").mkdir(exist_ok=True)
    (tmp_path / "import_folder" / "0a1b").write_bytes(b"sealed")
    before = rows_of(None)
    stored = {path.name: path.read_bytes() for path in (tmp_path / "attachment_folder").glob("??/*")}
    monday = backup(tmp_path / "monday.kith")
    erasure = erase(gone)
    notes.add_note(actor=COMMAND_LINE, contact_id=stays.pk, text="Written after the backup")
    contacts.suppress(actor=COMMAND_LINE, contact_id=stays.pk, reason="opt_out", note="On Tuesday")
    kept.keep()

    said = told(second, str(monday), "--ledger", str(ledger.path()))
    assert "1 of 1 are in it" in said
    assert "Suppressions made after the backup: 1; 1 System Refs carry them." in said

    after = rows_of(second)
    everything = "\n".join(row for rows in after.values() for row in rows)
    assert "Written after the backup" not in everything
    assert "marlowe" not in everything.lower()
    lost = {table: len(rows - after[table]) for table, rows in before.items() if rows - after[table]}
    assert lost == {
        "attachments_attachment": 1,
        "attachments_storedfile": 1,
        "contacts_contact": 1,
        "contacts_contactemail": 1,
        "notes_note": 1,
        "sources_change": 1,
        "sources_sourcerecord": 1,
        "vault_datakey": 1,
        "vault_sealeddetail": 1,
    }, "of everybody else each row is as it was"
    key = gone.primary_record_id
    assert second.rows("SELECT wrapped FROM vault_datakey WHERE record_id = %s", key) == [(None,)]
    said = second.rows("SELECT route, state, counts <> '{}' FROM privacy_erasure WHERE uid = %s", erasure.uid)
    assert said == [("replay", "done", True)]
    left = {path.name: path.read_bytes() for path in (second.home / "attachments").glob("??/*")}
    assert len(left) == 1
    assert left.items() <= stored.items()
    assert (second.home / "imports" / "0a1b").read_bytes() == b"sealed"
    assert second.rows(
        "SELECT s.reason FROM contacts_suppressedrecord c"
        " JOIN contacts_suppression s ON s.id = c.suppression_id WHERE c.record_id = %s",
        stays.primary_record_id,
    ) == [("opt_out",)]
    assert kept_out(second, "TICKETS", "T-NEW", "T-DORA1") == ["T-DORA1"]
    journal_says = second.run("verify-journal")
    assert journal_says.returncode == 0, journal_says.stdout + journal_says.stderr
    assert "BackupRestored" in {row[0] for row in second.rows("SELECT event FROM audit_entry")}
    assert re.search(
        r"warn +erasure ledger +suppressions.kept.*a worker writes it", second.run("doctor").stdout
    )


def test_suppressions_that_were_changed_are_refused_and_nothing_is_begun(
    tmp_path: Path, second: Second
) -> None:
    allow()
    contacts.suppress(actor=COMMAND_LINE, contact_id=ines().pk, reason="opt_out", note="On Monday")
    monday = backup(tmp_path / "monday.kith")
    erase(dora())
    kept.keep()
    kept.path().write_text(kept.path().read_text().replace("opt_out", "bounced"))
    refused = second.run("restore", str(monday), "--ledger", str(ledger.path()))
    assert refused.returncode == 1
    assert "the suppressions kept beside the ledger, cannot be used: it was changed" in refused.stderr
    assert not marker.is_there(second.home)
    kept.path().unlink()
    assert "suppressions made after the backup are lost" in told(
        second, str(monday), "--ledger", str(ledger.path())
    )


def test_whoever_was_grouped_with_somebody_else_then_is_taken_out_and_the_other_one_stays(
    tmp_path: Path, second: Second
) -> None:
    allow()
    ada, bea = (
        factories.record(
            {"first_name": name, "last_name": "Quist", "email_1": f"{name}@example.org"}, ref=ref
        )
        for name, ref in (("Ada", "T-ADA1"), ("Bea", "T-BEA1"))
    )
    together, begun = factories.contact(ada, bea), factories.person("Cleo", "Varga", ref="T-CLEO1")
    monday = backup(tmp_path / "monday.kith")
    intent = Split(contact=together.pk, parts=((ada.pk,), (bea.pk,)))
    carry_out(actor=COMMAND_LINE, intent=intent, lift=True)
    erase(Contact.objects.get(pk=Membership.objects.get(pk=bea.pk).contact_id))
    late = factories.person("Later", "Come", code="NEWSHOP", ref="N-LATE1")
    erase(late)
    digests = closing.digests_of([begun.primary_record_id or 0])
    ledger.intend(
        ledger.LedgerEntry(uid=uuid4(), contact_id=begun.pk, refs=digests.refs, sources=digests.sources)
    )

    said = told(second, str(monday), "--ledger", str(ledger.path()))

    assert "2 of 3 are in it" in said
    assert "1 of them had only been begun" in said
    assert "The source NEWSHOP was added after the backup" in said
    states = dict(
        second.rows(
            "SELECT r.id, c.state FROM sources_sourcerecord r JOIN sources_membership m ON m.record_id = r.id"
            " JOIN contacts_contact c ON c.id = m.contact_id"
        )
    )
    assert states == {ada.pk: "active", bea.pk: "anonymised", begun.primary_record_id: "anonymised"}
    assert second.rows("SELECT id, name FROM contacts_contact WHERE state = 'active'") == [
        (together.pk, "Ada Quist")
    ]
    assert kept_out(second, "NEWSHOP", "N-LATE1") == ["N-LATE1"]
    ((next_group_id, next_record_id),) = second.rows(
        "SELECT nextval(pg_get_serial_sequence('contacts_contact', 'id')),"
        " nextval(pg_get_serial_sequence('sources_sourcerecord', 'id'))"
    )
    assert isinstance(next_group_id, int)
    assert next_group_id > late.pk, "nobody gets the number of somebody who was anonymised"
    assert isinstance(next_record_id, int)
    assert next_record_id > (late.primary_record_id or 0)


def test_killed_at_any_border_nothing_opens_until_the_restore_was_resumed(
    tmp_path: Path, second: Second
) -> None:
    allow()
    gone, _ = dora(), ines()
    monday = backup(tmp_path / "monday.kith")
    erase(gone)
    module = "tests.backups.killed_restore"
    begun = second.run("sentence", "9", str(monday), str(ledger.path()), module=module)
    assert begun.returncode == 0, begun.stderr
    for command in ("serve", "backup"):
        refused = second.run(command)
        assert (refused.returncode, refused.stderr.strip()) == (3, marker.SENTENCE), command
    # About to restore the database; the files; to migrate; to anonymise again, when the rest is done.
    killed_at = [("sentence", "1"), ("sentence", "2"), ("sentence", "3"), ("sentence", "2")]
    for kind, number in [*killed_at, ("statement", "100"), ("statement", "250")]:
        killed = second.run(kind, number, module=module)
        assert killed.returncode == KILLED, (kind, number, killed.stderr)
    (second.home / marker.NAME).rename(tmp_path / "elsewhere")
    other_machine = second.run("worker", "--once")
    assert (other_machine.returncode, other_machine.stderr.strip()) == (3, marker.SENTENCE)
    (tmp_path / "elsewhere").rename(second.home / marker.NAME)
    told(second, "--resume")
    assert second.rows("SELECT state FROM contacts_contact ORDER BY id") == [("anonymised",), ("active",)]
    assert second.rows("SELECT count(*) FROM privacy_erasure") == [(1,)]
    events = [row[0] for row in second.rows("SELECT event FROM audit_entry")]
    assert [events.count(event) for event in ("ContactAnonymised", "BackupRestored")] == [1, 1]
    assert len([*(second.home / "attachments").glob("??/*")]) == 1
    assert second.run("worker", "--once").returncode == 0
    assert "No restore was begun" in second.run("restore", "--resume").stderr


def test_an_older_backup_beside_a_newer_one_has_no_keys_and_is_restored_with_those_of_the_newer_one(
    tmp_path: Path, second: Second
) -> None:
    allow()
    gone, stays = dora(), ines()
    folder = tmp_path / "backups"
    folder.mkdir()
    monday = backup(folder / "monday.kith", beside=True)
    keys_then = monday.read_bytes()[HEADER_BYTES + opened(monday).header.data_bytes :]
    erase(gone)
    tuesday = backup(folder / "tuesday.kith", beside=True)

    assert len(keys_then) > 1_000
    assert keys_then[:64] not in monday.read_bytes()
    assert (opened(monday).has_keys, opened(tuesday).has_keys) == (False, True)
    assert verified(monday).summary.files == 2
    entries = opened(tuesday).entries_of_keys()
    kept = {
        row.record_id: row.wrapped
        for entry in entries
        if entry.name == DATA_KEYS
        for row in data_keys(entry.blocks())
    }
    assert kept[gone.primary_record_id or 0] is None
    assert kept[stays.primary_record_id or 0] is not None

    alone = second.run("restore", str(monday), "--ledger-of-backup")
    assert (alone.returncode, "name that one with --keys" in alone.stderr) == (1, True)
    no_ledger = second.run("restore", str(monday), "--keys", str(tuesday))
    assert (no_ledger.returncode, "There is no ledger of erasures" in no_ledger.stderr) == (1, True)
    told(second, str(monday), "--keys", str(tuesday), "--ledger-of-backup")
    assert second.rows("SELECT state FROM contacts_contact ORDER BY id") == [("anonymised",), ("active",)]
    again = second.run("restore", str(tuesday), "--ledger-of-backup")
    assert (again.returncode, "The database is not empty" in again.stderr) == (1, True)


def test_a_ledger_that_is_shorter_than_the_backup_knows_is_refused_and_nothing_is_begun(
    tmp_path: Path, second: Second
) -> None:
    allow()
    erase(dora())
    older = tmp_path / "older.ledger"
    older.write_bytes(ledger.path().read_bytes().splitlines(keepends=True)[0])
    monday = backup(tmp_path / "monday.kith")
    before = {path.name: path.stat().st_mtime_ns for path in second.home.iterdir() if path.is_file()}
    done = second.run("restore", str(monday), "--ledger", str(older))
    assert (done.returncode, "it ends at line 1 and does not hold line 2" in done.stderr) == (1, True)
    assert not marker.is_there(second.home)
    assert second.rows(_TABLES) == []
    (second.home / "master-key").unlink()
    without = second.run("restore", str(monday), "--ledger", str(ledger.path()))
    assert (without.returncode, "The master key is not here" in without.stderr) == (1, True)
    assert before.keys() >= {"master-key"}
    other = Path(configured.MASTER_KEY_FILE).read_text(encoding="ascii").strip()[:-10] + "AAAAAAAAA="
    wrong = second.run("restore", str(monday), "--ledger", str(ledger.path()), KITH_MASTER_KEY=other)
    assert (wrong.returncode, "not the one it was made with" in wrong.stderr) == (1, True)


def test_a_contact_that_had_no_group_id_yet_is_erased_too(tmp_path: Path, second: Second) -> None:
    allow()
    waiting = factories.record({"first_name": "Una", "last_name": "Placed"}, ref="T-UNA1")
    monday = backup(tmp_path / "monday.kith")
    erase(factories.contact(waiting))
    told(second, str(monday), "--ledger", str(ledger.path()))
    assert second.rows("SELECT count(*) FROM sources_sourcerecord WHERE erased_at IS NULL") == [(0,)]
    assert second.rows("SELECT name FROM contacts_contact") == [("Anonymised",)]
    assert SourceRecord.objects.get(pk=waiting.pk).erased_at is not None
