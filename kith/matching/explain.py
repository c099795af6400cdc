"""Why two records are one, or are not: every rule and each of its criteria, in words for pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from kith.matching.comparable import Comparable
from kith.matching.compare import Held, compare, compare_texts
from kith.matching.records import COMPANY
from kith.matching.rules import ADDRESS_FIELDS, Criterion, Field, Rule, RuleSet


@dataclass(frozen=True, slots=True)
class RuleExplanation:
    position: int
    """In `RuleSet.of_kind`, from 0; people read it from 1."""
    rule: Rule
    criteria: tuple[Held, ...]

    @property
    def held(self) -> bool:
        return bool(self.criteria) and all(criterion.held for criterion in self.criteria)

    @property
    def missing(self) -> tuple[Held, ...]:
        return tuple(criterion for criterion in self.criteria if not criterion.held)

    @property
    def words(self) -> str:
        reasons = "; ".join(criterion.words for criterion in self.criteria)
        return f"Rule {self.position + 1} '{self.rule.name}': {reasons}"


@dataclass(frozen=True, slots=True)
class PairExplanation:
    rules: tuple[RuleExplanation, ...]
    """Enabled rules in order; none when the two are of two kinds."""
    refusal: str = ""
    """Why the two can never be one, whatever the rules say."""

    @property
    def matches(self) -> bool:
        return any(rule.held for rule in self.rules)

    @property
    def first(self) -> RuleExplanation | None:
        """The rule the match is attributed to."""
        return next((rule for rule in self.rules if rule.held), None)


def explain_pair(left: Comparable, right: Comparable, *, rules: RuleSet) -> PairExplanation:
    """Values the engine ignored as switchboards are not known here: such a pair reads as a match."""
    if (left.kind == COMPANY) != (right.kind == COMPANY):
        return PairExplanation((), refusal="A person and a company are never one contact.")
    explained = (
        RuleExplanation(position, rule, explain_rule(left, right, rule=rule))
        for position, rule in enumerate(rules.of_kind(left.kind))
        if rule.enabled
    )
    return PairExplanation(tuple(explained))


def explain_rule(left: Comparable, right: Comparable, *, rule: Rule) -> tuple[Held, ...]:
    on_address = tuple(c for c in rule.criteria if c.field in ADDRESS_FIELDS)
    addresses = iter(_best_address(left, right, criteria=on_address))
    return tuple(
        next(addresses) if criterion.field in ADDRESS_FIELDS else compare(left, right, criterion=criterion)
        for criterion in rule.criteria
    )


def _best_address(left: Comparable, right: Comparable, *, criteria: Sequence[Criterion]) -> tuple[Held, ...]:
    """The pair of addresses on which most criteria hold; one rule never mixes two addresses."""
    nowhere = (("", ""),)
    attempts = (
        tuple(_on_address(one, other, criterion=criterion) for criterion in criteria)
        for one, other in product(left.addresses or nowhere, right.addresses or nowhere)
    )
    return max(attempts, key=lambda held: sum(criterion.held for criterion in held))


def _on_address(one: tuple[str, str], other: tuple[str, str], *, criterion: Criterion) -> Held:
    part = 0 if criterion.field is Field.ADDRESS_LINE else 1
    return compare_texts((one[part],), (other[part],), criterion=criterion)
