"""The golden step of the overnight run."""

from __future__ import annotations

from kith.golden.assembly import assemble_stale
from kith.runs.steps import Counts, StepContext


def assemble(context: StepContext) -> Counts:
    def report(done: int, total: int) -> None:
        context.tracker.at(done, total, "Golden records")

    return {"golden_records": assemble_stale(progress=report)}
