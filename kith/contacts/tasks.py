from __future__ import annotations

import logging

from procrastinate import JobContext
from procrastinate.contrib.django import app

from kith.access.acting import asker
from kith.contacts.intake import undoing
from kith.contacts.settings.renaming import rename
from kith.contacts.suppressions.kept import file as kept
from kith.contacts.suppressions.lists import actions as lists
from kith.contacts.suppressions.models import SuppressionList
from kith.jobs import progress

log = logging.getLogger(__name__)


@app.task(name="contacts.undo_import", queue="default", pass_context=True)
def undo_import(context: JobContext, *, import_id: int) -> None:
    undoing.run_undo(import_id, job_id=context.job.id)


@app.task(name="contacts.rename_all", queue="default", lock="contacts.rename_all", pass_context=True)
def rename_all(context: JobContext) -> None:
    """The rule by which names show has changed."""
    log.info("%s contacts read otherwise", rename(job_id=context.job.id))


@app.periodic(cron="* * * * *", periodic_id="suppressions-keep")
@app.task(name="contacts.keep_suppressions", queue="default", queueing_lock="suppressions.keep")
def keep_suppressions(timestamp: int) -> None:
    try:
        kept.keep()
    except OSError as error:
        log.error("the suppressions could not be kept beside the ledger: %s", error.strerror)  # noqa: TRY400  # a full disk is no fault of the code: its trace tells nothing


@app.task(name="contacts.apply_suppression_list", queue="default", pass_context=True)
def apply_suppression_list(context: JobContext, *, list_id: int) -> None:
    """With the rights that whoever asked has by now."""
    waiting = SuppressionList.objects.get(pk=list_id)
    tracker = progress.start(
        SuppressionList.SUBJECT, list_id, label="Suppression list", unit="entries", job_id=context.job.id
    )
    total = waiting.known + waiting.unknown
    try:
        tracker.at(0, total)
        lists.carry_out(actor=asker(user_id=waiting.user_id, name=waiting.actor), list_id=list_id)
        tracker.at(total, total, final=True)
    finally:
        tracker.finish()
