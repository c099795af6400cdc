"""What people read: explanations, possible duplicates, trials; and the names that stand for each other."""

from __future__ import annotations

from datetime import date

import pytest

from kith.matching.explain import explain_pair
from kith.matching.nickname_groups import same_person_name
from kith.matching.phonetics import sound_key
from kith.matching.possible import resolve_one
from kith.matching.rules import Comparison, Criterion, Field, Rule, RuleSet
from kith.matching.trial import GroupSize, try_rules
from tests.matching.frames import company, frame, person

SHIPPED = RuleSet.shipped()
MAIL = "ann@home.example"


def test_an_explanation_says_in_words_why_a_rule_held() -> None:
    left = person(1, "ann papadopoulos", email=MAIL)
    explanation = explain_pair(left, person(2, "ann papadopulos", email=MAIL), rules=SHIPPED)
    assert explanation.first is not None
    assert explanation.first.words == "Rule 1 'E-mail and last name': same e-mail; last names similar (0.96)"


def test_an_explanation_says_what_is_missing() -> None:
    explanation = explain_pair(person(1, "ann smith", email=MAIL), person(2, "ann smith"), rules=SHIPPED)
    assert not explanation.matches
    assert [held.words for held in explanation.rules[0].missing] == ["no e-mail on one side"]


def test_a_nickname_is_called_one() -> None:
    rule = Rule("Nick", (Criterion(Field.PHONE), Criterion(Field.FIRST_NAME, Comparison.NICKNAME, 0.9)))
    left, right = person(1, "robert smith", phone="+301"), person(2, "bob smith", phone="+301")
    explanation = explain_pair(left, right, rules=RuleSet(person=(rule,), company=()))
    assert explanation.rules[0].words == "Rule 1 'Nick': same phone; first names are nicknames of each other"


def test_swapped_dates_are_named() -> None:
    rule = Rule("Born", (Criterion(Field.BIRTH_DATE, Comparison.NEAR_DATE, 1),))
    left, right = person(1, birth_date=date(1980, 3, 4)), person(2, birth_date=date(1980, 4, 3))
    explanation = explain_pair(left, right, rules=RuleSet(person=(rule,), company=()))
    assert explanation.rules[0].criteria[0].words == "birth dates with day and month swapped"


def test_a37_a_person_and_a_company_are_refused_in_words() -> None:
    explanation = explain_pair(person(1, email=MAIL), company(2, email=MAIL), rules=SHIPPED)
    assert not explanation.matches
    assert explanation.refusal == "A person and a company are never one contact."


def test_a_contact_being_typed_finds_the_certain_before_the_possible() -> None:
    typed = person(0, "ann smith", email=MAIL, phone="+301")
    near = person(1, "ann smith", phone="+309", email="other@x.example")
    certain = person(2, "ann smith", email=MAIL)
    stranger = person(3, "tom jones", email="tom@x.example")
    found = resolve_one(typed, [near, stranger, certain, typed], rules=SHIPPED)
    assert [(duplicate.record_id, duplicate.certain) for duplicate in found] == [(2, True), (1, False)]
    assert found[0].reasons == ("same e-mail", "same last name")
    assert found[1].missing == ("different phones",)


def test_a_trial_counts_pairs_groups_and_sizes() -> None:
    records = frame(
        [
            person(1, "ann smith", email=MAIL),
            person(2, "ann smith", email=MAIL, phone="+301"),
            person(3, "ann smith", phone="+301"),
            person(4, "tom jones"),
        ]
    )
    trial = try_rules(records, rules=SHIPPED)
    assert (trial.records, trial.pairs, trial.groups) == (4, 2, 2)
    assert trial.sizes == (GroupSize(records=1, groups=1), GroupSize(records=3, groups=1))
    assert [(rule.name, rule.pairs, rule.examples) for rule in trial.rules if rule.pairs] == [
        ("E-mail and last name", 1, ((1, 2),)),
        ("Name and phone", 1, ((2, 3),)),
    ]


def test_a_trial_shows_examples_of_a_rule_that_came_second_too() -> None:
    records = frame([person(n, "ann smith", email=MAIL, phone="+301") for n in (1, 2)])
    phone = try_rules(records, rules=SHIPPED).rules[2]
    assert (phone.pairs, phone.first_pairs, phone.examples) == (1, 0, ((1, 2),))


@pytest.mark.parametrize(
    ("left", "right"),
    [("robert", "bob"), ("william", "bill"), ("georgios", "giorgos"), ("elisabeth", "lisa"), ("x", "x")],
)
def test_names_that_stand_for_one_another(left: str, right: str) -> None:
    assert same_person_name(left, right)
    assert same_person_name(right, left)


@pytest.mark.parametrize(
    ("left", "right"), [("robert", "william"), ("anna", "peter"), ("", ""), ("paul", "")]
)
def test_names_that_do_not(left: str, right: str) -> None:
    assert not same_person_name(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [("schmidt", "schmitt"), ("meyer", "maier"), ("papadopoulos", "papadopulos"), ("katz", "cats")],
)
def test_names_that_sound_alike_have_one_sound_key(left: str, right: str) -> None:
    assert sound_key(left) == sound_key(right) != ""


@pytest.mark.parametrize("name", ["", "123", "-"])
def test_what_has_no_sound_has_no_sound_key(name: str) -> None:
    assert sound_key(name) == ""
