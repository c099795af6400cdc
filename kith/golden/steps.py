"""The golden steps of the overnight run."""

from __future__ import annotations

from kith.golden.actions import apply_pending
from kith.golden.assembly import assemble_stale
from kith.runs.steps import Counts, StepContext


def overrides(context: StepContext) -> Counts:
    """Before everything that assembles: edits that waited for this run come into force."""
    return {"edits": apply_pending(actor=context.actor)}


def assemble(context: StepContext) -> Counts:
    def report(done: int, total: int) -> None:
        context.tracker.at(done, total, "Golden records")

    return {"golden_records": assemble_stale(progress=report)}
