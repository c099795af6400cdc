from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Field, Schema

StateName = Literal["running", "held", "done", "failed", "cancelled"]
StepState = Literal["waiting", "running", "done", "failed", "skipped"]


class StepOut(Schema):
    name: str
    label: str
    state: StepState
    started_at: datetime | None
    finished_at: datetime | None
    counts: dict[str, int] = Field(description="Figures by name: `pairs`, `placed`, `golden_records` …")


class RunOut(Schema):
    id: int
    state: StateName = Field(description="held: the circuit breaker stopped it, and a person has to approve.")
    trigger: str
    started_at: datetime
    finished_at: datetime | None
    reason: str = Field(description="Why it is held or failed; empty otherwise.")
    steps_done: int
    steps: list[StepOut]


class RunQueued(Schema):
    """The run stands in the queue; it gets its number when the worker begins it."""

    state: Literal["queued"]
    last_run_id: int | None = Field(description="The newest run so far: this one will have a higher number.")
