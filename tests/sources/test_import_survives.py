"""Killed, cancelled, twice at once: the end is the same."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import connection, connections
from procrastinate.contrib.django.models import ProcrastinateJob

from kith.access.actors import COMMAND_LINE
from kith.jobs import progress
from kith.jobs.actions import cancel_job
from kith.kernel.errors import Conflict
from kith.sources import actions, importing, loading
from kith.sources.importing import run_import
from kith.sources.models import Import, SourceRecord, SourceSystem
from tests.locks import wait_until_released

HEADER = "Client ID,First name,Last name,E-mail\n"
ROWS = 3_000

RUN_AND_DIE = """
import os, sys
import django
django.setup()
from django.db import connection, connections
from django.conf import settings
name, folder, job, chunk_rows, die_at, where = sys.argv[1:]
settings.DATABASES["default"]["NAME"] = name
connections.databases["default"]["NAME"] = name
connection.settings_dict["NAME"] = name
settings.IMPORT_FOLDER = folder
from kith.sources.reading import table
from kith.sources import importing, loading
table.CHUNK_ROWS = int(chunk_rows)
calls = 0
target = {"inside": (loading, "keep_rejected"), "between": (loading, "settle")}[where]
real = getattr(*target)
def dying(*args, **kwargs):
    global calls
    calls += 1
    if calls == int(die_at):
        os.kill(os.getpid(), 9)
    return real(*args, **kwargs)
