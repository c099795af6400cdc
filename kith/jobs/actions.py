"""Stopping jobs and trying them again."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import UniqueViolation

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.jobs import progress
from kith.jobs.labels import SUBJECTS
from kith.jobs.models import Progress
from kith.kernel import clock
from kith.kernel.errors import Conflict, NotFound, Refused


@transaction.atomic
def cancel_job(*, actor: Actor, job_id: int) -> None:
    """A waiting job never starts; a running one stops at its next safe point."""
    require(actor, Permission.JOB_EDIT)
    job = _locked(job_id)
    if job.status not in {"todo", "doing"}:
        raise Refused("This job has ended already.")
    subject = _subject(job)
    if subject is not None:
        # A waiting one still starts, to end at once and say so where its subject is shown.
        progress.request_cancel(*subject)
    if subject is None or (job.status == "todo" and job.task_name not in SUBJECTS):
        app.job_manager.cancel_job_by_id(job_id, abort=True)
    _note("JobCancelled", job, by=actor)


@transaction.atomic
def retry_job(*, actor: Actor, job_id: int) -> None:
    """Put a failed job back into the queue."""
    require(actor, Permission.JOB_EDIT)
    job = _locked(job_id)
    if job.status != "failed":
        raise Refused("Only a failed job can be tried again.")
    work = Progress.objects.filter(job_id=job_id).first()
    if work is not None:
        progress.forget_cancel(work.subject_type, work.subject_id)
    try:
        with transaction.atomic():
            app.job_manager.retry_job_by_id(job_id, retry_at=clock.now())
    except UniqueViolation as error:
        raise Conflict("The same work waits in the queue already.") from error
    _note("JobRetried", job, by=actor)


def _subject(job: ProcrastinateJob) -> tuple[str, int] | None:
    work = Progress.objects.filter(job_id=job.pk).first()
    if work is not None:
        return work.subject_type, work.subject_id
    if job.task_name not in SUBJECTS:
        return None
    kind, argument = SUBJECTS[job.task_name]
    return (kind, int(job.args[argument])) if argument in job.args else None


def _locked(job_id: int) -> ProcrastinateJob:
    job: ProcrastinateJob | None = ProcrastinateJob.objects.select_for_update().filter(pk=job_id).first()
    if job is None:
        raise NotFound("There is no such job.")
    return job


def _note(event: str, job: ProcrastinateJob, *, by: Actor) -> None:
    journal.record(event, by=by, subject_type="job", subject_id=job.pk, detail={"task": job.task_name})
