"""Housekeeping of the job queue itself."""

from __future__ import annotations

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5
"""A job that took its worker down this often is not tried again by itself."""
KEEP_HOURS = 14 * 24


@app.periodic(cron="* * * * *", periodic_id="retry-stalled")
@app.task(name="jobs.retry_stalled", queue="default", queueing_lock="jobs.retry_stalled", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """A worker that was killed leaves its job in `doing`; its heartbeat tells."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs():
        await _retry(job, manager=manager)


async def _retry(job: Job, *, manager: JobManager) -> None:
    if job.attempts >= MOST_ATTEMPTS:
        log.error("job %s stalled %s times and is given up", job.id, job.attempts)
        await manager.finish_job(job, status=Status.FAILED, delete_job=False)
        return
    try:
        await manager.retry_job(job)
    except UniqueViolation:  # the same work is waiting already
        await manager.finish_job(job, status=Status.ABORTED, delete_job=False)
        return
    log.warning("job %s stalled and is tried again", job.id)


@app.periodic(cron="20 4 * * *", periodic_id="remove-old")
@app.task(name="jobs.remove_old", queue="default", queueing_lock="jobs.remove_old", pass_context=True)
async def remove_old(context: JobContext, timestamp: int) -> None:
    await context.app.job_manager.delete_old_jobs(
        nb_hours=KEEP_HOURS, include_failed=True, include_cancelled=True, include_aborted=True
    )
