from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching import deciding
from kith.matching.comparable import Comparable, comparables
from kith.matching.evidence import (
    Cancelled,
    EngineOptions,
    Progress,
    Recipe,
    UnusableRules,
    facts_of,
    find_evidence,
    resolve,
)
from kith.matching.figures import Figures, count
from kith.matching.prepared import prepare
from kith.matching.rules import Comparison, Criterion, Field, Rule, RuleSet, Verdict
from tests.matching.drawn import drawn_records
from tests.matching.frames import all_pairs, careful, company, evidence_of, frame, joined, person, rules_only

SHIPPED = RuleSet.shipped()
MAIL = "ann@home.example"
HOME = ("12 high street", "n16xy")


def _counted(records: list[Comparable]) -> Figures:
    return count(prepare(frame(records)), frequent_records=12, frequent_names=8)


def _rule(*criteria: Criterion, verdict: Verdict = Verdict.GROUP) -> Recipe:
    return rules_only(RuleSet(person=(Rule("Tried", criteria, verdict=verdict),), company=()))


def test_k6_two_records_equal_in_email_and_last_name_are_one() -> None:
    records = [person(1, "ann smith", email=MAIL), person(2, "annie smith", email=MAIL)]
    assert joined(evidence_of(records)) == {(1, 2)}


def test_k6_a_shared_email_alone_leaves_two_contacts() -> None:
    records = [person(1, "ann smith", email=MAIL), person(2, "tom jones", email=MAIL)]
    assert joined(evidence_of(records)) == set()


def test_k6_by_the_rules_a_shared_email_and_first_name_leave_two() -> None:
    records = [person(1, "ann smith", email=MAIL), person(2, "ann jones", email=MAIL)]
    assert joined(evidence_of(records, recipe=rules_only(SHIPPED))) == set()


def test_a1_the_switch_makes_a_shared_email_enough_but_not_for_two_first_names() -> None:
    switched = tuple(
        replace(rule, enabled=True) if rule.name == "E-mail alone" else rule for rule in SHIPPED.person
    )
    recipe = rules_only(replace(SHIPPED, person=switched))
    records = [
        person(1, "ann smith", email=MAIL),
        person(2, "ann jones", email=MAIL),
        person(3, "peter", email=MAIL),
    ]
    assert joined(evidence_of(records, recipe=recipe)) == {(1, 2)}


def test_a_family_of_one_name_and_one_email_is_not_joined() -> None:
    family = [person(n, f"{first} smith", email=MAIL) for n, first in enumerate(("ann", "peter", "tom"))]
    for rules in (SHIPPED, careful()):
        assert joined(evidence_of(family, recipe=replace(Recipe.shipped(), rules=rules))) == set()


def test_careful_rules_still_join_a_married_name_and_an_initial() -> None:
    records = [
        person(1, "ann smith", email=MAIL),
        person(2, "annie braun", email=MAIL),
        person(3, "a smith", email=MAIL),
    ]
    assert joined(evidence_of(records, recipe=rules_only(careful()))) == {(1, 2), (1, 3)}


def test_k7_a_pair_that_meets_only_the_second_rule_is_joined_by_it() -> None:
    pairs = evidence_of([person(1, "ann smith", address=HOME), person(2, "ann smith", address=HOME)]).pairs
    assert pairs.column("rule").to_pylist() == [1]


def test_k7_two_missing_phones_do_not_match() -> None:
    records = [person(1, "ann smith"), person(2, "ann smith", phones=("",))]
    assert joined(evidence_of(records)) == set()


def test_k7_one_equal_phone_of_three_is_enough() -> None:
    records = [
        person(1, "ann smith", phones=("+301", "+302", "+303")),
        person(2, "ann smith", phones=("+304", "+303", "+305")),
    ]
    assert joined(evidence_of(records, recipe=rules_only(SHIPPED))) == {(1, 2)}


def test_k7_the_first_of_several_rules_that_hold_is_named() -> None:
    records = [person(n, "ann smith", email=MAIL, phone="+301") for n in (1, 2)]
    assert evidence_of(records).pairs.column("rule").to_pylist() == [0]


@pytest.mark.parametrize("others", [0, 500])
def test_k8_names_alone_do_not_match_when_all_else_is_blank(others: int) -> None:
    records = [person(n, f"first{n} last{n}") for n in range(3, 3 + others)]
    records = [person(1, "ann smith"), person(2, "ann smith"), *records]
    clusters, evidence = resolve(frame(records))
    assert clusters.table.num_rows == len(set(clusters.table.column("cluster").to_pylist()))
    assert evidence.pairs.column("groups").to_pylist() == [False]


