"""A worker makes the backup of the night, and says when it could not."""

from __future__ import annotations

import errno
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from itertools import count
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from pytest_django import Settings

from kith.access.actors import BACKUPS, COMMAND_LINE
from kith.access.models import User
from kith.audit.models import Entry
from kith.backups import actions, marker, nightly, postgres, writing
from kith.backups.alone import alone
from kith.backups.reading import verified
from kith.backups.tasks import look, make
from kith.config import checkup, environment
from kith.jobs import progress
from kith.jobs.models import Progress
from kith.kernel import clock
from kith.kernel.errors import Conflict, NotAllowed, Refused
from kith.stewardship.models import Case
from tests.contacts import factories
from tests.processes import KILLED, ended

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
RunJobs = Callable[[], None]


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path, transactional_db: None) -> Path:
    for name in ("ERASURE_LEDGER", "JOURNAL_HEADS", "ATTACHMENT_FOLDER", "IMPORT_FOLDER"):
        setattr(settings, name, tmp_path / name.lower())
    (tmp_path / "backups").mkdir()
    settings.BACKUP_FOLDER = str(tmp_path / "backups")
    settings.BACKUP_AT = clock.now().astimezone(UTC).time()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs CASCADE")
    return tmp_path / "backups"


def jobs() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id")
        return [row for row in cursor.fetchall() if row[0] == "backups.make"]


def night(run_jobs: RunJobs) -> None:
    look.defer(timestamp=0)
    run_jobs()


def test_a_worker_makes_one_a_night_that_holds(folder: Path, run_jobs: RunJobs) -> None:
    factories.eleni()
    for _ in range(2):
        night(run_jobs)
    assert jobs() == [("backups.make", "succeeded")]
    (path,) = folder.iterdir()
    assert verified(path).opened.has_keys
    shown = Progress.objects.get(subject_type="backup")
    assert (shown.label, shown.note.endswith("MB, verified"), shown.finished_at is None) == (
        "Backup",
        True,
        False,
    )
    entry = Entry.objects.get(event="BackupMade")
    assert (entry.actor, entry.detail["bytes"]) == ("Nightly backup", path.stat().st_size)
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    ("folder_said", "at", "last", "is_wanted"),
    [
        ("/backup", time(5), None, True),
        ("/backup", time(5), timedelta(hours=20), True),
        ("/backup", time(5), timedelta(minutes=5), False),
        ("/backup", time(13), None, False),
        ("/backup", None, None, False),
        ("", time(5), None, False),
    ],
)
def test_it_is_due_once_a_night_where_a_folder_and_a_time_are_named(
    settings: Settings, folder_said: str, at: time | None, last: timedelta | None, is_wanted: bool
) -> None:
    settings.BACKUP_FOLDER, settings.BACKUP_AT, settings.TIME_ZONE = folder_said, at, "UTC"
    now = datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert nightly.is_wanted(now=now, last_at=last and now - last) is is_wanted


def test_a_time_that_is_none_is_refused_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert environment.time_of_day("KITH_BACKUP_AT", "05:00") == time(5)
    monkeypatch.setenv("KITH_BACKUP_AT", "No")
    assert environment.time_of_day("KITH_BACKUP_AT", "05:00") is None
    monkeypatch.setenv("KITH_BACKUP_AT", "at five")
    with pytest.raises(environment.BadEnvironment, match="KITH_BACKUP_AT must be a time such as 05:00"):
        environment.time_of_day("KITH_BACKUP_AT", "05:00")


def test_nothing_is_made_while_a_backup_is_being_restored(
    folder: Path, settings: Settings, tmp_path: Path, run_jobs: RunJobs
) -> None:
    settings.HOME = tmp_path
    (tmp_path / marker.NAME).write_text("{}")
    night(run_jobs)
    assert jobs() == []
    make.defer()
    run_jobs()
    (tmp_path / marker.NAME).unlink()
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {postgres.RESTORING_TABLE} (step text)")
    try:
        make.defer()
        run_jobs()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE {postgres.RESTORING_TABLE}")
    assert not list(folder.iterdir())
    assert not Case.objects.exists()


def test_two_at_once_are_one_that_is_made_and_one_that_is_refused(folder: Path) -> None:
    with alone(), pytest.raises(Conflict, match="is being made already"):
        actions.make_backup(actor=COMMAND_LINE, path=folder / "one.kith")
    assert actions.make_backup(actor=COMMAND_LINE, path=folder / "one.kith").path.exists()


