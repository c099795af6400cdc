"""What decides now: the recipe in force and the figures that its weights rest on."""

from __future__ import annotations

from dataclasses import dataclass

from kith.grouping.basis import figures_of, newest
from kith.grouping.versions import recipe_in_force
from kith.matching.evidence import Recipe
from kith.matching.figures import Figures


@dataclass(frozen=True, slots=True, kw_only=True)
class MatchingInForce:
    recipe: Recipe
    figures: Figures


def matching_in_force() -> MatchingInForce:
    basis = newest()
    figures = Figures.none() if basis is None else figures_of(basis)
    return MatchingInForce(recipe=recipe_in_force().recipe, figures=figures)
