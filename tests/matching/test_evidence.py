from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching.clusters import cluster
from kith.matching.comparable import Comparable, comparables
from kith.matching.evidence import (
    Cancelled,
    EngineOptions,
    Evidence,
    Progress,
    UnusableRules,
    find_evidence,
)
from kith.matching.explain import explain_pair
from kith.matching.rules import Comparison, Criterion, Field, Rule, RuleSet
from tests.matching.drawn import drawn_records
from tests.matching.frames import company, frame, person

SHIPPED = RuleSet.shipped()
MAIL = "ann@home.example"


def _found(evidence: Evidence) -> set[tuple[int, int]]:
    pairs = evidence.pairs
    return set(zip(pairs.column("left_id").to_pylist(), pairs.column("right_id").to_pylist(), strict=True))


def _rule(*criteria: Criterion, name: str = "Tried") -> RuleSet:
    return RuleSet(person=(Rule(name, criteria),), company=())


def test_k6_two_records_equal_in_email_and_last_name_are_one() -> None:
    records = frame([person(1, "ann smith", email=MAIL), person(2, "annie smith", email=MAIL)])
    assert _found(find_evidence(records, rules=SHIPPED)) == {(1, 2)}


def test_k6_a_shared_email_alone_leaves_two_contacts() -> None:
    records = frame([person(1, "ann smith", email=MAIL), person(2, "ann jones", email=MAIL)])
    assert _found(find_evidence(records, rules=SHIPPED)) == set()


def test_a1_the_switch_makes_a_shared_email_enough() -> None:
    switched = tuple(
        replace(rule, enabled=True) if rule.name == "E-mail alone" else rule for rule in SHIPPED.person
    )
    records = frame([person(1, "ann smith", email=MAIL), person(2, "tom jones", email=MAIL)])
    assert _found(find_evidence(records, rules=replace(SHIPPED, person=switched))) == {(1, 2)}


def test_a_family_of_one_name_and_one_email_is_joined_unless_the_rules_are_careful() -> None:
    family = frame(
        [person(n, f"{first} smith", email=MAIL) for n, first in enumerate(("ann", "peter", "tom"))]
    )
    assert len(_found(find_evidence(family, rules=SHIPPED))) == 3
    assert _found(find_evidence(family, rules=RuleSet.careful())) == set()


def test_careful_rules_still_join_a_married_name_and_an_initial() -> None:
    ann = [person(1, "ann smith", email=MAIL), person(2, "annie braun", email=MAIL)]
    initial = person(3, "a smith", email=MAIL)
    assert _found(find_evidence(frame([*ann, initial]), rules=RuleSet.careful())) == {(1, 2), (1, 3)}


def test_k7_a_pair_that_meets_only_the_second_rule_is_joined_by_it() -> None:
    home = ("12 high street", "n16xy")
    records = frame([person(1, "ann smith", address=home), person(2, "ann smith", address=home)])
    pairs = find_evidence(records, rules=SHIPPED).pairs
    assert pairs.column("rule").to_pylist() == [1]
    assert pairs.column("rules").to_pylist() == [[1]]


def test_k7_two_missing_phones_do_not_match() -> None:
    records = frame([person(1, "ann smith"), person(2, "ann smith", phones=("",))])
    assert _found(find_evidence(records, rules=SHIPPED)) == set()


def test_k7_one_equal_phone_of_three_is_enough() -> None:
    records = frame(
        [
            person(1, "ann smith", phones=("+301", "+302", "+303")),
            person(2, "ann smith", phones=("+304", "+303", "+305")),
        ]
    )
    assert _found(find_evidence(records, rules=SHIPPED)) == {(1, 2)}


def test_k7_the_first_of_several_rules_that_hold_is_named() -> None:
    records = frame(
        [person(1, "ann smith", email=MAIL, phone="+301"), person(2, "ann smith", email=MAIL, phone="+301")]
    )
    pairs = find_evidence(records, rules=SHIPPED).pairs
    assert pairs.column("rule").to_pylist() == [0]
    assert pairs.column("rules").to_pylist() == [[0, 2]]


def test_k8_names_alone_do_not_match_when_all_else_is_blank() -> None:
    records = frame([person(1, "ann smith"), person(2, "ann smith")])
    assert _found(find_evidence(records, rules=SHIPPED)) == set()


