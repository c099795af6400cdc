from __future__ import annotations

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

from kith.access.actors import IMPORTER
from kith.sources import actions, importing
from kith.sources.received import actions as received

log = logging.getLogger(__name__)


@app.task(name="sources.run_import", queue="default", pass_context=True)
def run_import(context: JobContext, *, import_id: int) -> None:
    importing.run_import(import_id, job_id=context.job.id)


@app.periodic(cron="17 3 * * *", periodic_id="remove_old_files")
@app.task(name="sources.remove_old_files", queue="default", pass_context=False)
def remove_old_files(timestamp: int) -> None:
    """Every night: files of imports that ended weeks ago; those that lie plain are sealed."""
    log.info("removed %s import files", received.remove_old_files(actor=IMPORTER))
    log.info("removed %s files of no import", received.remove_stray_files(actor=IMPORTER))
    log.info("sealed %s import files", received.seal_plain_files(actor=IMPORTER))


@app.periodic(cron="37 3 * * *", periodic_id="remove_old_claims")
@app.task(name="sources.remove_old_claims", queue="default", pass_context=False)
def remove_old_claims(timestamp: int) -> None:
    log.info("removed %s past claims", actions.remove_old_claims(actor=IMPORTER))
