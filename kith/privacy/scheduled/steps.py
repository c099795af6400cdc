"""The scheduled batch as a step of the overnight run, before what was ordered is carried out."""

from __future__ import annotations

from typing import Final

from kith.access.actors import PRIVACY_ENGINE
from kith.access.cases import open_case
from kith.kernel.clock import today
from kith.privacy.scheduled.actions import order_batch
from kith.privacy.scheduled.eligible import Simulated, eligible, simulated
from kith.privacy.scheduled.sections import Schedule, schedule_in_force
from kith.privacy.sections import anonymisation_in_force
from kith.runs.steps import Counts, StepContext


def order(context: StepContext) -> Counts:
    """Nothing where more are due than the settings let it take at once: a person looks first."""
    schedule = schedule_in_force()
    if not schedule.is_due(today()) or not anonymisation_in_force().is_enabled:
        return {"erasures_ordered": 0}
    seen = simulated()
    if seen.percent > schedule.most_percent:
        _ask(seen, schedule, context)
        return {"erasures_ordered": 0}
    ordered = order_batch(actor=PRIVACY_ENGINE, contact_ids=eligible(limit=schedule.most))
    if seen.eligible > schedule.most:
        context.say(
            f"{seen.eligible - schedule.most:,} more contacts are due; they wait for the next nights."
        )
    return {"erasures_ordered": ordered}


def _ask(seen: Simulated, schedule: Schedule, context: StepContext) -> None:
    context.say(
        f"The scheduled batch would anonymise {seen.eligible:,} of {seen.active:,} contacts, more than"
        f" {schedule.most_percent} %: none was ordered. Look at the page Scheduled anonymisation."
    )
    open_case(kind="erasure", title=_TOO_MANY)


_TOO_MANY: Final = (
    "The scheduled batch would anonymise more contacts than the settings let it take at once: none was"
    " ordered. Look at the page Scheduled anonymisation."
)
"""Without numbers: while this is unresolved no other night opens a case of its own."""