def test_a37_a_person_and_a_company_are_never_a_pair() -> None:
    same = {"email": MAIL, "vat_number": "EL1", "phone": "+301"}
    records = frame([person(1, "ann smith", **same), company(2, "ann smith", **same)])
    assert _found(find_evidence(records, rules=SHIPPED)) == set()


def test_k11_a_chain_by_two_rules_keeps_the_rule_of_each_link() -> None:
    records = frame(
        [
            person(1, "ann smith", email=MAIL),
            person(2, "ann smith", email=MAIL, phone="+301"),
            person(3, "ann smith", phone="+301"),
        ]
    )
    pairs = find_evidence(records, rules=SHIPPED).pairs.to_pylist()
    assert [(pair["left_id"], pair["right_id"], pair["rule"]) for pair in pairs] == [(1, 2, 0), (2, 3, 2)]


def test_rules_with_problems_are_not_run() -> None:
    with pytest.raises(UnusableRules, match="no criterion"):
        find_evidence(frame([]), rules=_rule())


def test_no_records_make_no_pairs() -> None:
    evidence = find_evidence(frame([]), rules=SHIPPED)
    assert evidence.pairs.num_rows == 0
    assert evidence.report.records == 0


def test_records_may_arrive_in_batches() -> None:
    table = frame([person(n, "ann smith", email=MAIL) for n in range(1, 5)])
    evidence = find_evidence(table.to_reader(max_chunksize=2), rules=SHIPPED)
    assert len(_found(evidence)) == 6


def test_progress_ends_at_the_total_and_cancelling_stops() -> None:
    seen: list[Progress] = []
    records = frame([person(1), person(2)])
    find_evidence(records, rules=SHIPPED, progress=seen.append)
    assert seen[-1].done == seen[-1].total
    with pytest.raises(Cancelled):
        find_evidence(records, rules=SHIPPED, options=EngineOptions(cancelled=lambda: len(seen) > 0))


def test_a_switchboard_phone_is_ignored_and_only_counted() -> None:
    crowd = [person(n, f"ann name{n}", phone="+30999", email=f"{n}@x.example") for n in range(1, 21)]
    twice = [person(30, "ann smith", phone="+30999"), person(31, "ann smith", phone="+30999")]
    evidence = find_evidence(frame([*crowd, *twice]), rules=SHIPPED)
    assert _found(evidence) == set()
    assert [(f.field, f.values, f.records) for f in evidence.report.frequent] == [("phones", 1, 22)]
    assert "30999" not in repr(evidence.report)


def test_an_email_of_one_person_with_many_records_is_not_a_switchboard() -> None:
    evidence = find_evidence(frame([person(n, "ann smith", email=MAIL) for n in range(1, 21)]), rules=SHIPPED)
    assert evidence.pairs.num_rows == 20 * 19 / 2
    assert evidence.report.frequent == ()


@pytest.mark.slow
def test_a_flood_of_equal_records_neither_explodes_nor_falls_apart() -> None:
    flood = frame([person(n, "ann smith", email=MAIL) for n in range(20_000)])
    evidence = find_evidence(flood, rules=SHIPPED)
    assert evidence.pairs.num_rows == 19_999
    cut = evidence.report.cut_blocks[0]
    assert (cut.records, cut.chained, cut.fields) == (20_000, True, ("email",))
    assert MAIL not in repr(evidence.report)


@pytest.mark.slow
def test_a_flood_of_few_names_is_still_joined_by_what_the_rule_compares() -> None:
    flood = frame([person(n, f"ann{n % 5} smith", email=MAIL) for n in range(5_000)])
    evidence = find_evidence(flood, rules=SHIPPED)
    joined = cluster(
        record_ids=flood.column("record_id"),
        kinds=flood.column("kind"),
        pairs=evidence.pairs,
        together=[],
        apart=[],
    )
    assert joined.table.column("cluster").unique().to_pylist() == [0]


@pytest.mark.slow
def test_a_flood_of_different_people_with_one_email_gives_no_pair() -> None:
    flood = frame([person(n, f"ann smith{n % 500}", email=MAIL) for n in range(20_000)])
    assert find_evidence(flood, rules=SHIPPED).pairs.num_rows == 0


def test_a_large_block_is_narrowed_to_equal_first_names_and_reported() -> None:
    crowd = [person(n, f"{'anna' if n % 2 else 'peter'} smith", phone="+301") for n in range(40)]
    options = EngineOptions(max_block_size=30)
    evidence = find_evidence(frame(crowd), rules=SHIPPED, options=options)
    assert evidence.pairs.num_rows == 2 * (20 * 19 / 2)
    assert [(cut.records, cut.chained) for cut in evidence.report.cut_blocks] == [(40, False)]


