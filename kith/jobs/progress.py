"""Progress that other processes can see and cancel."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection

from kith.jobs.models import Progress

MIN_INTERVAL_SECONDS = 0.4


class Cancelled(Exception):
    """Somebody pressed cancel; the work stops at its next safe point."""


Listener = Callable[[int, int | None, str], None]
"""Called with done, total and note: how a terminal draws its bar."""


@dataclass(slots=True)
class Tracker:
    """Writes progress at most every 0.4 s and raises Cancelled when asked to stop.

    To be called outside a transaction: other processes must see each step at once.
    """

    progress_id: int
    listener: Listener | None = None
    _written_at: float = field(default=0.0, init=False)

    def at(self, done: int, total: int | None = None, note: str = "", *, final: bool = False) -> None:
        if self.listener is not None:
            self.listener(done, total, note)
        now = time.monotonic()
        if not final and now - self._written_at < MIN_INTERVAL_SECONDS:
            return
        self._written_at = now
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE jobs_progress SET done = %s, total = coalesce(%s, total), note = %s,"
                " updated_at = now() WHERE id = %s RETURNING cancel_requested",
                [done, total, note[:200], self.progress_id],
            )
            row = cursor.fetchone()
        if row and row[0] and not final:
            raise Cancelled

    def finish(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE jobs_progress SET finished_at = now(), updated_at = now() WHERE id = %s",
                [self.progress_id],
            )


def start(
    subject_type: str,
    subject_id: int,
    *,
    label: str,
    unit: str = "rows",
    job_id: int | None = None,
    listener: Listener | None = None,
) -> Tracker:
    """Open the progress of one piece of work, or reopen it after a crash. A cancel asked before stands."""
    row, _ = Progress.objects.update_or_create(
        subject_type=subject_type,
        subject_id=subject_id,
        defaults={"label": label, "unit": unit, "job_id": job_id, "finished_at": None},
    )
    return Tracker(row.pk, listener)


def request_cancel(subject_type: str, subject_id: int) -> None:
    Progress.objects.update_or_create(
        subject_type=subject_type, subject_id=subject_id, defaults={"cancel_requested": True}
    )


def forget_cancel(subject_type: str, subject_id: int) -> None:
    """Before a retry: the old cancel does not stop the new try."""
    Progress.objects.filter(subject_type=subject_type, subject_id=subject_id).update(cancel_requested=False)
