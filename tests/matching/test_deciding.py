"""Rules and model together: who decides, and that a rule of never stands above both."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kith.matching.comparable import Comparable
from kith.matching.evidence import Recipe, resolve
from kith.matching.figures import Figures
from kith.matching.judge import judge
from kith.matching.rules import Comparison, Criterion, Field, Rule, RuleSet, Verdict
from tests.matching.frames import company, frame, person, rules_only

MAIL = "ann@home.example"
ANN = person(1, "ann smith", email=MAIL)
PETER = person(2, "peter smith", email=MAIL)
BY_MAIL = (Criterion(Field.EMAIL),)
TWO_NAMES = Rule(
    "Two first names", (Criterion(Field.FIRST_NAME, Comparison.DIFFERENT),), verdict=Verdict.NEVER
)


def _judged(left: Comparable, right: Comparable, *rules: Rule) -> str:
    recipe = rules_only(RuleSet(person=rules, company=()))
    return judge(left, right, recipe=recipe, figures=Figures.none())


def _by_shipped(left: Comparable, right: Comparable) -> str:
    return judge(left, replace(right, record_id=2), recipe=Recipe.shipped(), figures=Figures.none())


@pytest.mark.parametrize(
    ("verdict", "outcome"),
    [(Verdict.GROUP, "group"), (Verdict.REVIEW, "review"), (Verdict.NEVER, "different")],
)
def test_the_verdict_of_the_rule_is_what_happens(verdict: Verdict, outcome: str) -> None:
    assert _judged(ANN, PETER, Rule("Mail", BY_MAIL, verdict=verdict)) == outcome


def test_the_first_rule_that_holds_decides() -> None:
    ask, group = Rule("Ask", BY_MAIL, verdict=Verdict.REVIEW), Rule("Group", BY_MAIL)
    assert _judged(ANN, PETER, ask, group) == "review"
    assert _judged(ANN, PETER, group, ask) == "group"


def test_a_rule_of_never_stands_above_a_rule_that_groups_wherever_it_stands() -> None:
    group = Rule("Mail", BY_MAIL)
    assert _judged(ANN, PETER, group, TWO_NAMES) == "different"
    assert _judged(ANN, PETER, TWO_NAMES, group) == "different"
    assert _judged(ANN, PETER, group, replace(TWO_NAMES, enabled=False)) == "group"


def test_a_rule_of_never_stands_above_the_model() -> None:
    born = date(1990, 5, 5)
    paul = person(1, "paul smith", email=MAIL, phone="+302101234567", birth_date=born)
    emma = person(2, "emma smith", email=MAIL, phone="+302101234567", birth_date=born)
    assert _by_shipped(paul, emma) == "different"
    assert _by_shipped(paul, replace(emma, first_key="paul")) == "group"


def test_one_identity_number_on_two_who_contradict_each_other_is_shown_to_a_person() -> None:
    one = person(1, "ann smith", passport_number="X12345")
    assert _by_shipped(one, person(2, "peter jones", passport_number="X12345")) == "review"


def test_the_model_decides_where_no_rule_holds() -> None:
    born = date(1980, 3, 4)
    one = person(1, "georgios papadopoulos", birth_date=born, address=("12 high street", "n16xy"))
    moved = person(2, "giorgos papadopoulos", birth_date=born, address=("3 low lane", "e17aa"))
    assert _by_shipped(one, moved) == "group"
    assert _by_shipped(one, person(2, "maria jones", birth_date=date(1951, 12, 30))) == "different"


def test_a37_a_person_and_a_company_are_different() -> None:
    assert _by_shipped(ANN, company(name="smith", email=MAIL)) == "different"


def test_two_who_contradict_each_other_do_not_come_together_through_a_third() -> None:
    nameless = person(3, " smith", email=MAIL)
    clusters, evidence = resolve(frame([ANN, PETER, nameless]), recipe=Recipe.shipped())
    found = dict(
        zip(*(clusters.table.column(name).to_pylist() for name in ("record_id", "cluster")), strict=True)
    )
    assert found[1] != found[2]
    assert evidence.pairs.num_rows == 2
    assert clusters.doubts.column("doubt").to_pylist() == ["contradiction"]


@pytest.mark.parametrize(
    "field", [Field.FIRST_NAME, Field.LAST_NAME, Field.BIRTH_DATE, Field.ID_NUMBER, Field.IDENTITY_NUMBER]
)
def test_every_rule_of_never_is_looked_for_inside_a_group(field: Field) -> None:
    never = Rule("Never", (Criterion(field, Comparison.DIFFERENT),), verdict=Verdict.NEVER)
    recipe = rules_only(
        RuleSet(person=(Rule("Mail", BY_MAIL), Rule("Phone", (Criterion(Field.PHONE),)), never), company=())
    )
    one = {"email": MAIL, "birth_date": date(1980, 3, 4), "id_number": "A12345"}
    two = {"phone": "+302101234567", "birth_date": date(1951, 12, 30), "id_number": "B98765"}
    between = person(2, email=MAIL, phone="+302101234567")
    clusters, _ = resolve(
        frame([person(1, "ann smith", **one), between, person(3, "peter jones", **two)]), recipe=recipe
    )
    found = clusters.table.column("cluster").to_pylist()
    assert found[0] != found[2]


def test_a_rule_of_never_on_last_names_alone_is_looked_for_too() -> None:
    never = Rule("Never", (Criterion(Field.LAST_NAME, Comparison.DIFFERENT),), verdict=Verdict.NEVER)
    recipe = rules_only(RuleSet(person=(Rule("Mail", BY_MAIL), never), company=()))
    records = [
        person(1, "ann smith", email=MAIL),
        person(2, "ann", email=MAIL),
        person(3, "ann jones", email=MAIL),
    ]
    clusters, _ = resolve(frame(records), recipe=recipe)
    found = clusters.table.column("cluster").to_pylist()
    assert found[0] != found[2]
