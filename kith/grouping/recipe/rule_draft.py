"""The rules somebody is editing: they live in the form until they are saved.

The form's own order is the order of the rules: each rule and each criterion has a hidden token, and dragging
moves its element with the token in it. Rules of never are shown first and kept last: they have no rank, the
others count from 1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from kith.kernel.errors import Refused
from kith.matching.records import COMPANY, PERSON
from kith.matching.rules import (
    FITTING,
    NAMES,
    PERSON_ONLY_FIELDS,
    Comparison,
    Criterion,
    Field,
    Rule,
    RuleSet,
    Verdict,
)

KINDS: Final = (PERSON, COMPANY)
COMPARISONS: Final[dict[Comparison, str]] = {
    Comparison.EXACT: "is the same",
    Comparison.SIMILAR: "is similar",
    Comparison.NICKNAME: "is the same or a nickname",
    Comparison.FIRST_LETTERS: "begins with the same letters",
    Comparison.NEAR_DATE: "is near, or day and month swapped",
    Comparison.PHONETIC: "sounds alike",
    Comparison.DIFFERENT: "is different",
}
VERDICTS: Final[dict[Verdict, str]] = {
    Verdict.GROUP: "Group",
    Verdict.REVIEW: "Review",
    Verdict.NEVER: "Never one",
}
_SIMILARITIES: Final = (0.8, 0.85, 0.88, 0.9, 0.92, 0.94, 0.95, 0.97, 0.99)
_OFFERED: Final[dict[Comparison, tuple[float | None, ...]]] = {
    Comparison.EXACT: (),
    Comparison.SIMILAR: _SIMILARITIES,
    Comparison.NICKNAME: (None, *_SIMILARITIES),
    Comparison.FIRST_LETTERS: (1, 2, 3, 4, 5, 6, 8, 10),
    Comparison.NEAR_DATE: (0, 1, 2, 3, 7, 14, 31),
    Comparison.PHONETIC: (),
    Comparison.DIFFERENT: (),
}
_DEFAULT: Final[dict[Comparison, float]] = {
    Comparison.SIMILAR: 0.92,
    Comparison.FIRST_LETTERS: 3,
    Comparison.NEAR_DATE: 1,
}


class Posted(Protocol):
    """What of a QueryDict is used here."""

    def get(self, key: str, default: str) -> str | None: ...
    def getlist(self, key: str) -> list[str]: ...


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Draft:
    rules: RuleSet
    tokens: dict[str, tuple[str, ...]]
    """Of the rules of each kind, in their order."""
    criterion_tokens: dict[tuple[str, str], tuple[str, ...]]


def read(posted: Posted) -> Draft:
    tokens = {kind: _in_rank(posted, kind) for kind in KINDS}
    criteria = {
        (kind, token): tuple(posted.getlist(f"{kind}.{token}.criterion"))
        for kind in KINDS
        for token in tokens[kind]
    }
    rules = {
        kind: tuple(_rule(posted, f"{kind}.{token}", criteria[kind, token]) for token in tokens[kind])
        for kind in KINDS
    }
    return Draft(RuleSet(person=rules[PERSON], company=rules[COMPANY]), tokens, criteria)


def _in_rank(posted: Posted, kind: str) -> tuple[str, ...]:
    tokens = posted.getlist(kind)
    return tuple(sorted(tokens, key=lambda token: posted.get(f"{kind}.{token}.verdict", "") == Verdict.NEVER))


def _rule(posted: Posted, prefix: str, criteria: Sequence[str]) -> Rule:
    return Rule(
        name=(posted.get(f"{prefix}.name", "") or "").strip()[:100],
        criteria=tuple(_criterion(posted, f"{prefix}.{token}") for token in criteria),
        enabled=bool(posted.get(f"{prefix}.enabled", "")),
        verdict=_verdict(posted.get(f"{prefix}.verdict", "") or Verdict.GROUP),
    )


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError as error:
        raise Refused("A rule was not understood. Open the page again.") from error


def _criterion(posted: Posted, prefix: str) -> Criterion:
    threshold = posted.get(f"{prefix}.threshold", "") or ""
    try:
        return Criterion(
            Field(posted.get(f"{prefix}.field", "") or ""),
            Comparison(posted.get(f"{prefix}.comparison", "") or Comparison.EXACT),
            _finite(threshold) if threshold else None,
        )
    except ValueError as error:
        raise Refused("A criterion was not understood. Open the page again.") from error


def _finite(text: str) -> float:
    """Raises ValueError."""
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    return number


def changed(draft: Draft, *, order: str) -> RuleSet:
    """The rules after one button: `up:person:2`, `add-criterion:person:2`, `remove-criterion:person:2:0`, …

    A button that names what is not there (an old page) changes nothing.
    """
    verb, _, rest = order.partition(":")
    kind, _, rest = rest.partition(":")
    token, _, criterion = rest.partition(":")
    if kind not in KINDS:
        return draft.rules
    rules = list(draft.rules.of_kind(kind))
    if verb == "add":
        return _with(draft.rules, kind, [*rules, _new_rule(rules, kind=kind)])
    if token not in draft.tokens[kind]:
        return draft.rules
    spot = draft.tokens[kind].index(token)
    if verb in {"add-criterion", "remove-criterion"}:
        known = draft.criterion_tokens[kind, token]
        rules[spot] = _with_criteria(rules[spot], known, criterion) if criterion else _longer(rules[spot])
        return _with(draft.rules, kind, rules)
    return _with(draft.rules, kind, _moved(rules, spot, verb=verb))


def _moved(rules: list[Rule], spot: int, *, verb: str) -> list[Rule]:
    if verb == "remove":
        return rules[:spot] + rules[spot + 1 :]
    place = spot + {"up": -1, "down": 1}.get(verb, 0)
    if not 0 <= place < len(rules) or is_never(rules[place]) != is_never(rules[spot]):
        return rules
    moved = list(rules)
    moved[spot], moved[place] = moved[place], moved[spot]
    return moved


def is_never(rule: Rule) -> bool:
    return rule.verdict is Verdict.NEVER


def _with(rules: RuleSet, kind: str, of_kind: Sequence[Rule]) -> RuleSet:
    return (
        replace(rules, company=tuple(of_kind)) if kind == COMPANY else replace(rules, person=tuple(of_kind))
    )


def _new_rule(rules: Sequence[Rule], *, kind: str) -> Rule:
    taken = {rule.name.casefold() for rule in rules}
    number = next(n for n in range(1, len(rules) + 2) if f"new rule {n}" not in taken)
    first = Field.LAST_NAME if kind == PERSON else Field.COMPANY_NAME
    return Rule(f"New rule {number}", (Criterion(Field.EMAIL), Criterion(first)), enabled=False)


def _longer(rule: Rule) -> Rule:
    used = {criterion.field for criterion in rule.criteria}
    free = next(
        (field for field in (Field.EMAIL, Field.PHONE, Field.POSTCODE) if field not in used), Field.EMAIL
    )
    return replace(rule, criteria=(*rule.criteria, Criterion(free)))


def _with_criteria(rule: Rule, known: Sequence[str], removed: str) -> Rule:
    kept = (criterion for token, criterion in zip(known, rule.criteria, strict=True) if token != removed)
    return replace(rule, criteria=tuple(kept))


def mended(rules: RuleSet) -> RuleSet:
    """Comparisons that fit their field, thresholds that fit their comparison: what the form can show."""
    return RuleSet(
        person=tuple(_mended_rule(rule) for rule in rules.person),
        company=tuple(_mended_rule(rule) for rule in rules.company),
    )


def _mended_rule(rule: Rule) -> Rule:
    return replace(rule, criteria=tuple(_mended_criterion(criterion) for criterion in rule.criteria))


def _mended_criterion(criterion: Criterion) -> Criterion:
    if criterion.field not in FITTING[criterion.comparison]:
        return Criterion(criterion.field)
    if not _OFFERED[criterion.comparison]:
        return replace(criterion, threshold=None)
    default = _DEFAULT.get(criterion.comparison)
    if criterion.threshold is None or not _plausible(criterion):
        return replace(criterion, threshold=default)
    return criterion


def _plausible(criterion: Criterion) -> bool:
    """A similarity stays below 1, letters and days are whole: told when the comparison was just changed."""
    threshold = criterion.threshold or 0
    if criterion.comparison in {Comparison.SIMILAR, Comparison.NICKNAME}:
        return 0.5 <= threshold <= 1
    return threshold == int(threshold)


def fields_offered(kind: str, criterion: Criterion) -> list[Choice]:
    offered = [field for field in Field if kind == PERSON or field not in PERSON_ONLY_FIELDS]
    return [Choice(field.value, NAMES[field], field is criterion.field) for field in offered]


def comparisons_offered(criterion: Criterion) -> list[Choice]:
    offered = [comparison for comparison in Comparison if criterion.field in FITTING[comparison]]
    return [Choice(one.value, COMPARISONS[one], one is criterion.comparison) for one in offered]


def verdicts_offered(rule: Rule) -> list[Choice]:
    return [Choice(one.value, label, one is rule.verdict) for one, label in VERDICTS.items()]


def thresholds_offered(criterion: Criterion) -> list[Choice]:
    """None where the comparison has none; the value in force is always among them."""
    offered = set(_OFFERED[criterion.comparison])
    if not offered:
        return []
    values = sorted(offered | {criterion.threshold}, key=lambda value: -1 if value is None else value)
    return [
        Choice(
            "" if value is None else f"{value:g}",
            _threshold_label(criterion.comparison, value),
            value == criterion.threshold,
        )
        for value in values
        if value is not None or criterion.comparison is Comparison.NICKNAME
    ]


def _threshold_label(comparison: Comparison, value: float | None) -> str:
    if value is None:
        return "nothing else"
    match comparison:
        case Comparison.FIRST_LETTERS:
            return f"{value:g} letter{'' if value == 1 else 's'}"
        case Comparison.NEAR_DATE:
            return f"at most {value:g} day{'' if value == 1 else 's'} apart"
        case Comparison.NICKNAME:
            return f"or similar, at least {value:g}"
        case _:
            return f"at least {value:g}"
