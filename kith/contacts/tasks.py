from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from kith.contacts.intake import undoing


@app.task(name="contacts.undo_import", queue="default", pass_context=True)
def undo_import(context: JobContext, *, import_id: int) -> None:
    undoing.run_undo(import_id, job_id=context.job.id)
