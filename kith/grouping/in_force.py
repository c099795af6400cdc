"""What decides now: the recipe in force and the figures that its weights rest on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from kith.grouping.basis import figures_of
from kith.grouping.models import Basis
from kith.grouping.versions import recipe_in_force
from kith.matching.evidence import Recipe
from kith.matching.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingInForce:
    recipe: Recipe
    figures: Figures


def matching_in_force() -> MatchingInForce:
    newest = Basis.objects.order_by("-pk").values_list("pk", "made_at").first()
    figures = Figures.none() if newest is None else _figures(*newest)
    return MatchingInForce(recipe=recipe_in_force().recipe, figures=figures)


@lru_cache(maxsize=1)
def _figures(pk: int, _made_at: datetime) -> Figures:
    """A basis never changes, and at a million records takes some fifty milliseconds to read."""
    return figures_of(Basis.objects.get(pk=pk))
