from __future__ import annotations

import logging
from typing import Final

from procrastinate import JobContext
from procrastinate.contrib.django import app

from kith.access.acting import asker
from kith.access.actors import COMMAND_LINE
from kith.find.exporting import actions
from kith.find.exporting.models import Export
from kith.jobs import progress
from kith.jobs.progress import Tracker

log = logging.getLogger(__name__)


@app.task(name="exporting.write", queue="default", pass_context=True)
def write(context: JobContext, *, export_id: int) -> None:
    written(export_id, job_id=context.job.id)


def written(export_id: int, *, job_id: int | None = None) -> Export:
    export = Export.objects.get(pk=export_id)
    tracker = progress.start(Export.SUBJECT, export_id, label="Export", unit="contacts", job_id=job_id)
    try:
        return _written(export, tracker=tracker)
    finally:
        tracker.finish()


def _written(export: Export, *, tracker: Tracker) -> Export:
    who = asker(user_id=export.user_id, name=export.actor)
    stands = False
    try:
        ended = actions.write_export(actor=who, export_id=export.pk, tracker=tracker)
        stands = True
    finally:
        if not stands:  # a kill comes past here too: then the job starts anew
            actions.note_failure(actor=COMMAND_LINE, export_id=export.pk)
    return ended


def start(export: Export) -> None:
    """In the transaction of asking: the job stands if and only if the export does."""
    write.defer(export_id=export.pk)


_NIGHTLY: Final = "27 3 * * *"


@app.periodic(cron=_NIGHTLY, periodic_id="remove_expired_exports")
@app.task(name="exporting.remove_expired", queue="default", pass_context=False)
def remove_expired(timestamp: int) -> None:
    log.info("removed %s exports", actions.remove_expired())
