"""Steps of the overnight run: the requests that wait (A4: ungroup first, then group)."""

from __future__ import annotations

from collections.abc import Sequence

from kith.runs.steps import Counts, StepContext
from kith.stewardship.actions import apply_waiting
from kith.stewardship.models import Request
from kith.stewardship.requests import ended_in, queued

_UNGROUPING = (Request.Kind.UNGROUP, Request.Kind.SPLIT)
_GROUPING = (Request.Kind.GROUP, Request.Kind.MOVE)


def ungroup_waiting(context: StepContext) -> Counts:
    return _carry_out(context, _UNGROUPING)


def group_waiting(context: StepContext) -> Counts:
    return _carry_out(context, _GROUPING)


def _carry_out(context: StepContext, kinds: Sequence[Request.Kind]) -> Counts:
    """Each in its own transaction; between two of them a cancel of the run is heard."""
    waiting = queued(kinds)
    for number, request_id in enumerate(waiting):
        context.tracker.at(number, len(waiting), "Requests")
        apply_waiting(actor=context.actor, request_id=request_id, run_id=context.run_id)
    done, failed = (
        ended_in(context.run_id, kinds, state) for state in (Request.State.APPLIED, Request.State.FAILED)
    )
    if failed:
        context.say("What failed became a stewardship case.")
    return {"requests_carried_out": done, "requests_failed": failed}
