"""Is the contact being typed already here? One record against the few that share a match key with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from kith.matching.comparable import Comparable
from kith.matching.evidence import Recipe
from kith.matching.explainer import Explainer, RuleExplanation, Step, probability
from kith.matching.figures import Figures
from kith.matching.judge import Outcome
from kith.matching.records import COMPANY


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleDuplicate:
    record_id: int
    certain: bool
    """The next run would group the two."""
    verdict: Outcome
    """`different` for those who share a detail and no more."""
    reasons: tuple[str, ...]
    missing: tuple[str, ...] = ()
    """What speaks against it."""
    weight: float | None = None
    """log2 odds by the model."""
    probability: float | None = None
    evidence: tuple[Step, ...] = ()
    """The model's waterfall, whoever decided."""


MOST_FOUND: Final = 50


def resolve_one(
    record: Comparable, candidates: Sequence[Comparable], *, recipe: Recipe, figures: Figures
) -> tuple[PossibleDuplicate, ...]:
    """The certain first, then whom a person is asked about, by weight; those of the other kind are left out.

    Who shares an e-mail, a phone or an identity number is shown too, whatever speaks against it. At most
    MOST_FOUND, since many candidates are quickly compared but not so quickly told of.
    """
    found = Resolved(record, candidates, recipe=recipe, figures=figures)
    return tuple(found.told(record_id) for record_id in found.ids[:MOST_FOUND])


class Resolved:
    """Every candidate is compared and ranked, and told of when asked."""

    def __init__(
        self, record: Comparable, candidates: Sequence[Comparable], *, recipe: Recipe, figures: Figures
    ) -> None:
        others = tuple(
            other
            for other in candidates
            if other.record_id != record.record_id and (other.kind == COMPANY) == (record.kind == COMPANY)
        )
        self._explainer = Explainer(
            (record, *others),
            np.zeros(len(others), dtype=np.int64),
            np.arange(1, len(others) + 1),
            kind=record.kind,
            recipe=recipe,
            figures=figures,
        )
        possible = (place for place in range(len(others)) if _is_possible(self._explainer, place))
        ranked = sorted(_rank(self._explainer, place) for place in possible)
        self._places = {record_id: place for _, _, record_id, place in ranked}

    @property
    def ids(self) -> tuple[int, ...]:
        """Of the candidates that are possible, in the order of `resolve_one`."""
        return tuple(self._places)

    def told(self, record_id: int) -> PossibleDuplicate:
        return _possible(self._explainer, self._places[record_id])


def _is_possible(explainer: Explainer, place: int) -> bool:
    return explainer.outcome(place) is not Outcome.DIFFERENT or explainer.shares_detail(place)


def _rank(explainer: Explainer, place: int) -> tuple[int, float, int, int]:
    """Verdict, weight, record id."""
    verdict = list(Outcome).index(explainer.outcome(place))
    return verdict, -explainer.weight(place), explainer.ids(place)[1], place


def _possible(explainer: Explainer, place: int) -> PossibleDuplicate:
    verdict, rule = explainer.outcome(place), explainer.deciding(place)
    steps, weight = explainer.steps(place), explainer.weight(place)
    reasons, missing = (_said_by(rule), ()) if rule else _said_by_model(steps)
    against = tuple(held.words for never in explainer.contradictions(place) for held in never.criteria)
    return PossibleDuplicate(
        record_id=explainer.ids(place)[1],
        certain=verdict is Outcome.GROUP,
        verdict=verdict,
        reasons=reasons,
        missing=(*missing, *(words for words in against if words not in missing)),
        weight=weight,
        probability=probability(weight),
        evidence=steps,
    )


def _said_by(rule: RuleExplanation) -> tuple[str, ...]:
    return tuple(held.words for held in rule.criteria)


def _said_by_model(steps: tuple[Step, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What speaks for it, the strongest first, and what against."""
    ordered = sorted(steps, key=lambda step: -abs(step.bits))
    reasons = tuple(step.words for step in ordered if step.bits > 0)
    return reasons, tuple(step.words for step in ordered if step.bits < 0)
