"""X1: contacts that sources made and that share what must be unique become cases, each once."""

from __future__ import annotations

from typing import Final

from kith.contacts.checks.shared import Shared, shared
from kith.contacts.settings.uniqueness import uniqueness_in_force
from kith.runs.steps import Counts, StepContext
from kith.stewardship.actions import keep_clashes
from kith.web.formats import count, group_id

MOST_NAMED: Final = 6
MOST_NEW: Final = 200
"""A night opens no more: whoever has more to do sees the rest when these are done."""


def clashes(context: StepContext) -> Counts:
    """Step "clashes" of the overnight run."""
    context.tracker.at(0, None, "Uniqueness")
    found = shared(uniqueness_in_force())
    kept = keep_clashes(
        actor=context.actor,
        found={title(one): one.contact_ids[0] for one in found.groups},
        is_all=found.is_all,
        most=MOST_NEW,
    )
    if kept.left:
        context.say(f"{count(kept.left)} more contacts share what must be unique; they become cases later.")
    return {"clashes_found": len(found.groups), "clash_cases_opened": kept.opened}


def title(one: Shared) -> str:
    named = [group_id(pk) for pk in one.contact_ids[:MOST_NAMED]]
    more = len(one.contact_ids) - len(named)
    words = ", ".join(named) + (f" and {count(more)} more" if more else "")
    return f"GroupIDs {words} have the same {one.words}"[:200]
