from __future__ import annotations

import logging
from datetime import datetime
from typing import Final, cast

from django.db import transaction
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateEvent
from procrastinate.exceptions import AlreadyEnqueued, JobAborted

from kith.backups import nightly
from kith.jobs.progress import Cancelled
from kith.kernel import clock

log = logging.getLogger(__name__)
_MAKE: Final = "backups.make"


@app.task(name=_MAKE, queue="default", lock=_MAKE, queueing_lock=_MAKE, pass_context=True)
def make(context: JobContext) -> None:
    assert context.job.id is not None, "a worker took it from the table"
    try:
        nightly.made(job_id=context.job.id)
    except Cancelled:
        raise JobAborted from None


@app.periodic(cron="*/5 * * * *", periodic_id="backups-look")
@app.task(name="backups.look", queue="default", lock="backups.look", queueing_lock="backups.look")
def look(timestamp: int) -> None:
    """Every five minutes: is tonight's backup due? A machine that was off makes it when it is on again."""
    if not nightly.is_wanted(now=clock.now(), last_at=_last_at()):
        return
    try:
        with transaction.atomic():
            make.defer()
    except AlreadyEnqueued:
        log.info("a backup waits already")


def _last_at() -> datetime | None:
    asked = ProcrastinateEvent.objects.filter(job__task_name=_MAKE, type="deferred").order_by("-at")
    return cast("datetime | None", asked.values_list("at", flat=True).first())
