"""A value planted in each kind of place is found there, and the proof says whose it is."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE, Actor
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.asking import Value
from kith.contacts.models import Contact
from kith.find.actions import keep_search
from kith.find.searches import TEXT, Search
from kith.kernel.leaving import Leaving
from kith.notes import actions as notes
from kith.notes.models import Note
from kith.privacy.erasing.rows import erase_rows
from kith.privacy.proof import statistics
from kith.privacy.proof.files import BLOCK, LARGEST_MEMBER
from kith.privacy.proof.findings import KEPT, STATISTICS
from kith.privacy.proof.needles import gather
from kith.privacy.proof.scanning import Findings, scan
from kith.privacy.proof.storage import touched
from kith.sources import storage
from kith.sources.models import Import, RejectedRow, SourceRecord
from tests.contacts import factories

pytestmark = pytest.mark.django_db
UID = uuid4()
MARKER = "Wolkenzug 7719"


def look(*texts: str) -> Findings:
    return scan({UID: frozenset(texts or (MARKER,))})


def places(findings: Findings) -> set[str]:
    return {one.place for one in findings.of(UID)}


def _sql(statement: str, *values: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _rejected(text: str) -> str:
    job = Import.objects.create(source=factories.source(), state="done", file_name="a.csv", stored_name="")
    RejectedRow.objects.create(import_file=job, row_number=1, reason="No.", values={"a": text})
    return "sources_rejectedrow"


def _file_name(text: str) -> str:
    Import.objects.create(source=factories.source(), state="done", file_name=f"{text}.csv", stored_name="")
    return "sources_import"


def _journal(text: str) -> str:
    journal.record("SourceAdded", by=COMMAND_LINE, subject_type="source", detail={"was": text})
    return "audit_entry"


def _job(text: str) -> str:
    _sql(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, args)"
        " VALUES ('default', 'a.task', 0, %s)",
        json.dumps({"said": text}),
    )
    return "procrastinate_jobs"


def _session(text: str) -> str:
    session = SessionStore()
    session["said"] = text * 20
    session.save()
    return "django_session"


def _search(text: str) -> str:
    actor = Actor(name="A", permissions=frozenset({Permission.CONTACT_VIEW}))
    keep_search(actor=actor, search=Search.of({TEXT: Value(text=text)}))
    return "find_storedsearch"


@pytest.mark.parametrize("plant", [_rejected, _file_name, _journal, _job, _session, _search])
def test_a_marker_is_found_in_every_kind_of_row(plant: Callable[[str], str]) -> None:
    assert places(look()) == set()
    planted = plant(MARKER)
    assert places(look()) == {planted}


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(settings.HOME) / "imports"
    made.mkdir(exist_ok=True)
    before = set(made.iterdir())
    yield made
    for path in set(made.iterdir()) - before:
        path.unlink()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_marker_is_found_in_a_file_however_it_is_encoded(folder: Path, encoding: str) -> None:
    path = folder / "planted"
    path.write_bytes(b"\x00" * 1_048_570 + f"a;b\n{MARKER.upper()};c\n".encode(encoding))
    assert places(look()) == {"file imports/planted"}


def test_a_marker_is_found_in_a_spreadsheet_and_in_the_name_of_a_file(folder: Path) -> None:
    with zipfile.ZipFile(folder / "planted.xlsx", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{MARKER}</t>" + "x" * 5_000)
    (folder / MARKER).write_bytes(b"nothing")
    assert places(look()) == {"file imports/planted.xlsx", f"file imports/{MARKER}"}


def test_a_whole_name_is_looked_for_however_short_and_whichever_way_round() -> None:
    contact = factories.person("Anna", "Berg")
    leaving = Leaving(group_ids=(contact.pk,), record_ids=(contact.primary_record_id or 0,))
    found = gather(leaving)
    assert {"Anna Berg", "Berg, Anna", "Berg;Anna"} <= found
    assert not {"Anna", "Berg"} & found


def test_what_cannot_be_unpacked_is_told_and_stops_no_search(tmp_path: Path, settings: Settings) -> None:
    settings.IMPORT_FOLDER = tmp_path  # the folder of the tests is that of other workers, too
    damaged, bomb, other = tmp_path / "damaged.xlsx", tmp_path / "bomb.zip", tmp_path / "other"
    with zipfile.ZipFile(damaged, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", "".join(map(str, range(5_000))))
    content = bytearray(damaged.read_bytes())
    content[200:1_000] = b"\xff" * 800
    damaged.write_bytes(content)
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("zeros", "w") as file:
        for _ in range(LARGEST_MEMBER // BLOCK + 1):
            file.write(bytes(BLOCK))
    other.write_bytes(MARKER.encode() + b"PK\x05\x06" + bytes(18))
    findings = look()
    assert findings.unknown == ("file imports/bomb.zip", "file imports/damaged.xlsx")
    assert places(findings) == {"file imports/other"}


def test_a_marker_is_found_in_an_e_mail_and_in_a_log() -> None:
    mail, log = Path(settings.EMAIL_FILE_PATH) / "planted.log", Path(settings.HOME) / "planted.log"
    message = EmailMessage()
    message["Subject"] = "x"
    message.set_content(f"Ümläut {MARKER} in base64", cte="base64")
    mail.parent.mkdir(exist_ok=True)
    mail.write_bytes(message.as_bytes() + b"\n" + b"-" * 79 + b"\n")
    log.write_text(f"1 row {MARKER}", encoding="utf-8")
    try:
        assert places(look()) == {"file mail/planted.log", "file planted.log"}
    finally:
        mail.unlink()
        log.unlink()


def test_a_table_that_nobody_declared_fails_the_proof() -> None:
    assert look().unknown == ()
    _sql("CREATE TABLE forgotten (said text)")
    _sql("CREATE SCHEMA beside")
    _sql("CREATE TABLE beside.contacts_contact (said text)")
    _sql("INSERT INTO beside.contacts_contact VALUES (%s)", MARKER)
    findings = look()
    assert findings.unknown == ("beside.contacts_contact", "forgotten")
    assert places(findings) == {"beside.contacts_contact"}


def _erased(contact: Contact) -> Leaving:
    leaving = Leaving(group_ids=(contact.pk,), record_ids=tuple(one.pk for one in contact_records(contact)))
    with transaction.atomic():
        erase_rows(leaving, erasure=UID)
    return leaving


def contact_records(contact: Contact) -> list[SourceRecord]:
    return list(SourceRecord.objects.of_contact(contact.pk))


def test_what_is_left_of_the_person_fails_and_what_a_spouse_has_too_does_not() -> None:
    anna = factories.person("Anna", "Gonesdottir", email_1="anna.gone@example.org", phone_1="99 123 456")
    factories.person("Paul", "Gone", phone_1="99 123 456")
    leaving = Leaving(group_ids=(anna.pk,), record_ids=tuple(one.pk for one in contact_records(anna)))
    needles = gather(leaving)
    assert {"anna.gone@example.org", "+35799123456"} <= needles
    _erased(anna)
    assert look(*needles).of(UID) == []
    _rejected("phone 99 123 456")
    assert look(*needles).of(UID) == []
    assert {one.place for one in look(*needles).mentions(UID)} >= {
        "sources_sourcerecord",
        "contacts_contactphone",
    }
    _rejected("mail anna.gone@example.org")
    assert places(look(*needles)) == {"sources_rejectedrow"}


def test_a_whole_name_counts_in_the_rows_of_a_file_unless_it_is_a_namesakes(folder: Path) -> None:
    anna = factories.person("Anna", "Gonesdottir")
    leaving = Leaving(group_ids=(anna.pk,), record_ids=tuple(one.pk for one in contact_records(anna)))
    needles = gather(leaving)
    _erased(anna)
    (folder / "planted").write_bytes(b"name;first\nGonesdottir;Anna\n")
    assert places(look(*needles)) == {"file imports/planted"}
    factories.person("Anna", "Gonesdottir")
    assert places(look("Anna Gonesdottir")) == set()


def test_a_value_in_a_row_of_the_person_fails_even_where_others_have_it() -> None:
    anna, paul = factories.person("Anna", "Gone"), factories.person("Paul", "Gone")
    notes.add_note(actor=COMMAND_LINE, contact_id=anna.pk, text="nothing")
    notes.add_note(actor=COMMAND_LINE, contact_id=paul.pk, text=f"spoke of {MARKER}")
    assert places(look()) == set()
    assert [one.place for one in look().mentions(UID)] == ["notes_note"]
    left = Note.objects.get(text="nothing")
    _erased(anna)
    _sql("SET CONSTRAINTS ALL IMMEDIATE")
    _sql("ALTER TABLE notes_note DISABLE TRIGGER USER")  # the doors would not let it in
    Note.objects.filter(pk=left.pk).update(text=MARKER)
    assert [(one.place, one.key) for one in look().of(UID)] == [("notes_note", str(left.pk))]


def test_what_the_planner_remembers_is_forgotten_by_looking_at_the_table_again() -> None:
    _rejected(MARKER)
    _rejected("x")
    RejectedRow.objects.update(reason=MARKER)
    _sql("ANALYZE sources_rejectedrow")
    RejectedRow.objects.update(reason="No.", values={})
    assert places(look()) == {f"{STATISTICS}sources_rejectedrow.{column}" for column in ("reason", "values")}
    _sql("ANALYZE sources_rejectedrow")
    assert places(look()) == set()


@pytest.mark.parametrize("is_older", [False, True], ids=["this server", "an older one"])
def test_what_the_planner_remembers_of_a_table_without_rows_is_forgotten_too(
    is_older: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Analysing it again does not change it."""
    for _ in range(2):
        _rejected(MARKER)
    _sql("ANALYZE sources_rejectedrow")
    RejectedRow.objects.all().delete()
    _sql("SET CONSTRAINTS ALL IMMEDIATE")  # no table with triggers that wait is changed
    _sql("ANALYZE sources_rejectedrow")
    assert places(look()) == {f"{STATISTICS}sources_rejectedrow.values"}
    if is_older:
        monkeypatch.setattr(statistics, "_knows_how", lambda: False)
    statistics.forget(["sources_rejectedrow"])
    assert places(look()) == set()


