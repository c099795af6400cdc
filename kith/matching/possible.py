"""Is the contact being typed already here? One record against the few that share a match key with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kith.matching.comparable import Comparable
from kith.matching.explain import PairExplanation, RuleExplanation, explain_pair
from kith.matching.rules import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleDuplicate:
    record_id: int
    certain: bool
    """A rule holds, so the next run would group the two; else one criterion is missing."""
    reasons: tuple[str, ...]
    missing: tuple[str, ...] = ()


def resolve_one(
    record: Comparable, candidates: Sequence[Comparable], *, rules: RuleSet
) -> tuple[PossibleDuplicate, ...]:
    """The certain first, then by the number of reasons, then by record id."""
    others = (other for other in candidates if other.record_id != record.record_id)
    found = [
        duplicate
        for other in others
        if (duplicate := _possible(other, explain_pair(record, other, rules=rules))) is not None
    ]
    return tuple(sorted(found, key=lambda d: (not d.certain, -len(d.reasons), d.record_id)))


def _possible(other: Comparable, explanation: PairExplanation) -> PossibleDuplicate | None:
    certain = explanation.first
    if certain:
        return PossibleDuplicate(record_id=other.record_id, certain=True, reasons=_reasons(certain))
    near = [rule for rule in explanation.rules if len(rule.missing) == 1 and len(rule.criteria) > 1]
    if not near:
        return None
    nearest = max(near, key=lambda rule: (len(rule.criteria), -rule.position))
    return PossibleDuplicate(
        record_id=other.record_id,
        certain=False,
        reasons=_reasons(nearest),
        missing=tuple(held.words for held in nearest.missing),
    )


def _reasons(rule: RuleExplanation) -> tuple[str, ...]:
    return tuple(held.words for held in rule.criteria if held.held)
