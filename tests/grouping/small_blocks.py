"""The overnight run with blocks cut beyond four records: `settings.KITH_OVERNIGHT` names STEPS."""

from __future__ import annotations

from functools import partial

from kith.config import overnight
from kith.grouping.engine.matching_step import match_with
from kith.matching.evidence import EngineOptions
from kith.runs.steps import Step

OPTIONS = EngineOptions(max_block_size=4)
STEPS = tuple(
    Step("match", "Compare and group", partial(match_with, options=OPTIONS)) if step.name == "match" else step
    for step in overnight.STEPS
)
