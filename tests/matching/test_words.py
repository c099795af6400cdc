"""What people read: explanations, possible duplicates, trials; and the names that stand for each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching.comparable import Comparable
from kith.matching.evidence import Recipe
from kith.matching.explain import GroupExplanation, PairExplanation, explain_group, explain_pair
from kith.matching.figures import Figures, count
from kith.matching.nickname_groups import same_person_name
from kith.matching.phonetics import sound_key
from kith.matching.possible import resolve_one
from kith.matching.prepared import prepare
from kith.matching.rules import Comparison, Criterion, Field, Rule, RuleSet, Verdict
from kith.matching.trial import GroupSize, try_recipe
from tests.matching.drawn import drawn_records
from tests.matching.frames import company, frame, person, rules_only

SHIPPED = Recipe.shipped()
NONE = Figures.none()
MAIL = "ann@home.example"
PHONE = "+302101234567"


def _explained(left: Comparable, right: Comparable, *rules: Rule) -> PairExplanation:
    recipe = replace(SHIPPED, rules=RuleSet(person=rules, company=())) if rules else SHIPPED
    return explain_pair(left, right, recipe=recipe, figures=NONE)


# --- a pair


def test_an_explanation_says_in_words_why_a_rule_held() -> None:
    left = person(1, "ann papadopoulos", email=MAIL)
    explained = _explained(left, person(2, "ann papadopulos", email=MAIL))
    assert explained.deciding is not None
    assert explained.deciding.words == "Rule 1 'E-mail and last name': same e-mail; last names similar (0.96)"
    assert explained.why == explained.deciding.words + "."
    assert explained.verdict == "group"


def test_an_explanation_says_what_is_missing() -> None:
    explained = _explained(person(1, "ann smith", email=MAIL), person(2, "ann smith"))
    assert explained.deciding is None
    assert [held.words for held in explained.rules[0].missing] == ["no e-mail on one side"]


def test_a_nickname_is_called_one() -> None:
    rule = Rule("Nick", (Criterion(Field.PHONE), Criterion(Field.FIRST_NAME, Comparison.NICKNAME, 0.9)))
    left, right = person(1, "robert smith", phone="+301"), person(2, "bob smith", phone="+301")
    words = _explained(left, right, rule).rules[0].words
    assert words == "Rule 1 'Nick': same phone; first names are nicknames of each other"


@pytest.mark.parametrize(
    ("right", "words"),
    [
        (date(1980, 3, 4), "same birth date"),
        (date(1980, 4, 3), "birth dates with day and month swapped"),
        (date(1980, 3, 14), "birth dates 10 days apart"),
        (None, "no birth date on one side"),
    ],
)
def test_near_dates_are_named(right: date | None, words: str) -> None:
    rule = Rule("Born", (Criterion(Field.BIRTH_DATE, Comparison.NEAR_DATE, 1),))
    explained = _explained(person(1, birth_date=date(1980, 3, 4)), person(2, birth_date=right), rule)
    assert explained.rules[0].criteria[0].words == words


def test_one_rule_never_mixes_two_addresses_and_tells_of_the_nearest() -> None:
    rule = Rule("Home", (Criterion(Field.POSTCODE), Criterion(Field.ADDRESS_LINE)))
    left = person(1, street_keys=("1 road", "2 lane"), postcode_keys=("aa1", "bb2"))
    explained = _explained(left, person(2, address=("1 road", "bb2")), rule)
    assert not explained.rules[0].held
    assert sorted(held.held for held in explained.rules[0].criteria) == [False, True]
    assert _explained(left, person(2, address=("2 lane", "bb2")), rule).rules[0].held
    homeless = _explained(left, person(2), rule).rules[0]
    assert [held.words for held in homeless.criteria] == [
        "no postcode on one side",
        "no address line on one side",
    ]


def test_a37_a_person_and_a_company_are_refused_in_words() -> None:
    explained = _explained(person(1, email=MAIL), company(2, email=MAIL))
    assert (explained.verdict, explained.rules, explained.steps) == ("different", (), ())
    assert explained.refusal == explained.why == "A person and a company are never one contact."


def test_the_waterfall_adds_up_and_names_each_step() -> None:
    born = date(1980, 3, 4)
    left = person(1, "robert smith", email=MAIL, phone=PHONE, birth_date=born)
    explained = _explained(left, person(2, "bob smith", email=MAIL, phone="+302109999999", birth_date=born))
    assert explained.weight == pytest.approx(
        explained.prior + sum(step.bits for step in explained.steps), abs=0.001
    )
    assert explained.prior_words == "before looking: 1 in 500"
    words = {step.field.value: step.words for step in explained.steps}
    assert words["first_name"] == "first names are nicknames of each other"
    assert words["birth_date"] == "same birth date"
    assert words["phone"] == "different phones"
    assert words["address"] == "no address on either side"
    assert explained.probability == pytest.approx(1, abs=0.001)


@settings(max_examples=40, deadline=None)
@given(drawn_records(), drawn_records())
def test_an_explanation_shows_no_value_of_a_record(left: Comparable, right: Comparable) -> None:
    right = replace(right, record_id=2)
    explained = _explained(left, right)
    told = [explained.why, *(step.words for step in explained.steps), *(r.words for r in explained.rules)]
    values = {*left.emails, *right.emails, *left.street_keys, left.last_key, right.last_key, left.first_key}
    for value in values - {"", "a", "ann"}:
        assert not any(value in words for words in told)


def test_rare_and_common_names_are_called_so() -> None:
    crowd = [person(n, "maria smith") for n in range(500)]
    figures = count(prepare(frame(crowd)), frequent_records=12, frequent_names=8)

    def last_name(name: str) -> str:
        explained = explain_pair(person(1, name), person(2, name), recipe=SHIPPED, figures=figures)
        return next(step.frequency for step in explained.steps if step.field == "last_name")

    assert last_name("maria smith") == "a common last name"
    assert (
        explain_pair(person(1, "zoe quartz"), person(2, "zoe quartz"), recipe=SHIPPED, figures=NONE)
        .steps[2]
        .frequency
        == "a rare last name"
    )


def test_a_phone_shared_by_many_is_told_as_ignored() -> None:
    crowd = [person(n, f"ann name{n}", phone=PHONE) for n in range(20)]
    figures = count(prepare(frame(crowd)), frequent_records=12, frequent_names=8)
    explained = explain_pair(
        person(1, "ann smith", phone=PHONE),
        person(2, "ann smith", phone=PHONE),
        recipe=SHIPPED,
        figures=figures,
    )
    said = "same phone, shared by many, ignored"
    assert said in [step.words for step in explained.steps]
    assert said in explained.rules[2].words
    assert explained.deciding is None


def test_a_contradiction_is_named_and_stands_above_the_rule() -> None:
    explained = _explained(person(1, "ann smith", email=MAIL), person(2, "peter smith", email=MAIL))
    assert explained.deciding is not None
    assert [rule.rule.name for rule in explained.contradictions] == ["Different first names"]
    assert explained.verdict == "different"
    assert (
        explained.why == "Rule 9 'Different first names': different first names. This rule keeps them apart."
    )


def test_names_alone_are_told_as_not_enough() -> None:
    explained = _explained(person(1, "zoe quartz"), person(2, "zoe quartz"))
    assert (explained.by_model, explained.verdict) == ("group", "review")
    assert "nothing beyond the names agrees" in explained.why


def test_a_rule_that_asks_is_told_as_asking() -> None:
    rule = Rule("Ask", (Criterion(Field.EMAIL),), verdict=Verdict.REVIEW)
    explained = _explained(person(1, "ann smith", email=MAIL), person(2, "ann smith", email=MAIL), rule)
    assert explained.verdict == "review"
    assert explained.why == "Rule 1 'Ask': same e-mail. This rule asks a person."


# --- a group


def _group(*records: Comparable) -> GroupExplanation:
    recipe = rules_only(RuleSet.shipped())
    return explain_group(records, recipe=recipe, figures=NONE)


def test_k11_a_group_shows_its_edges_and_the_bridge_between_its_two_parts() -> None:
    explained = _group(
        person(4, "ann smith", phone=PHONE),
        person(1, "ann smith", email=MAIL),
        person(2, "ann smith", email=MAIL, phone=PHONE, id_number="A12345"),
        person(3, "ann smith", email=MAIL, id_number="A12345"),
    )
    assert [(edge.left_id, edge.right_id, edge.rule) for edge in explained.edges] == [
        (1, 2, "E-mail and last name"),
        (1, 3, "E-mail and last name"),
        (2, 3, "E-mail and last name"),
        (2, 4, "Name and phone"),
    ]
    assert [edge.holds_together for edge in explained.edges] == [True, True, False, True]
    assert explained.bridge is not None
    assert (explained.bridge.left, explained.bridge.right) == ((1, 2, 3), (4,))
    assert (
        explained.bridge.edge.words == "Rule 3 'Name and phone': same last name; same first name; same phone."
    )
    assert explained.parts == ((1, 2, 3, 4),)
    assert explained.contradictions == ()


def test_a_group_that_holds_in_two_ways_has_no_bridge() -> None:
    assert _group(*(person(n, "ann smith", email=MAIL) for n in (1, 2, 3))).bridge is None


def test_a_group_that_people_made_shows_its_parts_and_what_contradicts() -> None:
    explained = _group(person(1, "ann smith", email=MAIL), person(2, "peter smith", email=MAIL), person(3))
    assert explained.parts == ((1,), (2,), (3,))
    (forbidden,) = explained.contradictions
    assert (forbidden.left_id, forbidden.right_id) == (1, 2)
    assert forbidden.rules == ("Different first names",)
    assert forbidden.words == "different first names"


@pytest.mark.parametrize("records", [[], [person(1, "ann smith")]])
def test_a_group_of_one_or_none_has_no_edges(records: list[Comparable]) -> None:
    explained = explain_group(records, recipe=SHIPPED, figures=NONE)
    assert (explained.edges, explained.bridge, explained.contradictions) == ((), None, ())


# --- one record against a few


def test_a_contact_being_typed_finds_the_certain_before_the_possible() -> None:
    typed = person(0, "ann smith", email=MAIL, phone="+302101111111")
    near = person(1, "ann smith", phone="+302102222222", email="other@x.example")
    certain = person(2, "ann smith", email=MAIL)
    family = person(4, "tom smith", email=MAIL)
    stranger = person(3, "tom jones", email="tom@x.example")
    found = resolve_one(
        typed, [near, stranger, family, certain, typed, company(5, email=MAIL)], recipe=SHIPPED, figures=NONE
    )
    assert [(duplicate.record_id, duplicate.certain) for duplicate in found] == [
        (2, True),
        (1, False),
        (4, False),
    ]
    assert found[0].reasons == ("same e-mail", "same last name")
    assert set(found[1].missing) == {"different phones", "different e-mails"}
    assert "different first names" in found[2].missing


def test_what_is_found_carries_its_weight_and_its_evidence() -> None:
    typed, other = person(0, "ann smith", email=MAIL), person(7, "ann smith", email=MAIL)
    (found,) = resolve_one(typed, [other], recipe=SHIPPED, figures=NONE)
    explained = explain_pair(typed, other, recipe=SHIPPED, figures=NONE)
    assert (found.weight, found.probability) == (explained.weight, explained.probability)
    assert found.evidence == explained.steps


@settings(max_examples=25, deadline=None)
@given(drawn_records(), st.lists(drawn_records(), max_size=6))
def test_one_record_against_many_is_judged_as_pair_by_pair(
    typed: Comparable, others: list[Comparable]
) -> None:
    others = [replace(other, record_id=n) for n, other in enumerate(others, start=1)]
    found = resolve_one(typed, others, recipe=SHIPPED, figures=NONE)
    explained = {
        n: explain_pair(typed, other, recipe=SHIPPED, figures=NONE) for n, other in enumerate(others, 1)
    }
    for duplicate in found:
        assert duplicate.certain == (explained[duplicate.record_id].verdict == "group")
        assert duplicate.weight == explained[duplicate.record_id].weight
    missed = set(explained) - {duplicate.record_id for duplicate in found}
    assert all(explained[n].verdict == "different" for n in missed)


def test_nobody_is_found_among_nobody() -> None:
    assert resolve_one(person(0, "ann smith"), [], recipe=SHIPPED, figures=NONE) == ()


# --- a trial


def test_a_trial_counts_pairs_groups_and_sizes() -> None:
    records = frame(
        [
            person(1, "ann smith", email=MAIL),
            person(2, "ann smith", email=MAIL, phone=PHONE),
            person(3, "ann smith", phone=PHONE),
            person(4, "tom jones"),
        ]
    )
    trial = try_recipe(records, recipe=rules_only(RuleSet.shipped()))
    assert (trial.records, trial.pairs, trial.groups) == (4, 2, 2)
    assert trial.sizes == (GroupSize(records=1, groups=1), GroupSize(records=3, groups=1))
    assert [(rule.name, rule.pairs, rule.examples) for rule in trial.rules if rule.pairs] == [
        ("E-mail and last name", 1, ((1, 2),)),
        ("Name and phone", 1, ((2, 3),)),
    ]


def test_a_trial_shows_examples_of_a_rule_that_came_second_too() -> None:
    records = frame([person(n, "ann smith", email=MAIL, phone=PHONE) for n in (1, 2)])
    phone = try_recipe(records, recipe=SHIPPED).rules[2]
    assert (phone.pairs, phone.first_pairs, phone.examples) == (1, 0, ((1, 2),))


def test_a_trial_shows_what_the_model_does_by_itself_and_near_its_threshold() -> None:
    born = date(1980, 3, 4)
    twice = [
        person(n, f"ann {last}", email=MAIL, birth_date=born) for n, last in enumerate(("smith", "jones"), 1)
    ]
    named = [person(n, "zoe quartz") for n in (3, 4)]
    persons, companies = try_recipe(frame([*twice, *named]), recipe=SHIPPED).models
    assert (persons.grouped, persons.just_grouped) == (1, ((1, 2),))
    assert (persons.asked, persons.just_asked) == (1, ((3, 4),))
    assert (companies.grouped, companies.asked) == (0, 0)


def test_a_trial_counts_doubts() -> None:
    records = [
        person(1, "ann smith", email=MAIL),
        person(2, " smith", email=MAIL),
        person(3, "tom smith", email=MAIL),
    ]
    assert try_recipe(frame(records), recipe=SHIPPED).doubts == {"contradiction": 1}


# --- names


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
