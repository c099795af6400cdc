"""Making a backup: where, how many, what the commands say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import Settings

from kith.access.actors import COMMAND_LINE, NOBODY
from kith.audit.chain.keys import installation
from kith.audit.models import Entry
from kith.backups import actions, postgres
from kith.backups.reading import opened, verified
from kith.config import checkup
from kith.config.checkup import Finding, Level
from kith.kernel import clock
from kith.kernel.errors import NotAllowed, Refused
from kith.privacy.erasing import steps
from kith.privacy.models import Erasure
from tests.contacts import factories
from tests.privacy.erasing.test_erasures import allow, order

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    for name in ("ERASURE_LEDGER", "JOURNAL_HEADS", "ATTACHMENT_FOLDER", "IMPORT_FOLDER"):
        setattr(settings, name, tmp_path / name.lower())
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def said(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_the_commands_make_a_file_for_its_owner_only_and_read_it_through(folder: Path) -> None:
    factories.eleni()
    path = folder / "one.kith"
    assert "verified, with 0 stored files" in said("backup", str(path))
    assert path.stat().st_mode & 0o077 == 0
    assert "Its keys open" in said("verify-backup", str(path))
    assert b"Papadopoulou" not in path.read_bytes()
    assert [one.name for one in folder.iterdir()] == ["one.kith"]
    entry = Entry.objects.get(event="BackupMade")
    assert (entry.detail["bytes"], entry.detail["files"]) == (path.stat().st_size, 0)
    with pytest.raises(Refused, match="is there already"):
        said("backup", str(path))


@pytest.mark.parametrize("at", [100, 20_000, -40])
def test_a_flipped_byte_is_told_with_the_name_of_the_file(folder: Path, at: int) -> None:
    path = actions.make_backup(actor=COMMAND_LINE, path=folder / "one.kith").path
    content = bytearray(path.read_bytes())
    content[at] ^= 1
    path.write_bytes(content)
    with pytest.raises(Refused, match=r"^one\.kith is not used: it"):
        verified(path)


def test_whatever_goes_wrong_no_file_is_left_that_looks_like_a_backup(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = connection.settings_dict["NAME"]
    monkeypatch.setattr(postgres, "_where", lambda: ["--no-password", f"--dbname={here}_nowhere"])
    with pytest.raises(Refused, match=r"pg_dump .* did not get through"):
        actions.make_backup(actor=COMMAND_LINE, path=folder / "one.kith")
    assert not list(folder.iterdir())
    assert not Entry.objects.filter(event="BackupMade").exists()
    with pytest.raises(Refused, match=r"backups/nowhere: No such file"):
        actions.make_backup(actor=COMMAND_LINE, path=folder / "nowhere" / "one.kith")
    with pytest.raises(NotAllowed):
        actions.make_backup(actor=NOBODY, path=folder / "one.kith")


def test_in_a_folder_the_older_ones_lose_their_keys_and_too_old_ones_go(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKUP_FOLDER = str(folder)
    (folder / "something.kith").write_bytes(b"of somebody else")
    for name in (f"killed.kith.{installation()}", "of-another.kith.0123456789abcdef"):
        (folder / f"{name}.coming").write_bytes(b"half")
    today = datetime(2026, 11, 23, 3, tzinfo=UTC)
    for days in (40, 1, 0):
        monkeypatch.setattr(clock, "now", lambda days=days: today - timedelta(days=days))
        said("backup", *(["--keep-days", "30"] if not days else []))
    assert [path.name for path in folder.glob("*.coming")] == ["of-another.kith.0123456789abcdef.coming"]
    names = sorted(path.name for path in folder.glob("*.kith"))
    assert names == ["kith-20261122-030000.kith", "kith-20261123-030000.kith", "something.kith"]
    assert [opened(folder / name).has_keys for name in names[:2]] == [False, True]


@pytest.mark.parametrize(
    "arguments",
    [["--into", "nowhere"], [], ["file", "--keep-days", "3"], ["--into", ".", "--keep-days", "0"]],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        said("backup", *arguments)


def test_a_proof_that_is_under_way_is_waited_for_and_then_told_of(folder: Path) -> None:
    allow()
    erasure = order(factories.eleni())
    steps.erase(erasure.uid)
    early = actions.make_backup(actor=COMMAND_LINE, path=folder / "early.kith", wait_seconds=0.1)
    assert early.verified.summary.unproved == 1
    steps.carry_on([erasure.uid])
    assert Erasure.objects.get(uid=erasure.uid).state == Erasure.State.DONE
    late = actions.make_backup(actor=COMMAND_LINE, path=folder / "late.kith")
    assert late.verified.summary.unproved == 0
    assert opened(late.path).header.ledger_number == 2


def test_a_program_older_than_the_server_is_not_used() -> None:
    major = postgres.server_major()
    assert postgres.fitting("pg_dump", major).major >= major
    with pytest.raises(Refused, match="postgresql-client-99"):
        postgres.fitting("pg_dump", 99)


@pytest.mark.parametrize(("server", "program"), [(15, 15), (15, 16), (17, 18), (18, 18)])
def test_a_backup_goes_into_a_server_that_knows_its_settings(server: int, program: int) -> None:
    postgres.require_taken(server=server, program=program)
    with pytest.raises(Refused, match="Restore into PostgreSQL 18 or newer"):
        postgres.require_taken(server=server - 3, program=18)


def backups_line() -> Finding:
    return next(one for one in checkup.examine() if one.what == "backups")


def test_the_doctor_says_how_old_the_newest_one_is(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKUP_FOLDER = ""
    assert (backups_line().level, backups_line().says) == (Level.OK, "Kith is told of no folder of them")
    settings.BACKUP_FOLDER = str(folder / "nowhere")
    assert backups_line().level is Level.FAIL
    settings.BACKUP_FOLDER = str(folder)
    assert backups_line().level is Level.WARN
    said("backup")
    assert (backups_line().level, backups_line().says) == (Level.OK, "1 there, the newest made 0 hours ago")
    monkeypatch.setattr(checkup, "BACKUP_HOURS", -1)
    assert backups_line().level is Level.WARN
