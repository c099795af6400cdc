"""The order of the overnight run (A4). Imports come in by themselves."""

from __future__ import annotations

from kith.contacts.suppressions.steps import suppressions
from kith.golden.steps import assemble, overrides
from kith.grouping.engine.matching_step import match
from kith.grouping.figures import figures
from kith.namedays.steps import name_days
from kith.privacy.overnight import anonymise
from kith.privacy.proof.steps import look_again, storage
from kith.privacy.scheduled import steps as scheduled
from kith.runs.steps import Step
from kith.stewardship.clashes import clashes
from kith.stewardship.review.keeping import review
from kith.stewardship.steps import group_waiting, ungroup_waiting

STEPS = (
    Step("edits", "Put edits of golden values in force", overrides),
    Step("suppressions", "Unflag what was asked for, end what is over", suppressions),
    Step("ungroup_waiting", "Ungroup what was asked for", ungroup_waiting),
    Step("group_waiting", "Group what was asked for", group_waiting),
    Step("match", "Compare and group System Refs", match),
    Step("assemble", "Assemble golden records", assemble),
    Step("scheduled", "Order the scheduled anonymisation", scheduled.order),
    Step("anonymise", "Anonymise what was ordered", anonymise),
    Step("clashes", "Look for contacts that share what must be unique", clashes),
    Step("review", "Keep the review queue", review),
    Step("name_days", "Look for name days", name_days),
    Step("look_again", "Look again at who was anonymised", look_again),
    Step("storage", "Rewrite the storage after anonymising", storage),
    Step("figures", "Count", figures),
)
