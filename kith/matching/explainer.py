"""Pairs of records compared all at once and explained one at a time: the model's waterfall and every rule."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kith.matching import deciding
from kith.matching.comparable import Comparable, as_table
from kith.matching.evidence import Recipe
from kith.matching.figures import Figures, without_ignored
from kith.matching.held import Held, Sight
from kith.matching.judge import Outcome, by_model, outcome
from kith.matching.levels import UNKNOWN
from kith.matching.model import Compared, Comparison, Test
from kith.matching.pairs import Facts, Pairs
from kith.matching.prepared import Ints, prepare
from kith.matching.records import COMPANY
from kith.matching.rules import Rule, Verdict
from kith.matching.scoring import Scorer
from kith.matching.words import (
    COMPARED_NAMES,
    SHARED_BY_MANY,
    absent_words,
    frequency_words,
    level_words,
    odds_words,
    prior_words,
)


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
    def title(self) -> str:
        return f"Rule {self.position + 1} '{self.rule.name}'"

    @property
    def words(self) -> str:
        reasons = "; ".join(criterion.words for criterion in self.criteria)
        return f"{self.title}: {reasons}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One comparison of the model."""

    field: Compared
    test: Test | None
    """None where a side does not know the field."""
    words: str
    bits: float
    frequency: str
    """'a rare last name', 'a common last name' or ''."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairExplanation:
    left_id: int
    right_id: int
    prior: float
    """Bits: log2 odds before looking."""
    prior_words: str
    steps: tuple[Step, ...]
    """In the order of the model; prior and bits add up to the weight."""
    weight: float | None
    probability: float | None
    by_model: Outcome
    """What the model alone would do."""
    rules: tuple[RuleExplanation, ...]
    """Enabled rules in order, those of never among them; none when the two are of two kinds."""
    deciding: RuleExplanation | None
    """The first group or review rule that holds; None where the model decides."""
    contradictions: tuple[RuleExplanation, ...]
    """Rules of never that hold."""
    verdict: Outcome
    why: str
    """One sentence."""
    refusal: str = ""
    """Why the two can never be one, whatever rules and model say."""


class Explainer:
    """Pairs of records of one kind, compared all at once and explained one at a time."""

    def __init__(
        self,
        records: Sequence[Comparable],
        left: Ints,
        right: Ints,
        *,
        kind: str,
        recipe: Recipe,
        figures: Figures,
    ) -> None:
        """`left` and `right` are places in `records`."""
        before = prepare(as_table(records))
        facts = Facts(without_ignored(before, figures))
        self._rules, self._model = recipe.rules.of_kind(kind), recipe.model(kind)
        self._size = figures.companies if kind == COMPANY else figures.persons
        self._pairs = Pairs(facts, left, right)
        self._sight = Sight(facts, self._pairs, before=before)
        self._scored = Scorer(self._model, facts, figures).score(self._pairs)
        self._decided = deciding.decide(
            self._rules,
            self._pairs,
            weight=self._scored.weight,
            model=self._model,
            guards=recipe.guards,
        )

    def __len__(self) -> int:
        return len(self._pairs)

    def ids(self, place: int) -> tuple[int, int]:
        known = self._sight.facts.records.ids
        return int(known[self._pairs.left[place]]), int(known[self._pairs.right[place]])

    def weight(self, place: int) -> float:
        return float(self._scored.weight[place])

    def outcome(self, place: int) -> Outcome:
        return outcome(self._decided, place)

    def shares_detail(self, place: int) -> bool:
        """An e-mail, a phone or an identity number that is not shared by many."""
        shared = (self._pairs.shares_email, self._pairs.shares_phone, self._pairs.shares_number)
        return any(bool(held[place]) for held in shared)

    def deciding(self, place: int) -> RuleExplanation | None:
        first = int(self._decided.rule[place])
        return None if first == deciding.NO_RULE else self._rule(first, place)

    def contradictions(self, place: int) -> tuple[RuleExplanation, ...]:
        if not self._decided.never[place]:
            return ()
        return tuple(rule for rule in self.rules(place) if rule.held and rule.rule.verdict is Verdict.NEVER)

    def rules(self, place: int) -> tuple[RuleExplanation, ...]:
        return tuple(self._rule(position, place) for position, rule in enumerate(self._rules) if rule.enabled)

    def _rule(self, position: int, place: int) -> RuleExplanation:
        rule = self._rules[position]
        return RuleExplanation(position, rule, self._sight.rule(rule, place))

    def steps(self, place: int) -> tuple[Step, ...]:
        found = zip(self._model.comparisons, self._scored.levels, self._scored.bits, strict=True)
        return tuple(
            self._step(comparison, int(levels[place]), float(bits[place]), place)
            for comparison, levels, bits in found
        )

    def _step(self, comparison: Comparison, number: int, bits: float, place: int) -> Step:
        field = comparison.field
        if number == UNKNOWN:
            words = self._unknown(field, place)
            return Step(field=field, test=None, words=words, bits=0.0, frequency="")
        level = comparison.levels[number]
        words = level_words(field, level, similarity=self._similarity(field, level.test, place))
        many = self._shared_by_many(field, place)
        return Step(
            field=field,
            test=level.test,
            words=f"{words} ({many})" if many else words,
            bits=bits,
            frequency=frequency_words(field, level, bits=bits, usual=level.weight(self._size)),
        )

    def _unknown(self, field: Compared, place: int) -> str:
        many = self._shared_by_many(field, place)
        if many:
            return many
        known = self._sight.knows(field, place)
        if all(known):
            return f"no {COMPARED_NAMES[field]} of one kind on both sides"
        return absent_words(COMPARED_NAMES[field], both=not any(known))

    def _shared_by_many(self, field: Compared, place: int) -> str:
        column = _SWITCHBOARDS.get(field)
        many = column is not None and self._sight.shared_by_many(column, place)
        return SHARED_BY_MANY.format(COMPARED_NAMES[field]) if many else ""

    def _similarity(self, field: Compared, test: Test, place: int) -> float:
        if test is Test.STREET:
            crossed = self._sight.crossed_at(place)
            there = self._pairs.same_postcode[crossed]
            return float(self._pairs.street_similarity[crossed][there].max(initial=0))
        if test is not Test.SIMILAR:
            return 0.0
        return float(self._pairs.names(_COLUMNS[field]).similarity[place])

    def pair(self, place: int) -> PairExplanation:
        left_id, right_id = self.ids(place)
        deciding_rule, against = self.deciding(place), self.contradictions(place)
        weight, verdict = self.weight(place), self.outcome(place)
        return PairExplanation(
            left_id=left_id,
            right_id=right_id,
            prior=self._model.prior(self._size),
            prior_words=prior_words(self._model.lam(self._size)),
            steps=self.steps(place),
            weight=weight,
            probability=probability(weight),
            by_model=by_model(weight, model=self._model),
            rules=self.rules(place),
            deciding=deciding_rule,
            contradictions=against,
            verdict=verdict,
            why=self.why(place),
        )

    def why(self, place: int) -> str:
        rule, against = self.deciding(place), self.contradictions(place)
        weight, verdict = self.weight(place), self.outcome(place)
        if against:
            return _against(against[0], rule, verdict=verdict)
        if rule is not None:
            asks = "" if verdict is Outcome.GROUP else " This rule asks a person."
            return f"{rule.words}.{asks}"
        odds = f"By the model, {odds_words(weight)} that they are one"
        if by_model(weight, model=self._model) is not verdict:
            return f"{odds}, but nothing beyond the names agrees; a person should look."
        return f"{odds}: {_MODEL_WORDS[verdict]}."


_COLUMNS: Final = {
    Compared.FIRST_NAME: "first",
    Compared.MIDDLE_NAME: "middle",
    Compared.LAST_NAME: "last",
    Compared.COMPANY_NAME: "company",
}
_SWITCHBOARDS: Final = {Compared.EMAIL: "emails", Compared.PHONE: "phones"}
_MODEL_WORDS: Final = {
    Outcome.GROUP: "enough to group them",
    Outcome.REVIEW: "enough to ask a person",
    Outcome.DIFFERENT: "not enough",
}


def _against(never: RuleExplanation, rule: RuleExplanation | None, *, verdict: Outcome) -> str:
    if verdict is Outcome.DIFFERENT:
        return f"{never.words}. This rule keeps them apart."
    speaks = rule.title if rule else "The model"
    return f"{speaks} speaks for them, {never.title} against; a person should look."


def probability(weight: float) -> float:
    """Of log2 odds."""
    return float(1 / (1 + 2 ** -max(min(weight, 500.0), -500.0)))