def test_older_servers_clear_every_table_that_anonymising_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    factories.person(MARKER, "Gone")
    _sql("SET CONSTRAINTS ALL IMMEDIATE")
    monkeypatch.setattr(statistics, "_knows_how", lambda: False)
    for table in touched():
        if "." not in table and statistics.is_empty(table):
            statistics.forget([table])
    assert Contact.objects.filter(first_name=MARKER).exists()


def test_two_values_that_the_planner_remembers_are_not_read_as_one() -> None:
    for text in ("Charalampous", "Chris"):
        _rejected("x")
        RejectedRow.objects.filter(reason="No.").update(reason=text)
    _sql("ANALYZE sources_rejectedrow")
    assert places(look("Charalampous")) == {"sources_rejectedrow", f"{STATISTICS}sources_rejectedrow.reason"}
    assert places(look("Charalampous,Chris")) == set()


def test_what_an_index_remembers_of_a_name_that_somebody_bears_still_is_allowed() -> None:
    factories.person("Bartholomew", "Featherstonehaugh")
    _sql("ANALYZE contacts_contact")
    assert places(look("Bartholomew Featherstonehaugh")) == set()


def test_columns_that_stay_are_told_apart() -> None:
    contact = factories.person("Paul", "Gone")
    Contact.objects.filter(pk=contact.pk).update(category=MARKER[:20])
    findings = look()
    assert findings.of(UID) == []
    assert {one.place for one in findings.mentions(UID)} == {f"contacts_contact{KEPT}"}


def test_a_needle_that_many_rows_hold_is_nobodys() -> None:
    job = Import.objects.create(source=factories.source(), state="done", file_name="a.csv", stored_name="")
    paul = factories.person("Paul", "Gone")
    for _ in range(21):
        notes.add_note(actor=COMMAND_LINE, contact_id=paul.pk, text="Season ticket 2026")
    RejectedRow.objects.create(import_file=job, row_number=1, reason="", values={"a": "Season ticket 2026"})
    assert look("Season ticket 2026").of(UID) == []


def test_what_was_looked_through_is_counted() -> None:
    factories.person()
    looked = look().looked
    assert looked.tables["contacts_contact"] == 1
    assert looked.bytes > 10_000
    assert storage.folder().is_dir()
