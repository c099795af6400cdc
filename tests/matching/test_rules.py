from __future__ import annotations

import json

import pytest

from kith.matching.rules import (
    Comparison,
    Criterion,
    Field,
    Rule,
    RuleSet,
    UnreadableRules,
    describe,
    validate,
)
from tests.matching.frames import careful

MAIL_RULE = Rule("Mail", (Criterion(Field.EMAIL),))


def _persons(*rules: Rule) -> RuleSet:
    return RuleSet(person=rules, company=())


def test_the_shipped_rules_have_no_problem() -> None:
    assert validate(RuleSet.shipped()) == ()
    assert validate(careful()) == ()


def test_a1_a_lone_shared_email_is_shipped_as_a_switch_that_is_off() -> None:
    switches = [rule for rule in RuleSet.shipped().person if rule.criteria == (Criterion(Field.EMAIL),)]
    assert [rule.enabled for rule in switches] == [False]


def test_rules_come_back_from_json_as_they_were() -> None:
    shipped = RuleSet.shipped()
    assert RuleSet.from_json(shipped.to_json()) == shipped


@pytest.mark.parametrize(
    ("criteria", "sentence"),
    [
        ((), "has no criterion"),
        ((Criterion(Field.LAST_NAME, Comparison.SIMILAR, 0.9),), "only loose criteria"),
        ((Criterion(Field.EMAIL), Criterion(Field.LAST_NAME, Comparison.SIMILAR, 1.2)), "between 0.5 and 1"),
        ((Criterion(Field.EMAIL), Criterion(Field.LAST_NAME, Comparison.SIMILAR)), "needs a threshold"),
        ((Criterion(Field.EMAIL), Criterion(Field.BIRTH_DATE, Comparison.PHONETIC)), "cannot be compared"),
        ((Criterion(Field.BIRTH_DATE, Comparison.NEAR_DATE, 1.5),), "whole number"),
        ((Criterion(Field.EMAIL), Criterion(Field.EMAIL)), "the same criterion twice"),
        ((Criterion(Field.EMAIL, Comparison.EXACT, 0.9),), "has no threshold"),
        ((Criterion(Field.LAST_NAME, Comparison.FIRST_LETTERS, 2),), "only loose criteria"),
    ],
)
def test_a_bad_rule_is_refused_in_words_that_name_it(criteria: tuple[Criterion, ...], sentence: str) -> None:
    problems = validate(_persons(Rule("Wrong", criteria)))
    assert any(sentence in problem and "'Wrong'" in problem for problem in problems)


def test_two_rules_of_one_name_are_refused() -> None:
    assert validate(_persons(MAIL_RULE, Rule("mail", (Criterion(Field.PHONE),)))) == (
        "Two person rules are named 'mail'.",
    )


def test_a_company_rule_cannot_ask_for_a_birth_date() -> None:
    rules = RuleSet(person=(), company=(Rule("Born", (Criterion(Field.BIRTH_DATE),)),))
    assert validate(rules) == ("Rule 'Born': a company has no birth date.",)


def test_a_rule_without_a_name_is_refused() -> None:
    assert validate(_persons(Rule(" ", (Criterion(Field.EMAIL),)))) == ("A person rule has no name.",)


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("{", "not JSON"),
        ("[]", "an object"),
        ('{"animal": []}', "'animal' is neither"),
        ('{"person": [{"criteria": []}]}', "position 1 has no name"),
        ('{"person": [{"name": "A", "weight": 3}]}', "Rule 'A': unknown word 'weight'"),
        (
            '{"person": [{"name": "A", "criteria": [{"field": "shoe", "comparison": "exact"}]}]}',
            "no field 'shoe'",
        ),
        ('{"person": [{"name": "A", "criteria": [{"field": "email", "comparison": "magic"}]}]}', "'magic'"),
        (
            '{"person": [{"name": "A", "criteria": '
            '[{"field": "email", "comparison": "similar", "threshold": "x"}]}]}',
            "must be a number",
        ),
        ('{"person": [{"name": "A", "enabled": "no"}]}', "true or false"),
        ('{"person": {"name": "A"}}', "must be a list"),
    ],
)
def test_unreadable_rules_are_refused_with_a_sentence(body: str, sentence: str) -> None:
    with pytest.raises(UnreadableRules, match=sentence):
        RuleSet.from_json(body)


def test_a_rule_reads_as_a_sentence() -> None:
    assert describe(RuleSet.shipped().person[0]) == "same e-mail, and last name similar (at least 0.92)"


def test_json_keeps_the_order_of_rules() -> None:
    body = json.loads(_persons(MAIL_RULE, Rule("B", (Criterion(Field.PHONE),))).to_json())
    assert [rule["name"] for rule in body["person"]] == ["Mail", "B"]
