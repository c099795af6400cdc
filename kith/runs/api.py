"""Runs for other systems: start one, and see how it goes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.runs import actions, queries
from kith.runs.models import Run, RunStep
from kith.runs.schemas import RunOut, RunQueued, StateName, StepOut, StepState
from kith.users.key_door import with_key
from kith.web.api import CHANGES, WITH_ID, WITH_QUERY, ApiRequest, Id, Listed, Paging, answers, falling

runs: Final = Router(tags=["runs"])

_STATES: Final[dict[str, StateName]] = {
    Run.State.RUNNING: "running",
    Run.State.HELD: "held",
    Run.State.DONE: "done",
    Run.State.FAILED: "failed",
    Run.State.CANCELLED: "cancelled",
}
_STEP_STATES: Final[dict[str, StepState]] = {
    RunStep.State.WAITING: "waiting",
    RunStep.State.RUNNING: "running",
    RunStep.State.DONE: "done",
    RunStep.State.FAILED: "failed",
    RunStep.State.SKIPPED: "skipped",
}


@runs.get(
    "",
    summary="List runs",
    auth=with_key(Permission.RUN_VIEW),
    response=answers(Listed[RunOut], *WITH_QUERY),
)
def list_runs(request: ApiRequest, paging: Query[Paging]) -> Listed[RunOut]:
    """The newest first."""
    page = falling(queries.runs(actor=request.auth), paging)
    return Listed[RunOut](items=[_run(row) for row in page.rows], next=page.next)


@runs.get(
    "/{run_id}",
    summary="Open a run",
    auth=with_key(Permission.RUN_VIEW),
    response=answers(RunOut, *WITH_ID),
)
def open_run(request: ApiRequest, run_id: Id) -> RunOut:
    return _run(queries.run_of(run_id, actor=request.auth))


@runs.post(
    "",
    summary="Start a run",
    auth=with_key(Permission.RUN_START),
    response=answers(RunQueued, *CHANGES, status=HTTPStatus.ACCEPTED),
)
def start_run(request: ApiRequest) -> Status[RunQueued]:
    """Put a run into the queue; refused while another waits there, or for a person's approval."""
    newest = queries.runs(actor=request.auth).values_list("pk", flat=True).first()
    actions.request_run(actor=request.auth, trigger=Run.Trigger.API)
    return Status(HTTPStatus.ACCEPTED, RunQueued(state="queued", last_run_id=newest))


def _run(row: Run) -> RunOut:
    steps = [_step(step) for step in row.steps.all()]
    return RunOut(
        id=row.pk,
        state=_STATES[row.state],
        trigger=row.trigger,
        started_at=row.started_at,
        finished_at=row.finished_at,
        reason=row.hold_reason if row.state == Run.State.HELD else row.error,
        steps_done=sum(step.state == "done" for step in steps),
        steps=steps,
    )


def _step(step: RunStep) -> StepOut:
    return StepOut(
        name=step.name,
        label=step.label,
        state=_STEP_STATES[step.state],
        started_at=step.started_at,
        finished_at=step.finished_at,
        counts=step.counts,
    )
