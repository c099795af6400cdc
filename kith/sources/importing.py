"""One import from its first row to its last: chunk by chunk, each settled in one transaction with its place.

Killed at any point, it goes on after the last settled chunk and ends as if nothing had happened.
"""

from __future__ import annotations

import errno
import logging
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Final, Protocol, TypeVar

import polars as pl
import psycopg
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.utils.module_loading import import_string

from kith.jobs import progress
from kith.jobs.progress import Cancelled, Listener, Tracker
from kith.kernel import clock
from kith.kernel.errors import Conflict, DomainError, NotFound, Refused
from kith.sources import file_kinds, loading, mapping, storage
from kith.sources.claims import header_of, one_line
from kith.sources.cleaned import WORKERS, cleaner
from kith.sources.contacts_in import ContactsIn, cleaning_options
from kith.sources.loading import Counts
from kith.sources.models import Import
from kith.sources.reading import Chunk, Table, open_table
from kith.sources.transactions_in import TransactionsIn, decimal_comma_of

log = logging.getLogger(__name__)

SUBJECT: Final = "import"
UNDO_SUBJECT: Final = "import_undo"
PROCESSES_FROM_ROWS: Final = 40_000
LEARN_FROM_ROWS: Final = 10_000
GONE_SHARE: Final = 0.5
_LOCK_CLASS: Final = 7101
_DISK_FULL: Final = (
    "The disk of the database is full. Make room and press Retry; nothing taken so far is lost."
)
_NOT_FOLLOWED: Final = (
    "All rows are taken in, but the run that groups them could not be started; start it by hand."
)
_INTERRUPTED: Final = "The import was interrupted. Press Retry: it goes on where it stopped."
_DATABASE: Final = "The database refused or went away. Press Retry: the import goes on where it stopped."

Prepared = TypeVar("Prepared")


class Intake(Protocol[Prepared]):
    def prepare(self, chunk: Chunk) -> Prepared: ...
    def settle(self, prepared: Prepared) -> Counts: ...


def run_import(import_id: int, *, listener: Listener | None = None, job_id: int | None = None) -> Import:
    """Take the file in, or the rest of it. Ends in state done, failed or cancelled; only a bug or a database
    that cannot even be told raises."""
    job = Import.objects.select_related("source").filter(pk=import_id).first()
    if job is None:
        raise NotFound("There is no such import.")
    if job.state not in {Import.State.QUEUED, Import.State.RUNNING}:
        return job
    tracker = progress.start(
        SUBJECT, job.pk, label=f"Import {job.pk} into {job.source.code}", job_id=job_id, listener=listener
    )
    has_ended = False
    try:
        with alone_on_the_source(job, tracker):
            job.refresh_from_db()
            _take_in(job, tracker)
        has_ended = True
    except Cancelled:
        _end(job, Import.State.CANCELLED)
        has_ended = True
    except DomainError as error:
        _end(job, Import.State.FAILED, error=error.message)
        has_ended = True
    except (DatabaseError, InterfaceError, psycopg.Error, OSError) as error:
        log.exception("import %s stopped", job.pk)
        _end(job, Import.State.FAILED, error=_sentence(error))
        has_ended = True
    finally:
        if not has_ended:  # our own fault, or Ctrl-C: the exception goes on its way
            _end(job, Import.State.FAILED, error=_INTERRUPTED)
        tracker.finish()
    if job.state == Import.State.DONE and job.kind == Import.Kind.CONTACTS:
        start_what_follows(job)
    return job


def start_what_follows(job: Import) -> None:
    """The rows are taken in and stay so, whatever happens here."""
    try:
        with transaction.atomic():
            import_string(settings.KITH_AFTER_IMPORT)(import_id=job.pk)
    except Conflict as conflict:
        log.info("nothing more to start after import %s: %s", job.pk, conflict.message)
    except Exception:  # what other rooms do must not undo or hide a finished import
        log.exception("what follows import %s could not be started", job.pk)
        _end(job, Import.State.DONE, error=_NOT_FOLLOWED)


def _end(job: Import, state: Import.State, *, error: str = "") -> None:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    loading.end(job, state, at=clock.now(), error=error)


def _sentence(error: Exception) -> str:
    full = isinstance(error, OSError) and error.errno == errno.ENOSPC
    if full or "53100" in {getattr(error, "sqlstate", ""), getattr(error.__cause__, "sqlstate", "")}:
        return _DISK_FULL
    if isinstance(error, OSError):
        return f"The file cannot be read: {error.strerror}."
    return _DATABASE


@contextmanager
def alone_on_the_source(job: Import, tracker: Tracker) -> Iterator[None]:
    """Imports of one source run one after the other; the lock dies with the connection that holds it."""
    while not _lock("pg_try_advisory_lock", job.source_id):
        tracker.at(job.rows_done, job.rows_total, "Waits for another import of this source")
        time.sleep(0.5)
    try:
        yield
    finally:
        if connection.is_usable():
            _lock("pg_advisory_unlock", job.source_id)


def _lock(function: str, source_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [_LOCK_CLASS, source_id])
        row = cursor.fetchone()
    return bool(row and row[0])


