"""Deterministic matching rules as data: what people order, switch on and edit on the Matching rules page.

A rule holds on two records when *all* its criteria do. Emptiness never holds. Address criteria of one rule
must hold on the same address of each record. Of the rules that group or ask for review, the first that holds
decides, before the model is asked. A rule of *never* stands above them all: evidence does not bring the two
into one group, directly or through others; a person may.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from kith.matching.records import COMPANY, PERSON


class Field(StrEnum):
    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    LAST_NAME = "last_name"
    FULL_NAME = "full_name"
    COMPANY_NAME = "company_name"
    BIRTH_DATE = "birth_date"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS_LINE = "address_line"
    POSTCODE = "postcode"
    ID_NUMBER = "id_number"
    PASSPORT_NUMBER = "passport_number"
    SOCIAL_SECURITY_NUMBER = "social_security_number"
    VAT_NUMBER = "vat_number"
    REGISTRATION_NUMBER = "registration_number"
    IDENTITY_NUMBER = "identity_number"


class Comparison(StrEnum):
    EXACT = "exact"
    SIMILAR = "similar"
    """Jaro-Winkler similarity of at least the threshold (0 to 1)."""
    NICKNAME = "nickname"
    """The same first name or a nickname of it; with a threshold, similar spelling is enough too."""
    FIRST_LETTERS = "first_letters"
    """The threshold says how many letters."""
    NEAR_DATE = "near_date"
    """At most threshold days apart, or day and month swapped."""
    PHONETIC = "phonetic"
    DIFFERENT = "different"
    """Both known, and not the same in another spelling, form or order: no typing error explains it."""


class Verdict(StrEnum):
    GROUP = "group"
    REVIEW = "review"
    NEVER = "never"


IDENTITY_FIELDS: Final = (
    Field.ID_NUMBER,
    Field.PASSPORT_NUMBER,
    Field.SOCIAL_SECURITY_NUMBER,
    Field.VAT_NUMBER,
    Field.REGISTRATION_NUMBER,
)
NAME_FIELDS: Final = (
    Field.FIRST_NAME,
    Field.MIDDLE_NAME,
    Field.LAST_NAME,
    Field.FULL_NAME,
    Field.COMPANY_NAME,
)
ADDRESS_FIELDS: Final = (Field.ADDRESS_LINE, Field.POSTCODE)
PERSON_ONLY_FIELDS: Final = (
    Field.FIRST_NAME,
    Field.MIDDLE_NAME,
    Field.LAST_NAME,
    Field.FULL_NAME,
    Field.BIRTH_DATE,
    Field.PASSPORT_NUMBER,
    Field.SOCIAL_SECURITY_NUMBER,
)

NAMES: Final[dict[Field, str]] = {
    Field.FIRST_NAME: "first name",
    Field.MIDDLE_NAME: "middle name",
    Field.LAST_NAME: "last name",
    Field.FULL_NAME: "full name",
    Field.COMPANY_NAME: "company name",
    Field.BIRTH_DATE: "birth date",
    Field.EMAIL: "e-mail",
    Field.PHONE: "phone",
    Field.ADDRESS_LINE: "address line",
    Field.POSTCODE: "postcode",
    Field.ID_NUMBER: "ID number",
    Field.PASSPORT_NUMBER: "passport number",
    Field.SOCIAL_SECURITY_NUMBER: "social security number",
    Field.VAT_NUMBER: "VAT number",
    Field.REGISTRATION_NUMBER: "registration number",
    Field.IDENTITY_NUMBER: "identity number",
}

_TEXT_FIELDS: Final = (*NAME_FIELDS, *ADDRESS_FIELDS)
FITTING: Final[dict[Comparison, tuple[Field, ...]]] = {
    Comparison.EXACT: tuple(Field),
    Comparison.SIMILAR: (*_TEXT_FIELDS, Field.EMAIL),
    Comparison.NICKNAME: (Field.FIRST_NAME,),
    Comparison.FIRST_LETTERS: _TEXT_FIELDS,
    Comparison.NEAR_DATE: (Field.BIRTH_DATE,),
    Comparison.PHONETIC: NAME_FIELDS,
    Comparison.DIFFERENT: (
        Field.FIRST_NAME,
        Field.LAST_NAME,
        Field.BIRTH_DATE,
        Field.IDENTITY_NUMBER,
        *IDENTITY_FIELDS,
    ),
}
"""Which fields each comparison makes sense for; anything else is refused."""


@dataclass(frozen=True, slots=True)
class Criterion:
    field: Field
    comparison: Comparison = Comparison.EXACT
    threshold: float | None = None

    @property
    def letters(self) -> int:
        return int(self.threshold or 0)

    @property
    def days(self) -> int:
        return int(self.threshold or 0)

    @property
    def can_block(self) -> bool:
        """Whether pairs that hold it can be found by equality, so that not every pair has to be looked at."""
        match self.comparison:
            case Comparison.SIMILAR | Comparison.DIFFERENT:
                return False
            case Comparison.NICKNAME:
                return self.threshold is None
            case Comparison.FIRST_LETTERS:
                return self.letters >= 3
            case _:
                return True


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    criteria: tuple[Criterion, ...]
    enabled: bool = True
    verdict: Verdict = Verdict.GROUP


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Order is rank: the first rule that holds decides, and the pair is attributed to it."""

    person: tuple[Rule, ...]
    company: tuple[Rule, ...]

    @classmethod
    def shipped(cls) -> Self:
        return cls(person=_SHIPPED_PERSON, company=_SHIPPED_COMPANY)

    def of_kind(self, kind: str) -> tuple[Rule, ...]:
        return self.company if kind == COMPANY else self.person

    def to_json(self) -> str:
        body = {kind: [_rule_as_json(rule) for rule in self.of_kind(kind)] for kind in (PERSON, COMPANY)}
        return json.dumps(body, ensure_ascii=False, indent=2)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises UnreadableRules with a sentence that names the rule."""
        body = _parsed(text)
        unknown = sorted(set(body) - {PERSON, COMPANY})
        if unknown:
            raise UnreadableRules(f"Rules are for persons or companies; {_quoted(unknown)} is neither.")
        return cls(person=_rules_from(body, kind=PERSON), company=_rules_from(body, kind=COMPANY))


class UnreadableRules(ValueError):
    """The text is not a rule set; the sentence may be shown to the user."""


_EXACT, _SIMILAR, _NICKNAME = Comparison.EXACT, Comparison.SIMILAR, Comparison.NICKNAME

# Source: product.md A1 (R1 to R4); the disabled ones are switches a power user may turn on.
_SHIPPED_PERSON: Final = (
    Rule("E-mail and last name", (Criterion(Field.EMAIL), Criterion(Field.LAST_NAME, _SIMILAR, 0.92))),
    Rule(
        "Name and address",
        (
            Criterion(Field.LAST_NAME),
            Criterion(Field.FIRST_NAME, _NICKNAME, 0.9),
            Criterion(Field.POSTCODE),
            Criterion(Field.ADDRESS_LINE, _SIMILAR, 0.9),
        ),
    ),
    Rule(
        "Name and phone",
        (Criterion(Field.LAST_NAME), Criterion(Field.FIRST_NAME, _NICKNAME, 0.9), Criterion(Field.PHONE)),
    ),
    Rule("Same identity number", (Criterion(Field.IDENTITY_NUMBER),)),
    Rule("E-mail alone", (Criterion(Field.EMAIL),), enabled=False),
    Rule(
        "E-mail and first name",
        (Criterion(Field.EMAIL), Criterion(Field.FIRST_NAME, _NICKNAME, 0.9)),
        enabled=False,
    ),
    Rule(
        "E-mail, last name and initial",
        (
            Criterion(Field.EMAIL),
            Criterion(Field.LAST_NAME, _SIMILAR, 0.92),
            Criterion(Field.FIRST_NAME, Comparison.FIRST_LETTERS, 1),
        ),
        enabled=False,
    ),
    Rule(
        "Name and birth date",
        (
            Criterion(Field.LAST_NAME),
            Criterion(Field.FIRST_NAME, _NICKNAME, 0.9),
            Criterion(Field.BIRTH_DATE),
        ),
        enabled=False,
    ),
    *(
        Rule(f"Different {NAMES[field]}s", (Criterion(field, Comparison.DIFFERENT),), verdict=Verdict.NEVER)
        for field in (Field.FIRST_NAME, Field.BIRTH_DATE, Field.IDENTITY_NUMBER)
    ),
)

_SHIPPED_COMPANY: Final = (
    Rule("Same VAT or registration number", (Criterion(Field.IDENTITY_NUMBER),)),
    Rule(
        "Company name and postcode",
        (Criterion(Field.COMPANY_NAME, _SIMILAR, 0.92), Criterion(Field.POSTCODE)),
    ),
    Rule(
        "Company name and e-mail",
        (Criterion(Field.COMPANY_NAME, _SIMILAR, 0.92), Criterion(Field.EMAIL)),
    ),
    Rule(
        "Company name and phone",
        (Criterion(Field.COMPANY_NAME, _SIMILAR, 0.92), Criterion(Field.PHONE)),
    ),
    Rule("E-mail alone", (Criterion(Field.EMAIL),), enabled=False),
    Rule(
        "Different identity numbers",
        (Criterion(Field.IDENTITY_NUMBER, Comparison.DIFFERENT),),
        verdict=Verdict.NEVER,
    ),
)


def validate(rules: RuleSet) -> tuple[str, ...]:
    """Every problem in words; a rule that is switched off is checked too, since it can be switched on."""
    problems: list[str] = []
    for kind in (PERSON, COMPANY):
        names: set[str] = set()
        for rule in rules.of_kind(kind):
            problems += _rule_problems(rule, kind=kind)
            if rule.name.casefold() in names:
                problems.append(f"Two {kind} rules are named '{rule.name}'.")
            names.add(rule.name.casefold())
    return tuple(problems)


def _rule_problems(rule: Rule, *, kind: str) -> list[str]:
    name = f"Rule '{rule.name}'"
    problems = [] if rule.name.strip() else [f"A {kind} rule has no name."]
    if not rule.criteria:
        return [*problems, f"{name} has no criterion, so it would join everybody."]
    for criterion in rule.criteria:
        problems += [f"{name}: {problem}" for problem in _criterion_problems(criterion, kind=kind)]
    if rule.verdict is not Verdict.NEVER and not any(criterion.can_block for criterion in rule.criteria):
        problems.append(
            f"{name} has only loose criteria; add one that must be the same "
            "(exact, sounds alike, near date, nickname, or at least three first letters)."
        )
    if len(set(rule.criteria)) < len(rule.criteria):
        problems.append(f"{name} says the same criterion twice.")
    return problems


def _criterion_problems(criterion: Criterion, *, kind: str) -> list[str]:
    field, comparison = criterion.field, criterion.comparison
    problems = []
    if kind == COMPANY and field in PERSON_ONLY_FIELDS:
        problems.append(f"a company has no {NAMES[field]}.")
    if field not in FITTING[comparison]:
        problems.append(f"{NAMES[field]} cannot be compared as '{comparison.value}'.")
    limits = _LIMITS[comparison]
    if limits is None:
        return (
            problems if criterion.threshold is None else [*problems, "an exact comparison has no threshold."]
        )
    low, high = limits
    if criterion.threshold is None:
        optional = comparison is Comparison.NICKNAME
        return problems if optional else [*problems, f"{NAMES[field]} needs a threshold."]
    if not low <= criterion.threshold <= high:
        problems.append(f"the threshold of {NAMES[field]} must be between {low:g} and {high:g}.")
    elif comparison in _WHOLE and criterion.threshold != int(criterion.threshold):
        problems.append(f"the threshold of {NAMES[field]} must be a whole number.")
    return problems


_WHOLE: Final = (Comparison.FIRST_LETTERS, Comparison.NEAR_DATE)
_LIMITS: Final[dict[Comparison, tuple[float, float] | None]] = {
    Comparison.EXACT: None,
    Comparison.SIMILAR: (0.5, 1.0),
    Comparison.NICKNAME: (0.5, 1.0),
    Comparison.FIRST_LETTERS: (1, 20),
    Comparison.NEAR_DATE: (0, 366),
    Comparison.PHONETIC: None,
    Comparison.DIFFERENT: None,
}


def describe(rule: Rule) -> str:
    """One sentence, without the rule's name: 'same e-mail, and last name similar (at least 0.92)'."""
    if not rule.criteria:
        return "no criterion"
    return ", and ".join(describe_criterion(criterion) for criterion in rule.criteria)


