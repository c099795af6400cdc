"""The newest overnight run, in words and figures, for the frame and for Home."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.utils import timezone

from kith.kernel.clock import now
from kith.runs.models import Run, RunStep
from kith.web import formats

KEPT_SECONDS: Final = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRun:
    id: int
    state: str
    started_at: datetime
    finished_at: datetime | None
    hold_reason: str
    counts: Mapping[str, int]
    """Figures of all its steps together; a step's later figure of the same name wins."""


def last_run() -> LastRun | None:
    newest = Run.objects.order_by("-started_at").values("pk")[:1]
    steps = list(RunStep.objects.filter(run_id=newest).select_related("run").order_by("position"))
    if not steps:
        return None
    run = steps[0].run
    counts: dict[str, int] = {}
    for step in steps:
        counts |= step.counts
    return LastRun(
        id=run.pk,
        state=run.state,
        started_at=run.started_at,
        finished_at=run.finished_at,
        hold_reason=run.hold_reason,
        counts=counts,
    )


def last_run_line() -> str:
    """Empty before the first run. At most 30 s old."""
    kept = cache.get("frame-last-run")
    if kept is None:
        run = last_run()
        kept = _line(run) if run else ""
        cache.set("frame-last-run", kept, KEPT_SECONDS)
    return str(kept)


def _line(run: LastRun) -> str:
    when = _moment(run.started_at)
    if run.state == Run.State.RUNNING:
        return f"A run is going on since {when}"
    if run.state == Run.State.HELD:
        return f"Run of {when} waits for approval"
    if run.state != Run.State.DONE:
        return f"Last run {when} {Run.State(run.state).label.lower()}"
    placed, moved = run.counts.get("placed", 0), run.counts.get("moved", 0)
    return f"Last run {when} · {placed:,} System Refs · {moved:,} regrouped"


def _moment(at: datetime) -> str:
    """The time today; else the day and the time."""
    local = timezone.localtime(at)
    if local.date() == timezone.localtime(now()).date():
        return f"{local:%H:%M}"
    return f"{formats.day(local)[:-5]} {local:%H:%M}"