def keeps_out(source_id: int) -> bool:
    """Until the transaction ends no import of this source begins; False while one is under way."""
    return _lock("pg_try_advisory_xact_lock", source_id)


def is_abandoned(job: Import) -> bool:
    """Whether the import says it is running and nobody works on its source; inside a transaction."""
    return job.state == Import.State.RUNNING and _lock("pg_try_advisory_xact_lock", job.source_id)


def _take_in(job: Import, tracker: Tracker) -> None:
    if job.source.paused_at is not None:
        raise Refused(f"The source {job.source.code} is paused. Let it go on, then press Retry.")
    table = open_file(job)
    rows_total = table.count_rows()
    loading.begin(job, rows_total=rows_total, at=clock.now())
    with ExitStack() as stack:
        if job.kind == Import.Kind.CONTACTS:
            in_processes = rows_total - job.rows_done >= PROCESSES_FROM_ROWS
            clean = stack.enter_context(cleaner(in_processes=in_processes))
            if job.is_of_typed_contacts:
                _drive(job, table, file_kinds.typed_contacts_in(job, table, clean), tracker)
            else:
                options = cleaning_options(job.source)
                _drive(job, table, ContactsIn(job, job.mapping, options, clean), tracker)
        elif (kind := file_kinds.declared(job.kind)) is not None:
            _drive(job, table, kind.rows_in(job, next(table.chunks(), None)), tracker)
        else:
            comma = decimal_comma_of(next(table.chunks(), None), job.mapping)
            _drive(job, table, TransactionsIn(job, job.mapping, comma), tracker)
        _finish(job, table)
    if job.kind == Import.Kind.CONTACTS and job.new_count + job.changed_count:
        loading.tidy_keys()


def open_file(job: Import) -> Table:
    """The file of the import, checked against its mapping."""
    table = open_table(storage.received(job), sheet=str(job.file_format.get("sheet") or ""))
    file_kinds.may_map(job.mapping, job=job).or_raise()
    absent = [header for header, field in job.mapping.items() if field and header not in table.headers]
    if absent:
        raise Refused(f"The file has no column {', '.join(absent)}.")
    return table


def _drive(job: Import, table: Table, intake: Intake[Prepared], tracker: Tracker) -> None:
    """Prepare ahead of what is settled: while the database writes one chunk, others are read and cleaned."""
    pace = _Pace(job.rows_done)
    ahead: deque[Prepared] = deque()
    tracker.at(job.rows_done, job.rows_total)
    for chunk in unsettled(table.chunks(), job.rows_done + 1):
        ahead.append(intake.prepare(chunk))
        if len(ahead) > WORKERS:
            _settle(intake, ahead.popleft(), job)
            tracker.at(job.rows_done, job.rows_total, pace.note(job.rows_done))
    while ahead:
        _settle(intake, ahead.popleft(), job)
        tracker.at(job.rows_done, job.rows_total, pace.note(job.rows_done))


def _settle(intake: Intake[Prepared], prepared: Prepared, job: Import) -> None:
    intake.settle(prepared)
    if job.new_count >= LEARN_FROM_ROWS:
        loading.learn_size(job)


def unsettled(chunks: Iterator[Chunk], settled: int) -> Iterator[Chunk]:
    """Chunks and parts of chunks beyond the row number `settled`."""
    for chunk in chunks:
        if chunk.last_number <= settled:
            continue
        beyond = chunk.numbers > settled
        bad = tuple(row for row in chunk.bad if row.number > settled)
        yield replace(chunk, rows=chunk.rows.filter(beyond), numbers=chunk.numbers.filter(beyond), bad=bad)


class _Pace:
    def __init__(self, done: int) -> None:
        self.from_row, self.since = done, time.monotonic()

    def note(self, done: int) -> str:
        seconds = time.monotonic() - self.since
        return f"{(done - self.from_row) / seconds:,.0f} rows/s" if seconds > 0 else ""


def _finish(job: Import, table: Table) -> None:
    names_all = job.whole_source and job.kind == Import.Kind.CONTACTS
    present = _present(job, table) if names_all else None
    with transaction.atomic():
        gone = _mark_gone(job, present) if present is not None else 0
        loading.note_totals(job, gone=gone)
        loading.end(job, Import.State.DONE, at=clock.now())


def _present(job: Import, table: Table) -> pl.Series:
    """Every System Ref of the file, read anew: nothing had to survive a kill for it."""
    header = header_of(mapping.SYSTEM_REF, job.mapping)
    refs = [one_line(chunk.rows[header]) for chunk in table.chunks()]
    every = pl.concat([pl.Series(header, [], pl.String), *refs]).unique()
    return every.filter(every != "")


def _mark_gone(job: Import, present: pl.Series) -> int:
    loading.hold_present(present)
    total, gone = loading.plan_gone(job)
    confirmed = bool(job.file_format.get("gone_confirmed"))
    if gone == total and total:
        raise Refused("The file names no System Ref that the source has; nothing was marked as gone.")
    if gone > total * GONE_SHARE and not confirmed:
        raise Refused(
            f"The file would mark {gone:,} of {total:,} System Refs as gone, over half. None was marked;"
            " confirm it and press Retry if the file is really the whole source."
        )
    return loading.mark_gone(job)
