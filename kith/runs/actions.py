"""Starting, resuming, approving and stopping the overnight run."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils.module_loading import import_string
from procrastinate.exceptions import AlreadyEnqueued

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.jobs import progress
from kith.jobs.progress import Cancelled, Listener
from kith.kernel import clock
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.runs.lock import run_lock
from kith.runs.models import Run, RunSettings, RunStep
from kith.runs.steps import Held, Step, StepContext

log = logging.getLogger(__name__)
UNFINISHED = (Run.State.RUNNING, Run.State.HELD)


def request_run(*, actor: Actor, trigger: str, everything: bool = False) -> None:
    """Put a run into the queue for the worker; refused while one waits there, or for a person's approval.

    `everything`: compare all System Refs anew, not only what changed.
    """
    from kith.runs.tasks import overnight

    require(actor, Permission.RUN_START)
    held = Run.objects.filter(state=Run.State.HELD).first()
    if held is not None:
        raise _held_run(held)
    with transaction.atomic():
        try:
            with transaction.atomic():
                overnight.defer(trigger=trigger, user_id=actor.user_id, everything=everything)
        except AlreadyEnqueued as error:
            raise Conflict("A run is waiting to start already.") from error
        journal.record("RunRequested", by=actor, subject_type="run", detail={"trigger": trigger})


def execute_run(
    *,
    actor: Actor,
    trigger: str,
    everything: bool = False,
    listener: Listener | None = None,
    job_id: int | None = None,
) -> Run:
    """Do a run here and now, or the rest of one that was cut off; it comes back done, held or cancelled.

    `everything`: compare all System Refs anew, not only what changed.
    """
    require(actor, Permission.RUN_START)
    with run_lock() as held:
        if not held:
            raise Conflict("Another run is going on; see Grouping runs. Only one goes at a time.")
        run = _open(actor=actor, trigger=trigger, everything=everything)
        tracker = progress.start(
            "run", run.pk, label=f"Overnight run {run.pk}", unit="steps", job_id=job_id, listener=listener
        )
        _work(run, actor=actor, tracker=tracker)
        tracker.finish()
        return run


@transaction.atomic
def approve_run(*, actor: Actor, run_id: int) -> Run:
    """A person has seen what the circuit breaker saw; whoever executes the run next goes on with it."""
    require(actor, Permission.RUN_APPROVE)
    run = _locked(run_id)
    if run.state != Run.State.HELD:
        raise Refused("This run does not wait for approval.")
    run.state = Run.State.RUNNING
    run.approved_at = clock.now()
    run.approved_by_id = actor.user_id
    run.save(update_fields=["state", "approved_at", "approved_by"])
    _tell(run)
    journal.record("RunApproved", by=actor, subject_type="run", subject_id=run.pk)
    return run


def let_run_go_on(*, actor: Actor, run_id: int) -> None:
    """Approve a held run and put it into the queue."""
    require(actor, Permission.RUN_APPROVE)
    run = approve_run(actor=actor, run_id=run_id)
    try:
        request_run(actor=actor, trigger=run.trigger)
    except Conflict:
        log.info("run %s goes on with the run that waits already", run.pk)


def cancel_run(*, actor: Actor, run_id: int) -> None:
    """Stop a run at its next safe point; a held one at once. What finished steps did stays."""
    require(actor, Permission.RUN_START)
    with transaction.atomic():
        run = _locked(run_id)
        if run.state not in UNFINISHED:
            raise Refused("This run has ended already.")
        progress.request_cancel("run", run.pk)
        if run.state == Run.State.HELD:
            _end(run, Run.State.CANCELLED)
        journal.record("RunCancelled", by=actor, subject_type="run", subject_id=run.pk)


def save_settings(*, actor: Actor, settings: RunSettings) -> None:
    require(actor, Permission.SETTINGS_EDIT)
    with transaction.atomic():
        settings.save()
        journal.record("RunSettingsSaved", by=actor, subject_type="run_settings", subject_id=settings.pk)


def _held_run(run: Run) -> Conflict:
    return Conflict(f"Run {run.pk} waits for approval. Approve or cancel it on Grouping runs first.")


def _locked(run_id: int) -> Run:
    run = Run.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotFound("There is no such run.")
    return run


@transaction.atomic
def _open(*, actor: Actor, trigger: str, everything: bool) -> Run:
    unfinished = Run.objects.select_for_update().filter(state__in=UNFINISHED).first()
    if unfinished is None:
        return _begin(actor=actor, trigger=trigger, everything=everything)
    if unfinished.state == Run.State.HELD:
        raise _held_run(unfinished)
    unfinished.everything |= everything
    unfinished.resumed_count += unfinished.steps.exclude(state=RunStep.State.WAITING).exists()
    unfinished.save(update_fields=["everything", "resumed_count"])
    return unfinished


def _begin(*, actor: Actor, trigger: str, everything: bool) -> Run:
    run = Run.objects.create(trigger=trigger, started_by_id=actor.user_id, everything=everything)
    RunStep.objects.bulk_create(
        RunStep(run=run, position=position, name=step.name, label=step.label)
        for position, step in enumerate(_steps())
    )
    journal.record("RunStarted", by=actor, subject_type="run", subject_id=run.pk, detail={"trigger": trigger})
    return run


def _steps() -> Sequence[Step]:
    from django.conf import settings

    steps: Sequence[Step] = import_string(settings.KITH_OVERNIGHT)
    return steps


def _work(run: Run, *, actor: Actor, tracker: progress.Tracker) -> None:
    rows = {row.name: row for row in run.steps.all()}
    steps = [step for step in _steps() if step.name in rows]
    for number, step in enumerate(steps):
        row = rows[step.name]
        if row.state == RunStep.State.DONE:
            continue
        try:
            tracker.at(number, len(steps), step.label)
            _do(step, row, _context(run, actor=actor, tracker=tracker))
        except Cancelled:
            _end(run, Run.State.CANCELLED)
            return
        except Held as held:
            _hold(run, row, str(held))
            return
        except (OperationalError, InterfaceError) as error:
            # The database went away or is full: nothing can be written now; the next start goes on from here.
            log.error("run %s was cut off in step %s: %s", run.pk, row.name, type(error).__name__)  # noqa: TRY400  # no traceback: its text may quote a row
            connection.close()
            raise
        except Exception as error:
            _fail(run, row, error)
            tracker.finish()
            raise
    tracker.at(len(steps), len(steps), "Done", final=True)
    _end(run, Run.State.DONE)


def _context(run: Run, *, actor: Actor, tracker: progress.Tracker) -> StepContext:
    return StepContext(
        run_id=run.pk,
        actor=actor,
        tracker=tracker,
        approved=run.approved_at is not None,
        everything=run.everything,
    )


def _do(step: Step, row: RunStep, context: StepContext) -> None:
    row.state = RunStep.State.RUNNING
    row.started_at = row.started_at or clock.now()
    row.save(update_fields=["state", "started_at"])
    counts = step.work(context)
    row.state = RunStep.State.DONE
    row.finished_at = clock.now()
    row.counts = dict(counts)
    row.note = " ".join(context.said)[:300]
    row.save(update_fields=["state", "finished_at", "counts", "note"])


@transaction.atomic
def _end(run: Run, state: Run.State) -> None:
    run.steps.exclude(state=RunStep.State.DONE).update(state=RunStep.State.SKIPPED)
    run.state = state
    run.finished_at = clock.now()
    run.save(update_fields=["state", "finished_at"])
    _tell(run)


def _tell(run: Run) -> None:
    """Rooms above want to know when a run is held, goes on or has ended; in the transaction that says so."""
    from django.conf import settings

    import_string(settings.KITH_RUN_STANDS)(run_id=run.pk, state=run.state)


def _hold(run: Run, row: RunStep, reason: str) -> None:
    with transaction.atomic():
        row.state = RunStep.State.WAITING
        row.save(update_fields=["state"])
        run.state = Run.State.HELD
        run.hold_reason = reason
        run.save(update_fields=["state", "hold_reason"])
        _tell(run)


def _fail(run: Run, row: RunStep, error: Exception) -> None:
    """Say where it stopped, without the exception's text: it may quote a row."""
    log.error("run %s failed in step %s: %s", run.pk, row.name, type(error).__name__)
    with transaction.atomic():
        row.state = RunStep.State.FAILED
        row.save(update_fields=["state"])
        run.error = f"The step “{row.label}” failed ({type(error).__name__}). Nothing of that step was kept."
        run.state = Run.State.FAILED
        run.finished_at = clock.now()
        run.save(update_fields=["error", "state", "finished_at"])
        _tell(run)
