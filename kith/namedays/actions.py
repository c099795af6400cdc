"""C10: the name-day process."""

from __future__ import annotations

import logging

from django.db import InterfaceError, OperationalError, connection, transaction
from procrastinate.exceptions import AlreadyEnqueued

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.jobs import progress
from kith.jobs.progress import Cancelled
from kith.kernel import clock
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.namedays.computing import Report, compute
from kith.namedays.lock import name_day_lock
from kith.namedays.models import NameDayRun
from kith.namedays.sections import NAME_DAYS, Scope, calendars_in_force, label_of
from kith.settings.in_force import in_force

log = logging.getLogger(__name__)
SUBJECT = "name_day_run"
_CUT_OFF = "It was cut off. Nothing of it was kept."


def request_run(*, actor: Actor) -> None:
    """Put a run into the queue for the worker; Conflict while one waits there."""
    from kith.namedays.tasks import find_name_days

    require(actor, Permission.RUN_START)
    with transaction.atomic():
        try:
            with transaction.atomic():
                find_name_days.defer(user_id=actor.user_id)
        except AlreadyEnqueued as error:
            raise Conflict("A run is waiting to start already.") from error
        journal.record("NameDayRunRequested", by=actor, subject_type=SUBJECT)


def execute_run(
    *, actor: Actor, trigger: str, report: Report | None = None, job_id: int | None = None
) -> NameDayRun:
    """Here and now. With `report` (of the overnight run) a cancel is that run's affair."""
    require(actor, Permission.RUN_START)
    with name_day_lock() as held:
        if not held:
            raise Conflict("Another run of the name days is going on.")
        run = _begin(actor=actor, trigger=trigger)
        if report is not None:
            return _work(run, actor=actor, report=report)
        tracker = progress.start(SUBJECT, run.pk, label="Name days", unit="first names", job_id=job_id)
        _work(run, actor=actor, report=lambda done, total: tracker.at(done, total, "First names"))
        tracker.finish()
        return run


@transaction.atomic
def cancel_run(*, actor: Actor, run_id: int) -> None:
    """Stops it before it writes anything."""
    require(actor, Permission.RUN_START)
    run = NameDayRun.objects.select_for_update().filter(pk=run_id).first()
    if run is None:
        raise NotFound("There is no such run.")
    if run.state != NameDayRun.State.RUNNING:
        raise Refused("This run has ended already.")
    progress.request_cancel(SUBJECT, run.pk)
    journal.record("NameDayRunCancelled", by=actor, subject_type=SUBJECT, subject_id=run.pk)


@transaction.atomic
def _begin(*, actor: Actor, trigger: str) -> NameDayRun:
    """Whoever holds the lock is alone: a run that still says it goes on was cut off."""
    NameDayRun.objects.filter(state=NameDayRun.State.RUNNING).update(
        state=NameDayRun.State.FAILED, finished_at=clock.now(), error=_CUT_OFF
    )
    settings = in_force(NAME_DAYS)
    return NameDayRun.objects.create(
        trigger=trigger,
        started_by_id=actor.user_id,
        scope=settings.scope.value,
        calendars=", ".join(label_of(code) for code in settings.calendars)[:200],
    )


def _work(run: NameDayRun, *, actor: Actor, report: Report) -> NameDayRun:
    try:
        calendars = calendars_in_force(year=clock.now().year)
        run.counts = dict(compute(calendars, scope=Scope(run.scope), report=report))
        run.state = NameDayRun.State.DONE
    except Cancelled:
        _end(run, NameDayRun.State.CANCELLED, actor=actor)
        if run.trigger == NameDayRun.Trigger.NIGHT:
            raise
        return run
    except (OperationalError, InterfaceError):
        connection.close()
        raise
    except Exception as error:
        log.error("name day run %s failed: %s", run.pk, type(error).__name__)  # noqa: TRY400  # its text may quote a row
        run.error = f"It failed ({type(error).__name__}). Nothing of it was kept."
        _end(run, NameDayRun.State.FAILED, actor=actor)
        raise
    _end(run, NameDayRun.State.DONE, actor=actor)
    return run


@transaction.atomic
def _end(run: NameDayRun, state: NameDayRun.State, *, actor: Actor) -> None:
    run.state = state
    run.finished_at = clock.now()
    run.save(update_fields=["state", "finished_at", "counts", "error"])
    journal.record(
        "NameDayRunEnded",
        by=actor,
        subject_type=SUBJECT,
        subject_id=run.pk,
        detail={"state": state.value, **run.counts},
    )