def test_names_alone_are_enough_where_the_installation_says_so() -> None:
    recipe = Recipe.shipped()
    recipe = replace(recipe, guards=replace(recipe.guards, names_alone=True))
    assert joined(evidence_of([person(1, "ann smith"), person(2, "ann smith")], recipe=recipe)) == {(1, 2)}


def test_a37_a_person_and_a_company_are_never_a_pair() -> None:
    same = {"email": MAIL, "vat_number": "EL1", "phone": "+301"}
    records = [person(1, "ann smith", **same), company(2, "ann smith", **same)]
    assert evidence_of(records).pairs.num_rows == 0


def test_k11_a_chain_by_two_rules_keeps_the_rule_of_each_link() -> None:
    records = [
        person(1, "ann smith", email=MAIL),
        person(2, "ann smith", email=MAIL, phone="+301"),
        person(3, "ann smith", phone="+301"),
    ]
    pairs = evidence_of(records, recipe=rules_only(SHIPPED)).pairs.to_pylist()
    assert [(pair["left_id"], pair["right_id"], pair["rule"]) for pair in pairs] == [(1, 2, 0), (2, 3, 2)]


def test_a_rule_of_review_is_kept_and_groups_nobody() -> None:
    records = [person(1, "ann smith", email=MAIL), person(2, "ann jones", email=MAIL)]
    evidence = evidence_of(records, recipe=_rule(Criterion(Field.EMAIL), verdict=Verdict.REVIEW))
    assert evidence.pairs.column("rule").to_pylist() == [0]
    assert joined(evidence) == set()


def test_rules_with_problems_are_not_run() -> None:
    with pytest.raises(UnusableRules, match="no criterion"):
        evidence_of([], recipe=_rule())


def test_no_records_make_no_pairs() -> None:
    clusters, evidence = resolve(frame([]))
    assert (evidence.pairs.num_rows, evidence.report.records, clusters.table.num_rows) == (0, 0, 0)


def test_records_of_which_nothing_is_known_make_no_pairs() -> None:
    assert evidence_of([*(person(n) for n in range(5)), company(7), company(8)]).pairs.num_rows == 0


def test_progress_ends_at_the_total_and_cancelling_stops() -> None:
    seen: list[Progress] = []
    facts, recipe = facts_of(frame([person(1), person(2)]), Figures.none()), Recipe.shipped()
    find_evidence(facts, recipe=recipe, figures=Figures.none(), progress=seen.append)
    assert seen[-1].done == seen[-1].total
    options = EngineOptions(cancelled=lambda: True)
    with pytest.raises(Cancelled):
        find_evidence(facts, recipe=recipe, figures=Figures.none(), options=options)


def test_a_switchboard_phone_is_ignored_and_only_counted() -> None:
    crowd = [person(n, f"ann name{n}", phone="+30999", email=f"{n}@x.example") for n in range(1, 21)]
    twice = [person(30, "ann smith", phone="+30999"), person(31, "ann smith", phone="+30999")]
    evidence = evidence_of([*crowd, *twice], recipe=rules_only(SHIPPED), figures=_counted([*crowd, *twice]))
    assert evidence.pairs.num_rows == 0
    assert evidence.report.ignored == 1
    assert "30999" not in repr(evidence.report)


def test_an_email_of_one_person_with_many_records_is_not_a_switchboard() -> None:
    records = [person(n, "ann smith", email=MAIL) for n in range(1, 21)]
    evidence = evidence_of(records, figures=_counted(records))
    assert len(joined(evidence)) == 20 * 19 / 2
    assert evidence.report.ignored == 0


def test_a_flood_is_cut_counted_and_reported_by_record_not_by_value() -> None:
    flood = [person(n, "ann smith", email=MAIL) for n in range(300)]
    evidence = evidence_of(flood)
    assert evidence.pairs.num_rows == 0
    assert {(cut.kind.value, cut.records, cut.example_record_id) for cut in evidence.report.cut} == {
        ("email", 300, 0),
        ("name", 300, 0),
    }
    assert evidence.report.cut_count == 2
    assert MAIL not in repr(evidence.report)


NEAR = Criterion(Field.BIRTH_DATE, Comparison.NEAR_DATE, 3)


@pytest.mark.parametrize(
    ("left", "right", "is_near"),
    [
        (date(1980, 3, 4), date(1980, 3, 7), True),
        (date(1980, 3, 4), date(1980, 3, 8), False),
        (date(1980, 3, 4), date(1980, 4, 3), True),
        (date(1979, 12, 31), date(1980, 1, 2), True),
        (date(1980, 3, 4), date(1981, 4, 3), False),
    ],
)
def test_near_dates_are_found_across_any_border(left: date, right: date, *, is_near: bool) -> None:
    records = [person(1, birth_date=left), person(2, birth_date=right)]
    assert bool(joined(evidence_of(records, recipe=_rule(NEAR)))) is is_near


