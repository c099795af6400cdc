from __future__ import annotations

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

from kith.access.actors import IMPORTER
from kith.sources import importing
from kith.sources.received import actions as received

log = logging.getLogger(__name__)


@app.task(name="sources.run_import", queue="default", pass_context=True)
def run_import(context: JobContext, *, import_id: int) -> None:
    importing.run_import(import_id, job_id=context.job.id)


@app.periodic(cron="37 3 * * *", periodic_id="tidy_received_files")
@app.task(name="sources.tidy_received_files", queue="default", pass_context=False)
def tidy_received_files(timestamp: int) -> None:
    """Every night: what a kill left, and files that lie plain."""
    log.info("removed %s files of no import", received.remove_stray_files(actor=IMPORTER))
    log.info("sealed %s import files", received.seal_plain_files(actor=IMPORTER))
