from __future__ import annotations

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

from kith.contacts.settings.renaming import rename

log = logging.getLogger(__name__)


@app.task(name="contacts.rename_all", queue="default", lock="contacts.rename_all", pass_context=True)
def rename_all(context: JobContext) -> None:
    """The rule by which names show has changed."""
    log.info("%s contacts read otherwise", rename(job_id=context.job.id))
