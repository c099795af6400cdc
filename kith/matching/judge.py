"""What becomes of two records: grouped, shown to a person, or left as two."""

from __future__ import annotations

from enum import StrEnum

import numpy as np

from kith.matching import deciding
from kith.matching.comparable import Comparable, as_table
from kith.matching.evidence import Recipe, facts_of
from kith.matching.figures import Figures
from kith.matching.model import Model
from kith.matching.pairs import Pairs
from kith.matching.records import COMPANY
from kith.matching.scoring import Scorer


class Outcome(StrEnum):
    GROUP = "group"
    REVIEW = "review"
    DIFFERENT = "different"


def judge(left: Comparable, right: Comparable, *, recipe: Recipe, figures: Figures) -> Outcome:
    """Of the two alone; other records may still lead from one to the other."""
    if (left.kind == COMPANY) != (right.kind == COMPANY):
        return Outcome.DIFFERENT
    facts, model = facts_of(as_table((left, right)), figures), recipe.model(left.kind)
    pairs = Pairs(facts, np.array([0]), np.array([1]))
    weight = Scorer(model, facts, figures).weights(pairs)
    decided = deciding.decide(
        recipe.rules.of_kind(left.kind),
        pairs,
        weight=weight,
        model=model,
        guards=recipe.guards,
    )
    return outcome(decided, 0)


def outcome(decided: deciding.Decided, place: int) -> Outcome:
    if decided.groups[place]:
        return Outcome.GROUP
    return Outcome.REVIEW if decided.asks[place] else Outcome.DIFFERENT


def by_model(weight: float, *, model: Model) -> Outcome:
    """What the model alone would do."""
    if weight >= model.group_at:
        return Outcome.GROUP
    return Outcome.REVIEW if weight >= model.review_at else Outcome.DIFFERENT
