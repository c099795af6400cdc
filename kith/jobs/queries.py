"""The queue as people see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db.models import Count, Q, QuerySet
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent, ProcrastinateJob
from procrastinate.periodic import PeriodicTask

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.jobs.labels import HOUSEKEEPING, label_of
from kith.jobs.models import Progress
from kith.kernel import clock


class Tab(StrEnum):
    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"

    @property
    def label(self) -> str:
        return self.value.capitalize()


STATUSES: Final[dict[Tab, tuple[str, ...]]] = {
    Tab.RUNNING: ("doing",),
    Tab.WAITING: ("todo",),
    Tab.FAILED: ("failed",),
    Tab.DONE: ("succeeded", "cancelled", "aborted"),
}
_ENDS: Final = ("succeeded", "failed", "cancelled", "aborted")


def is_in_queue(job_id: int | None) -> bool:
    """It waits, or a worker has it."""
    return ProcrastinateJob.objects.filter(
        pk=job_id, status__in=(*STATUSES[Tab.WAITING], *STATUSES[Tab.RUNNING])
    ).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownJob:
    id: int
    status: str
    label: str
    attempts: int
    scheduled_at: datetime | None
    waits_since: datetime | None
    started_at: datetime | None
    took: timedelta | None
    """Of the last attempt; of a running one, until now."""
    progress: Progress | None


@dataclass(frozen=True, slots=True)
class Scheduled:
    label: str
    next_at: datetime


def jobs(tab: Tab, *, actor: Actor) -> QuerySet[ProcrastinateJob]:
    """Newest first; the housekeeping only where it failed."""
    require(actor, Permission.JOB_VIEW)
    rows = ProcrastinateJob.objects.filter(status__in=STATUSES[tab])
    if tab is not Tab.FAILED:
        rows = rows.exclude(task_name__in=HOUSEKEEPING)
    return rows.order_by("-id")


def counts(*, actor: Actor) -> dict[Tab, int]:
    """Of what is not done: that number only grows."""
    require(actor, Permission.JOB_VIEW)
    wanted = Q(status="failed") | (Q(status__in=["todo", "doing"]) & ~Q(task_name__in=HOUSEKEEPING))
    found = ProcrastinateJob.objects.filter(wanted).order_by().values_list("status").annotate(n=Count("id"))
    by_status = dict(found)
    return {
        tab: sum(by_status.get(status, 0) for status in STATUSES[tab]) for tab in Tab if tab is not Tab.DONE
    }


def shown(rows: list[ProcrastinateJob]) -> list[ShownJob]:
    """Two queries, however many jobs."""
    ids = [job.pk for job in rows]
    progress = {row.job_id: row for row in Progress.objects.filter(job_id__in=ids).order_by("id")}
    events: dict[tuple[int, str], datetime] = {}
    for job_id, kind, at in (
        ProcrastinateEvent.objects.filter(job_id__in=ids).order_by("id").values_list("job_id", "type", "at")
    ):
        events[job_id, kind] = at
    return [_shown(job, events, progress.get(job.pk)) for job in rows]


def _shown(
    job: ProcrastinateJob, events: dict[tuple[int, str], datetime], progress: Progress | None
) -> ShownJob:
    started = events.get((job.pk, "started"))
    ended = max((at for kind in _ENDS if (at := events.get((job.pk, kind)))), default=None)
    if job.status == "doing":
        ended = clock.now()
    return ShownJob(
        id=job.pk,
        status=job.status,
        label=progress.label if progress else label_of(job.task_name),
        attempts=job.attempts,
        scheduled_at=job.scheduled_at,
        waits_since=events.get((job.pk, "deferred")),
        started_at=started,
        took=ended - started if started and ended and ended >= started else None,
        progress=progress,
    )


@dataclass(frozen=True, slots=True)
class NewestBackup:
    at: datetime
    bytes: int


def newest_backup() -> NewestBackup | None:
    """As the journal tells: whether it still lies where it was written, `kith doctor` looks."""
    made = Entry.objects.filter(event="BackupMade").order_by("-pk").first()
    return NewestBackup(made.at, int(made.detail["bytes"])) if made is not None else None


def schedule() -> list[Scheduled]:
    """What is added by itself, and when next (UTC, as the worker reads it); by time."""
    now = clock.now()
    coming = [
        Scheduled(label_of(entry.task.name), _next(entry, now))
        for entry in app.periodic_registry.periodic_tasks.values()
    ]
    return sorted(coming, key=lambda one: (one.next_at, one.label))


def _next(entry: PeriodicTask[..., object, ...], now: datetime) -> datetime:
    found: datetime = entry.croniter.get_next(datetime, start_time=now)
    return found.astimezone(UTC)