def test_a_failure_opens_one_case_that_says_what_to_do_however_many_nights_it_lasts(
    folder: Path, settings: Settings, run_jobs: RunJobs
) -> None:
    settings.BACKUP_FOLDER = str(folder / "nowhere")
    for _ in range(3):
        make.defer()
        run_jobs()
    assert {status for _, status in jobs()} == {"failed"}
    case = Case.objects.get()
    assert (case.kind, case.state) == (Case.Kind.BACKUP, Case.State.OPEN)
    assert case.title == (
        f"No backup was made: {folder / 'nowhere'} (KITH_BACKUP_FOLDER) is no folder. Is its disk there? Make"
        " it, or name another one."
    )
    assert Entry.objects.filter(event="BackupFailed").count() == 3
    assert Progress.objects.filter(subject_type="backup", note__contains="is no folder").count() == 3
    settings.BACKUP_FOLDER = str(folder)
    make.defer()
    run_jobs()
    case.refresh_from_db()
    assert case.state == Case.State.RESOLVED, "one was made since"


def test_a_full_disk_and_a_missing_program_are_told_in_words_and_by_the_doctor(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, *_: object, **__: object) -> None:
        path.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")

    names = count(1)  # the name of a backup is its second, and these are made within one
    monkeypatch.setattr(nightly, "name_now", lambda: f"kith-{next(names)}.kith")
    nightly.made(job_id=1)
    with monkeypatch.context() as patched:
        patched.setattr(writing, "written", full)
        for night_of in (2, 3):
            with pytest.raises(Refused, match="Free some space there"):
                nightly.made(job_id=night_of)
    assert [path.suffix for path in folder.iterdir()] == [".kith"]
    monkeypatch.setattr(checkup, "BACKUP_HOURS", -1)
    line = next(one for one in checkup.examine() if one.what == "backups")
    assert (line.level, line.then) == (
        checkup.Level.WARN,
        f"No backup fits into {folder}: No space left on device. Free some space there, or keep fewer.",
    )
    monkeypatch.setattr(postgres, "_places", lambda name: iter(()))
    with pytest.raises(Refused, match="apt-get install postgresql-client"):
        nightly.made(job_id=4)
    assert Case.objects.count() == 2, "a night that is like the one before opens none"


def test_an_error_of_ours_opens_a_case_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nightly, "name_now", lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        nightly.made(job_id=1)
    assert "ended unexpectedly" in Case.objects.get().title


def test_cancelled_it_leaves_nothing_and_asks_nobody(folder: Path) -> None:
    progress.request_cancel("backup", 7)
    with pytest.raises(progress.Cancelled):
        nightly.made(job_id=7)
    assert not list(folder.iterdir())
    assert not Case.objects.exists()


def test_backups_older_than_what_is_kept_go_after_the_new_one(
    folder: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.BACKUP_KEEP_DAYS = 7
    today = datetime(2026, 11, 23, 3, tzinfo=UTC)
    for number, days in enumerate((8, 6, 0)):
        monkeypatch.setattr(clock, "now", lambda days=days: today - timedelta(days=days))
        nightly.made(job_id=number)
    names = [path.name for path in sorted(folder.iterdir())]
    assert names == ["kith-20261117-030000.kith", "kith-20261123-030000.kith"]


def test_killed_in_the_middle_the_half_file_goes_with_the_next_one(folder: Path) -> None:
    assert ended("tests.backups.killed_backup", str(folder)) == KILLED
    (half,) = folder.iterdir()
    assert half.suffix == ".coming"
    assert half.stat().st_size > 0
    nightly.made(job_id=1)
    (whole,) = folder.iterdir()
    assert verified(whole).opened.has_keys


def test_whoever_may_not_make_backups_does_not(folder: Path, agent: User) -> None:
    with pytest.raises(NotAllowed):
        actions.make_backup(actor=agent.actor, path=folder / "one.kith")
    with pytest.raises(NotAllowed):
        actions.note_failure(actor=agent.actor, why="")


def test_the_job_page_tells_of_the_newest_one(
    folder: Path, settings: Settings, administrator: User, client_of: Callable[[User], Client]
) -> None:
    client = client_of(administrator)
    assert "None was made yet" in client.get("/jobs/").text
    actions.make_backup(actor=BACKUPS, path=folder / "one.kith")
    page = client.get("/jobs/").text
    assert "Size, verified" in page
    assert "None is made by itself" not in page
    settings.BACKUP_FOLDER = ""
    assert "None is made by itself" in client.get("/jobs/").text
