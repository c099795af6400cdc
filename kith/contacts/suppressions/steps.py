"""The overnight run and suppressions: what was asked to be unflagged, and what ends by itself."""

from __future__ import annotations

from typing import Final

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts.suppressions import actions
from kith.contacts.suppressions.asked import actions as asked
from kith.contacts.suppressions.asked.queries import all_waiting
from kith.contacts.suppressions.lists import actions as lists
from kith.contacts.suppressions.models import AskedLift
from kith.runs.steps import Counts, StepContext

_ENDER: Final = Actor("Overnight run", frozenset({Permission.CONTACT_SUPPRESS}))
"""It ends what its author gave an end, and may nothing else of suppressions."""


def suppressions(context: StepContext) -> Counts:
    """Each in its own transaction; between two of them a cancel of the run is heard."""
    waiting = all_waiting()
    done = failed = 0
    for number, asked_id in enumerate(waiting):
        context.tracker.at(number, len(waiting), "Suppressions to unflag")
        state = asked.apply_asked(actor=context.actor, asked_id=asked_id)
        done += state == AskedLift.State.DONE
        failed += state == AskedLift.State.FAILED
    if failed:
        context.say("What could not be unflagged became a stewardship case.")
    ended = actions.end_ended(actor=_ENDER)
    lists.discard_old(actor=_ENDER)
    return {"suppressions_unflagged": done, "unflags_failed": failed, "suppressions_ended": ended}
