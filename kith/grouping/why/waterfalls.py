"""One pair of System Refs bit by bit: what each field says for and against."""

from __future__ import annotations

from dataclasses import dataclass

from kith.grouping.recipe.in_force import MatchingInForce
from kith.grouping.recipe.model_table import Bar, bar, name_of, signed
from kith.matching.comparable import Comparable
from kith.matching.explain import explain_pair
from kith.matching.explainer import PairExplanation, RuleExplanation, Step
from kith.matching.judge import Outcome
from kith.matching.words import odds_words

VERDICTS = {
    Outcome.GROUP: "one",
    Outcome.REVIEW: "a doubt for a person",
    Outcome.DIFFERENT: "not brought together",
}


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    words: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class Against:
    """A rule of never that holds on the pair."""

    name: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waterfall:
    why: str
    verdict: str
    rows: tuple[Row, ...]
    """The odds before looking first."""
    silent: tuple[str, ...]
    """Fields that say nothing, and why."""
    total: Bar | None
    odds: str
    by_rule: bool
    """A rule decided before the model was asked."""
    contradictions: tuple[Against, ...]


def waterfall(left: Comparable, right: Comparable, *, in_force: MatchingInForce) -> Waterfall:
    return _of(explain_pair(left, right, recipe=in_force.recipe, figures=in_force.figures))


def _of(pair: PairExplanation) -> Waterfall:
    known = [step for step in pair.steps if step.test is not None]
    prior = Row("Before looking", pair.prior_words.removeprefix("before looking: "), bar(pair.prior))
    return Waterfall(
        why=pair.why,
        verdict=VERDICTS[pair.verdict],
        rows=(prior, *(_row(step) for step in known)) if pair.weight is not None else (),
        silent=tuple(step.words for step in pair.steps if step.test is None),
        total=None if pair.weight is None else bar(pair.weight),
        odds="" if pair.weight is None else odds_words(pair.weight),
        by_rule=pair.deciding is not None,
        contradictions=tuple(_against(one) for one in pair.contradictions),
    )


def _row(step: Step) -> Row:
    words = f"{step.words}, {step.frequency}" if step.frequency else step.words
    return Row(name_of(step.field), words, bar(step.bits))


def _against(rule: RuleExplanation) -> Against:
    words = "; ".join(criterion.words for criterion in rule.criteria)
    return Against(rule.rule.name, words)


def bits(weight: float) -> str:
    return f"{signed(weight)} bits"
