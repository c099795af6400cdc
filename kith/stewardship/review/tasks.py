from __future__ import annotations

from typing import Final

from procrastinate import JobContext
from procrastinate.contrib.django import app

from kith.access.acting import acting, key_id_of
from kith.access.actors import Actor
from kith.jobs import progress
from kith.stewardship.review import actions
from kith.stewardship.review.models import ReviewBatch

AT_ONCE: Final = 20
"""So many answers are given while the steward waits."""


@app.task(name="stewardship.answer_batch", queue="default", pass_context=True)
def answer_batch(
    context: JobContext, *, batch_id: int, user_id: int | None, key_id: int | None = None
) -> None:
    tracker = _begun(batch_id, job_id=context.job.id)
    actor = acting(user_id=user_id, key_id=key_id)
    actions.execute_batch(actor=actor, batch_id=batch_id, tracker=tracker)
    tracker.finish()


@app.task(name="stewardship.undo_batch", queue="default", pass_context=True)
def undo_batch(context: JobContext, *, batch_id: int, user_id: int | None, key_id: int | None = None) -> None:
    tracker = _begun(batch_id, job_id=context.job.id)
    actions.execute_batch_undo(
        actor=acting(user_id=user_id, key_id=key_id), batch_id=batch_id, tracker=tracker
    )
    tracker.finish()


def start(batch: ReviewBatch, *, actor: Actor) -> ReviewBatch:
    """As a job; a small one here and now."""
    is_undo = batch.state == ReviewBatch.State.UNDOING
    if batch.total > AT_ONCE:
        task = undo_batch if is_undo else answer_batch
        task.defer(batch_id=batch.pk, user_id=actor.user_id, key_id=key_id_of(actor))
        return batch
    execute = actions.execute_batch_undo if is_undo else actions.execute_batch
    tracker = _begun(batch.pk, job_id=None)
    ended = execute(actor=actor, batch_id=batch.pk, tracker=tracker)
    tracker.finish()
    return ended


def _begun(batch_id: int, *, job_id: int | None) -> progress.Tracker:
    return progress.start(
        ReviewBatch.SUBJECT, batch_id, label="Review answers", unit="answers", job_id=job_id
    )
