"""What kept evidence was made with, and when everything has to be compared anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from kith.grouping.models import Basis
from kith.grouping.recipe.versions import RecipeInForce
from kith.matching.evidence import EngineOptions
from kith.matching.figures import Figures
from kith.matching.rule_keys import needs_all_records
from kith.sources.models import SourceRecord

CHANGED_PERCENT: Final = 10
"""From here on comparing everything takes no longer (measured), and counts the figures again."""
GROWN_PERCENT: Final = 25
"""Beyond it the frozen figures say too little of the records there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much there is, and how much of it is news."""

    records: int
    changed: int


def newest() -> Basis | None:
    return Basis.objects.order_by("-pk").first()


def figures_of(basis: Basis) -> Figures:
    return Figures.from_bytes(bytes(basis.figures))


def scale(*, changed: int) -> Scale:
    return Scale(records=SourceRecord.objects.count(), changed=changed)


def why_everything(
    basis: Basis | None, *, in_force: RecipeInForce, options: EngineOptions, scale: Scale, asked: bool
) -> str | None:
    """Why the changes alone will not do, in words; None when they will."""
    if basis is None:
        return "nothing was compared before"
    if asked:
        return "somebody asked for it"
    if basis.recipe_version != in_force.recipe.version or basis.max_block_size != options.max_block_size:
        return "what decides has changed"
    uncovered = needs_all_records(in_force.recipe.rules)
    if uncovered:
        return f"the rule “{uncovered[0].name}” needs it"
    if scale.changed * 100 > basis.records * CHANGED_PERCENT:
        return f"more than {CHANGED_PERCENT} % of the System Refs changed"
    if abs(scale.records - basis.records) * 100 > basis.records * GROWN_PERCENT:
        return f"there are more than {GROWN_PERCENT} % more or fewer System Refs than when all were compared"
    return None
