"""What two System Refs agree in, in a few words."""

from __future__ import annotations

from typing import Final

from kith.matching.explainer import PairExplanation

_MOST: Final = 3


def agreement(pair: PairExplanation) -> str:
    """Of a rule its criteria, of the model what says most: 'same phone, first names similar (0.93)'."""
    if pair.deciding is not None:
        return ", ".join(criterion.words for criterion in pair.deciding.criteria)
    telling = sorted((step for step in pair.steps if step.bits > 0), key=lambda step: -step.bits)
    return ", ".join(step.words for step in telling[:_MOST]) or "nothing"
