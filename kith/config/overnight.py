"""The order of the overnight run (A4). Imports come in by themselves."""

from __future__ import annotations

from kith.golden.steps import assemble
from kith.grouping.engine.matching_step import match
from kith.grouping.figures import figures
from kith.runs.steps import Step

STEPS = (
    Step("match", "Compare and group System Refs", match),
    Step("assemble", "Assemble golden records", assemble),
    Step("figures", "Count", figures),
)