def describe_criterion(criterion: Criterion) -> str:
    name, threshold = NAMES[criterion.field], criterion.threshold
    match criterion.comparison:
        case Comparison.EXACT:
            return f"same {name}"
        case Comparison.SIMILAR:
            return f"{name} similar (at least {threshold:g})"
        case Comparison.NICKNAME if threshold is None:
            return f"{name} the same or a nickname"
        case Comparison.NICKNAME:
            return f"{name} the same, a nickname or similar (at least {threshold:g})"
        case Comparison.FIRST_LETTERS:
            return f"first {criterion.letters} letters of {name} the same"
        case Comparison.NEAR_DATE:
            return f"{name} at most {criterion.days} days apart, or day and month swapped"
        case Comparison.PHONETIC:
            return f"{name} sounds alike"
        case Comparison.DIFFERENT:
            return f"different {name}s"


_RuleJson = dict[str, object]


def _rule_as_json(rule: Rule) -> _RuleJson:
    criteria = [
        {"field": criterion.field.value, "comparison": criterion.comparison.value}
        | ({} if criterion.threshold is None else {"threshold": criterion.threshold})
        for criterion in rule.criteria
    ]
    return {
        "name": rule.name,
        "enabled": rule.enabled,
        "verdict": rule.verdict.value,
        "criteria": criteria,
    }


