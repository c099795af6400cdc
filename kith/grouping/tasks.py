from __future__ import annotations

from django.db import InterfaceError, OperationalError
from procrastinate import JobContext, RetryStrategy
from procrastinate.contrib.django import app

from kith.access.actors import COMMAND_LINE
from kith.grouping.what_if import actions

AGAIN = RetryStrategy(max_attempts=3, wait=10, retry_exceptions=[OperationalError, InterfaceError])
"""The database went away, or was full."""


@app.task(name="grouping.what_if", queue="default", lock="what_if", pass_context=True, retry=AGAIN)
def what_if(context: JobContext, *, what_if_id: int) -> None:
    # Whoever asked for it was allowed to then; it reads, and what it found is seen by whoever may see it.
    actions.run_what_if(actor=COMMAND_LINE, what_if_id=what_if_id, job_id=context.job.id)
