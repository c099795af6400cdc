"""The step of the overnight run, after golden records are assembled."""

from __future__ import annotations

from kith.kernel.errors import Conflict
from kith.namedays import actions
from kith.namedays.models import NameDayRun
from kith.namedays.sections import NAME_DAYS, Schedule
from kith.runs.steps import Counts, StepContext
from kith.settings.in_force import in_force


def name_days(context: StepContext) -> Counts:
    if in_force(NAME_DAYS).schedule is not Schedule.NIGHT:
        context.say("Name days are looked for by hand only.")
        return {}

    def report(done: int, total: int) -> None:
        context.tracker.at(done, total, "First names")

    try:
        run = actions.execute_run(actor=context.actor, trigger=NameDayRun.Trigger.NIGHT, report=report)
    except Conflict:
        context.say("A run of the name days was going on already.")
        return {}
    return {"name_days_found": run.counts["found"]}