def _parsed(text: str) -> _RuleJson:
    try:
        body = json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableRules(f"This is not JSON: line {error.lineno}, column {error.colno}.") from error
    if not isinstance(body, dict):
        raise UnreadableRules("A rule set is an object with 'person' and 'company'.")
    return body


def _rules_from(body: _RuleJson, *, kind: str) -> tuple[Rule, ...]:
    entries = body.get(kind, [])
    if not isinstance(entries, list):
        raise UnreadableRules(f"The {kind} rules must be a list.")
    return tuple(_rule_from(entry, kind=kind, position=n) for n, entry in enumerate(entries, start=1))


def _rule_from(entry: object, *, kind: str, position: int) -> Rule:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise UnreadableRules(f"The {kind} rule at position {position} has no name.")
    name = entry["name"]
    _refuse_unknown(entry, known=("name", "enabled", "verdict", "criteria"), rule=name)
    enabled, criteria = entry.get("enabled", True), entry.get("criteria", [])
    if not isinstance(enabled, bool) or not isinstance(criteria, list):
        raise UnreadableRules(f"Rule '{name}': 'enabled' must be true or false and 'criteria' a list.")
    verdict = entry.get("verdict", Verdict.GROUP.value)
    if verdict not in list(Verdict):
        raise UnreadableRules(f"Rule '{name}': there is no verdict '{verdict}'.")
    read = tuple(_criterion_from(criterion, rule=name) for criterion in criteria)
    return Rule(name, read, enabled, Verdict(verdict))


def _criterion_from(entry: object, *, rule: str) -> Criterion:
    if not isinstance(entry, dict):
        raise UnreadableRules(f"Rule '{rule}': a criterion must have a field and a comparison.")
    _refuse_unknown(entry, known=("field", "comparison", "threshold"), rule=rule)
    field, comparison, threshold = entry.get("field"), entry.get("comparison"), entry.get("threshold")
    if field not in list(Field):
        raise UnreadableRules(f"Rule '{rule}': there is no field '{field}' to compare.")
    if comparison not in list(Comparison):
        raise UnreadableRules(f"Rule '{rule}': there is no comparison '{comparison}'.")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float | None):
        raise UnreadableRules(f"Rule '{rule}': the threshold must be a number.")
    return Criterion(Field(field), Comparison(comparison), None if threshold is None else float(threshold))


def _refuse_unknown(entry: _RuleJson, *, known: tuple[str, ...], rule: str) -> None:
    unknown = sorted(set(entry) - set(known))
    if unknown:
        raise UnreadableRules(f"Rule '{rule}': unknown word {_quoted(unknown)}.")


def _quoted(words: list[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)
