from __future__ import annotations

from procrastinate import JobContext
from procrastinate.contrib.django import app

from kith.access.acting import asker
from kith.find.bulk import actions
from kith.find.bulk.models import BulkChange
from kith.jobs import progress


@app.task(name="bulk_changes.make", queue="default", pass_context=True)
def make(context: JobContext, *, change_id: int) -> None:
    made(change_id, job_id=context.job.id)


@app.task(name="bulk_changes.undo", queue="default", pass_context=True)
def undo(context: JobContext, *, change_id: int) -> None:
    undone(change_id, job_id=context.job.id)


def made(change_id: int, *, job_id: int | None = None) -> BulkChange:
    change = BulkChange.objects.get(pk=change_id)
    who = asker(user_id=change.user_id, name=change.actor)
    tracker = _begun(change, job_id=job_id)
    ended = actions.execute(actor=who, change_id=change_id, tracker=tracker)
    tracker.finish()
    return ended


def undone(change_id: int, *, job_id: int | None = None) -> BulkChange:
    change = BulkChange.objects.get(pk=change_id)
    who = asker(user_id=change.undo_user_id, name=change.undo_actor)
    tracker = _begun(change, job_id=job_id)
    ended = actions.execute_undo(actor=who, change_id=change_id, tracker=tracker)
    tracker.finish()
    return ended


def start(change: BulkChange) -> None:
    """In the transaction of asking."""
    task = undo if change.state == BulkChange.State.UNDOING else make
    task.defer(change_id=change.pk)


def _begun(change: BulkChange, *, job_id: int | None) -> progress.Tracker:
    return progress.start(BulkChange.SUBJECT, change.pk, label="Bulk change", unit="contacts", job_id=job_id)