NEAR = Criterion(Field.BIRTH_DATE, Comparison.NEAR_DATE, 3)


@pytest.mark.parametrize(
    ("left", "right", "joined"),
    [
        (date(1980, 3, 4), date(1980, 3, 7), True),
        (date(1980, 3, 4), date(1980, 3, 8), False),
        (date(1980, 3, 4), date(1980, 4, 3), True),
        (date(1979, 12, 31), date(1980, 1, 2), True),
        (date(1980, 3, 4), date(1981, 4, 3), False),
    ],
)
def test_near_dates_are_found_across_any_border(left: date, right: date, *, joined: bool) -> None:
    records = frame([person(1, birth_date=left), person(2, birth_date=right)])
    assert bool(_found(find_evidence(records, rules=_rule(NEAR)))) is joined


# --- the set-based engine and the explanation of one pair are one thing

_S, _N, _L, _P = Comparison.SIMILAR, Comparison.NICKNAME, Comparison.FIRST_LETTERS, Comparison.PHONETIC
EVERY_COMPARISON = RuleSet(
    person=(
        *(replace(rule, enabled=True) for rule in SHIPPED.person),
        Rule("nickname", (Criterion(Field.FIRST_NAME, _N), Criterion(Field.LAST_NAME, _S, 0.8))),
        Rule("near date", (NEAR, Criterion(Field.FIRST_NAME, _N))),
        Rule("letters", (Criterion(Field.LAST_NAME, _L, 4), Criterion(Field.FIRST_NAME, _L, 1))),
        Rule("phonetic", (Criterion(Field.LAST_NAME, _P), Criterion(Field.EMAIL, _S, 0.9))),
        Rule("full name", (Criterion(Field.FULL_NAME), Criterion(Field.COMPANY_NAME, _S, 0.8))),
        Rule("full name similar", (Criterion(Field.FULL_NAME, _S, 0.9), Criterion(Field.PHONE))),
        Rule("two lists", (Criterion(Field.EMAIL), Criterion(Field.PHONE))),
        Rule("letters of a place", (Criterion(Field.POSTCODE, _L, 3), Criterion(Field.EMAIL))),
        Rule("letters of a street", (Criterion(Field.ADDRESS_LINE, _L, 6), Criterion(Field.FIRST_NAME, _P))),
        Rule("middle", (Criterion(Field.MIDDLE_NAME), Criterion(Field.PASSPORT_NUMBER))),
    ),
    company=tuple(replace(rule, enabled=True) for rule in SHIPPED.company),
)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(st.lists(drawn_records(), min_size=2, max_size=30))
def test_the_explanation_holds_exactly_where_the_engine_found_the_pair(drawn: list[Comparable]) -> None:
    records = [replace(record, record_id=n) for n, record in enumerate(drawn)]
    never = EngineOptions(max_block_size=10_000, frequent_records=10_000)
    found = find_evidence(frame(records), rules=EVERY_COMPARISON, options=never).pairs.to_pylist()
    explained = {}
    for left, right in combinations(records, 2):
        rules = explain_pair(left, right, rules=EVERY_COMPARISON).rules
        if held := [rule.position for rule in rules if rule.held]:
            explained[left.record_id, right.record_id] = held
    assert {(pair["left_id"], pair["right_id"]): pair["rules"] for pair in found} == explained
    assert all(pair["rule"] == pair["rules"][0] for pair in found)


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(st.lists(drawn_records(), min_size=2, max_size=40), st.randoms(use_true_random=False))
def test_the_order_in_which_records_arrive_changes_nothing(
    drawn: list[Comparable], shuffler: random.Random
) -> None:
    records = [replace(record, record_id=n) for n, record in enumerate(drawn)]
    options = EngineOptions(max_block_size=5, frequent_records=4, frequent_names=2)
    once = find_evidence(frame(records), rules=EVERY_COMPARISON, options=options)
    shuffler.shuffle(records)
    again = find_evidence(frame(records), rules=EVERY_COMPARISON, options=options)
    assert once.pairs.equals(again.pairs)


def test_a_row_comes_back_from_a_table_as_the_same_comparable() -> None:
    record = person(7, "ann smith", email=MAIL, birth_date=date(1980, 1, 1), address=("12 high street", "n1"))
    assert comparables(frame([record])) == (record,)