_S, _N, _L, _P = Comparison.SIMILAR, Comparison.NICKNAME, Comparison.FIRST_LETTERS, Comparison.PHONETIC
ODD_RULES = (
    (Criterion(Field.FIRST_NAME, _N), Criterion(Field.LAST_NAME, _S, 0.8)),
    (NEAR, Criterion(Field.FIRST_NAME, _N)),
    (Criterion(Field.LAST_NAME, _L, 4), Criterion(Field.FIRST_NAME, _L, 1)),
    (Criterion(Field.LAST_NAME, _P), Criterion(Field.EMAIL, _S, 0.9)),
    (Criterion(Field.FULL_NAME), Criterion(Field.COMPANY_NAME, _S, 0.8)),
    (Criterion(Field.EMAIL), Criterion(Field.PHONE)),
    (Criterion(Field.POSTCODE, _L, 3), Criterion(Field.EMAIL)),
    (Criterion(Field.ADDRESS_LINE, _L, 6), Criterion(Field.FIRST_NAME, _P)),
    (Criterion(Field.MIDDLE_NAME), Criterion(Field.PASSPORT_NUMBER)),
    (Criterion(Field.POSTCODE), Criterion(Field.ADDRESS_LINE, _S, 0.9)),
    (Criterion(Field.BIRTH_DATE),),
)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.lists(drawn_records(), min_size=2, max_size=14), st.sampled_from(ODD_RULES))
def test_no_pair_on_which_a_rule_holds_is_missed_whatever_its_fields(
    drawn: list[Comparable], criteria: tuple[Criterion, ...]
) -> None:
    records = [replace(record, record_id=n, kind="person") for n, record in enumerate(drawn)]
    recipe = _rule(*criteria)
    pairs = all_pairs(records)
    held = deciding.rule_holds(recipe.rules.person[0], pairs)
    expected = set(zip(pairs.left[held].tolist(), pairs.right[held].tolist(), strict=True))
    assert joined(evidence_of(records, recipe=recipe)) == expected


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.lists(drawn_records(), min_size=2, max_size=25), st.randoms(use_true_random=False))
def test_promise_3_the_order_in_which_records_arrive_changes_nothing(
    drawn: list[Comparable], shuffler: random.Random
) -> None:
    records = [replace(record, record_id=n) for n, record in enumerate(drawn)]
    options = EngineOptions(max_block_size=5, frequent_records=4, frequent_names=2)
    once = resolve(frame(records), options=options)
    shuffler.shuffle(records)
    again = resolve(frame(records), options=options)
    assert once[0].table.equals(again[0].table)
    assert once[1].pairs.equals(again[1].pairs)


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.lists(drawn_records(), min_size=2, max_size=25), st.data())
def test_promise_4_evidence_of_some_is_the_evidence_of_all_that_touches_them(
    drawn: list[Comparable], data: st.DataObject
) -> None:
    records = [replace(record, record_id=n) for n, record in enumerate(drawn)]
    size = len(records)
    chosen = np.array(data.draw(st.lists(st.booleans(), min_size=size, max_size=size)), dtype=np.bool_)
    figures, recipe = _counted(records), Recipe.shipped()
    facts = facts_of(frame(records), figures)
    everything = find_evidence(facts, recipe=recipe, figures=figures).pairs
    some = find_evidence(facts, recipe=recipe, figures=figures, among=chosen).pairs
    touched = [pair for pair in everything.to_pylist() if chosen[pair["left_id"]] or chosen[pair["right_id"]]]
    assert some.to_pylist() == touched


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.lists(drawn_records(), min_size=3, max_size=25), st.data())
def test_promise_4_a_pair_weighs_the_same_among_all_and_among_few(
    drawn: list[Comparable], data: st.DataObject
) -> None:
    records = [replace(record, record_id=n) for n, record in enumerate(drawn)]
    few = sorted(data.draw(st.sets(st.sampled_from(range(len(records))), min_size=2)))
    figures = _counted(records)
    everything = evidence_of(records, figures=figures).pairs
    some = evidence_of([records[n] for n in few], figures=figures).pairs
    inside = [pair for pair in everything.to_pylist() if {pair["left_id"], pair["right_id"]} <= set(few)]
    assert some.to_pylist() == inside


def test_a_row_comes_back_from_a_table_as_the_same_comparable() -> None:
    record = person(7, "ann smith", email=MAIL, birth_date=date(1980, 1, 1), address=("12 high street", "n1"))
    assert comparables(frame([record])) == (record,)
