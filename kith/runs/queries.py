"""The overnight runs, for pages and command alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Prefetch, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.jobs.models import Progress
from kith.kernel import clock
from kith.kernel.errors import NotFound
from kith.runs.models import Run, RunSettings, RunStep
from kith.runs.rules import next_start
from kith.runs.words import in_words
from kith.web import formats


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    step: RunStep
    words: str
    took: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownRun:
    run: Run
    steps: tuple[ShownStep, ...]
    took: timedelta | None
    """None until it has ended."""
    placed: int
    moved: int

    @property
    def steps_done(self) -> int:
        return sum(shown.step.state == RunStep.State.DONE for shown in self.steps)

    @property
    def is_unfinished(self) -> bool:
        return self.run.state in {Run.State.RUNNING, Run.State.HELD}


def runs(*, actor: Actor) -> QuerySet[Run]:
    """Newest first, with their steps."""
    require(actor, Permission.RUN_VIEW)
    steps = RunStep.objects.order_by("position")
    related = Run.objects.select_related("started_by", "approved_by")
    return related.prefetch_related(Prefetch("steps", queryset=steps)).order_by("-started_at", "-pk")


def run_of(run_id: int, *, actor: Actor) -> Run:
    run = runs(actor=actor).filter(pk=run_id).first()
    if run is None:
        raise NotFound("There is no such run.")
    return run


def held_run_id() -> int | None:
    return Run.objects.filter(state=Run.State.HELD).values_list("pk", flat=True).first()


def shown(run: Run) -> ShownRun:
    steps = tuple(
        ShownStep(
            step=step,
            words=" ".join(filter(None, (step.note, in_words(step.counts)))),
            took=_between(step.started_at, step.finished_at),
        )
        for step in run.steps.all()
    )
    counts: dict[str, int] = {}
    for one in steps:
        counts |= one.step.counts
    return ShownRun(
        run=run,
        steps=steps,
        took=_between(run.started_at, run.finished_at),
        placed=counts.get("placed", 0),
        moved=counts.get("moved", 0),
    )


def progress_of(run: Run) -> Progress | None:
    return Progress.objects.filter(subject_type="run", subject_id=run.pk).first()


def a_run_waits() -> bool:
    """One stands in the queue and has not begun."""
    return ProcrastinateJob.objects.filter(task_name="runs.overnight", status="todo").exists()


def settings_in_force() -> RunSettings:
    return RunSettings.objects.filter(pk=1).first() or RunSettings()


def next_start_words(settings: RunSettings) -> str:
    """`23 Nov 2026 at 02:00 (Europe/Athens)`; '' while the schedule is switched off."""
    if not settings.enabled:
        return ""
    start = next_start(now=clock.now(), starts_at=settings.starts_at, timezone=settings.timezone)
    return f"{formats.day(start.date())} at {start:%H:%M} ({settings.timezone})"


def _between(start: datetime | None, end: datetime | None) -> timedelta | None:
    return end - start if start and end else None