setattr(*target, dying)
importing.run_import(int(job))
"""


def file_text(rows: int = ROWS, *, last: str = "Stone") -> str:
    return HEADER + "".join(
        f"{n if n % 7 else ''},Ann{n},{last},a{n % 900}@example.org\n" for n in range(1, rows + 1)
    )


def draft(source: SourceSystem, text: str, **options: object) -> Import:
    job = actions.add_import(
        actor=COMMAND_LINE,
        source=source,
        kind="contacts",
        file_name="clients.csv",
        content=[text.encode()],
        **options,  # type: ignore[arg-type]  # whole_source
    )
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    return job


def state() -> list[tuple[object, ...]]:
    return list(
        SourceRecord.objects.order_by("source__code", "system_ref").values_list(
            "system_ref", "content_hash", "first_name", "emails", "gone_at"
        )
    )


def counts(job: Import) -> tuple[int, ...]:
    job.refresh_from_db()
    return (job.rows_done, job.new_count, job.changed_count, job.unchanged_count, job.rejected_count)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["inside", "between"])
def test_an_import_killed_in_the_middle_ends_as_if_it_had_not_been(
    where: str, source: SourceSystem, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kith.sources.reading.table.CHUNK_ROWS", 500)
    job = draft(source, file_text())
    died = subprocess.run(
        [
            sys.executable,
            "-c",
            RUN_AND_DIE,
            connection.settings_dict["NAME"],
            str(settings.IMPORT_FOLDER),
            str(job.pk),
            "500",
            "4",
            where,
        ],
        check=False,
        timeout=120,
        capture_output=True,
    )
    assert died.returncode == -9, died.stderr.decode()
    wait_until_released()
    job.refresh_from_db()
    assert (job.state, job.rows_done) == (Import.State.RUNNING, 1_500)
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    run_import(job.pk)
    killed, killed_counts = state(), counts(job)
    assert job.state == Import.State.DONE
    SourceRecord.objects.all().delete()
    whole = draft(source, file_text())
    run_import(whole.pk)
    assert (killed, killed_counts) == (state(), counts(whole))
    assert job.rejected_rows.count() == whole.rejected_rows.count() == job.rejected_count


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_cancelled_import_keeps_what_is_settled_and_goes_on_when_retried(
    source: SourceSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kith.sources.reading.table.CHUNK_ROWS", 500)
    monkeypatch.setattr(progress, "MIN_INTERVAL_SECONDS", 0.0)
    job = draft(source, file_text())

    def cancel_after_the_second(done: int, total: int | None, note: str) -> None:
        if done == 1_000:
            actions.cancel_import(actor=COMMAND_LINE, import_id=job.pk)

    run_import(job.pk, listener=cancel_after_the_second)
    job.refresh_from_db()
    assert (job.state, job.rows_done) == (Import.State.CANCELLED, 1_000)
    assert SourceRecord.objects.count() == job.new_count > 0
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, job.rows_done) == (Import.State.DONE, ROWS)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_an_import_cancelled_on_the_jobs_page_before_it_starts_takes_nothing(
    source: SourceSystem, run_jobs: Callable[[], None]
) -> None:
    job = draft(source, file_text())
    Import.objects.filter(pk=job.pk).update(state=Import.State.DRAFT)
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk)
    waiting = ProcrastinateJob.objects.get(task_name="sources.run_import", args__import_id=job.pk)
    cancel_job(actor=COMMAND_LINE, job_id=waiting.pk)
    run_jobs()
    job.refresh_from_db()
    assert (job.state, job.rows_done) == (Import.State.CANCELLED, 0)
    assert not SourceRecord.objects.exists()


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_two_imports_of_one_source_run_one_after_the_other(source: SourceSystem) -> None:
    first = draft(source, file_text(last="Stone"))
    second = draft(source, file_text(last="Hill"))

    def work(job: Import) -> None:
        try:
            run_import(job.pk)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=[job]) for job in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {counts(first)[1], counts(second)[1]} == {0, ROWS - ROWS // 7}
    last_names = set(SourceRecord.objects.values_list("last_name", flat=True))
    assert len(last_names) == 1


FULL_AT_REF_600 = """
CREATE OR REPLACE FUNCTION pg_temp.fill_up() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN IF NEW.system_ref = '600' THEN RAISE disk_full; END IF; RETURN NEW; END $$;
CREATE TRIGGER fill_up BEFORE INSERT ON incoming_now FOR EACH ROW EXECUTE FUNCTION pg_temp.fill_up();
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at", ["CREATE TEMPORARY TABLE", "INSERT INTO sources_sourcerecord"])
def test_a_full_database_disk_fails_the_import_with_a_sentence_and_a_retry_ends_it(
    at: str, source: SourceSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database itself says the disk is full: within the COPY of the second chunk, or in its INSERT."""
    monkeypatch.setattr("kith.sources.reading.table.CHUNK_ROWS", 500)
    job = draft(source, file_text(1_200))
    met = 0

    def fill_the_disk(
        execute: Callable[..., object], sql: str, params: object, many: bool, context: object
    ) -> object:
        nonlocal met
        reached = at in sql
        met += reached
        if reached and met == 2 and at.startswith("INSERT"):
            return execute("DO $$ BEGIN RAISE disk_full; END $$", None, many, context)
        done = execute(sql, params, many, context)
        if reached and at.startswith("CREATE"):
            execute(FULL_AT_REF_600, None, many, context)
        return done

    with connection.execute_wrapper(fill_the_disk):
        failed = run_import(job.pk)
    assert (failed.state, failed.rows_done) == (Import.State.FAILED, 500)
    assert "disk of the database is full" in failed.error
    assert SourceRecord.objects.count() == failed.new_count > 0
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    assert run_import(job.pk).state == Import.State.DONE
    assert counts(job) == (1_200, 1_200 - 1_200 // 7, 0, 0, 1_200 // 7)


def stumble(*, import_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


def wait_already(*, import_id: int) -> None:
    raise Conflict("A run is waiting already.")


def test_a_run_that_cannot_be_started_does_not_lose_the_import(
    source: SourceSystem, settings: LazySettings
) -> None:
    settings.KITH_AFTER_IMPORT = f"{__name__}.stumble"
    job = run_import(draft(source, file_text(50)).pk)
    job.refresh_from_db()
    assert (job.state, "could not be started" in job.error) == (Import.State.DONE, True)
    assert SourceRecord.objects.count() == job.new_count > 0


def test_a_run_that_waits_already_is_no_fault_of_the_import(
    source: SourceSystem, settings: LazySettings
) -> None:
    settings.KITH_AFTER_IMPORT = f"{__name__}.wait_already"
    job = run_import(draft(source, file_text(50)).pk)
    assert (job.state, job.error) == (Import.State.DONE, "")


@pytest.mark.django_db(transaction=True)
def test_a_database_that_goes_away_fails_the_import_and_a_retry_ends_it(
    source: SourceSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = draft(source, file_text(50))
    real = loading.keep_rejected

    def gone(*args: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    monkeypatch.setattr(loading, "keep_rejected", gone)
    failed = run_import(job.pk)
    assert (failed.state, "Retry" in failed.error) == (Import.State.FAILED, True)
    monkeypatch.setattr(loading, "keep_rejected", real)
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False)
    assert run_import(job.pk).state == Import.State.DONE


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_big_file_is_cleaned_in_processes_with_the_same_outcome(
    source: SourceSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_import(draft(source, file_text(2_000)).pk)
    inline = state()
    SourceRecord.objects.all().delete()
    monkeypatch.setattr(importing, "PROCESSES_FROM_ROWS", 100)
    monkeypatch.setattr("kith.sources.reading.table.CHUNK_ROWS", 400)
    run_import(draft(source, file_text(2_000)).pk)
    assert state() == inline


def test_records_absent_from_a_whole_source_file_are_marked_gone_and_come_back(source: SourceSystem) -> None:
    run_import(draft(source, HEADER + "1,A,A,\n2,B,B,\n3,C,C,\n").pk)
    job = run_import(draft(source, HEADER + "1,A,A,\n2,B,B,\n", whole_source=True).pk)
    assert (job.state, job.gone_count) == ("done", 1)
    assert SourceRecord.objects.get(system_ref="3").gone_at is not None
    back = run_import(draft(source, HEADER + "3,C,C,\n").pk)
    assert counts(back)[1:4] == (0, 1, 0)
    assert SourceRecord.objects.get(system_ref="3").gone_at is None


def test_a_whole_source_file_that_lacks_most_refs_marks_nothing_until_confirmed(source: SourceSystem) -> None:
    run_import(draft(source, HEADER + "1,A,A,\n2,B,B,\n3,C,C,\n").pk)
    job = run_import(draft(source, HEADER + "1,A,A,\n", whole_source=True).pk)
    assert (job.state, "more than half" in job.error or "over half" in job.error) == ("failed", True)
    assert not SourceRecord.objects.exclude(gone_at=None).exists()
    actions.start_import(actor=COMMAND_LINE, import_id=job.pk, in_background=False, confirm_gone=True)
    assert run_import(job.pk).gone_count == 2
    empty = run_import(draft(source, HEADER, whole_source=True).pk)
    assert (empty.state, empty.gone_count) == ("failed", 0)


def test_the_stored_file_is_private_and_named_at_random(source: SourceSystem, import_folder: Path) -> None:
    job = draft(source, HEADER)
    path = import_folder / job.stored_name
    assert path.stat().st_mode & 0o777 == 0o600
    assert "clients" not in job.stored_name


@pytest.mark.django_db(transaction=True)
def test_a_fault_of_our_own_leaves_the_import_failed_and_retryable(
    source: SourceSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = draft(source, file_text(50))
    monkeypatch.setattr(loading, "keep_rejected", lambda *_: 1 // 0)
    with pytest.raises(ZeroDivisionError):
        run_import(job.pk)
    job.refresh_from_db()
    assert (job.state, "Retry" in job.error) == (Import.State.FAILED, True)
