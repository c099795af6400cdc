from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kith.stewardship.review.priority import DOUBTFUL, FACTS, with_priority

PLAIN: dict[str, Any] = {
    "kind": "pair",
    "weight": 0.0,
    "left_refs": 1,
    "right_refs": 1,
    "transactions": 0,
    "money": 0.0,
    "crosses_protection": False,
    "contradictions": 0,
}


def said(**facts: object) -> dict[str, Any]:
    return with_priority(pl.DataFrame([PLAIN | facts], schema=FACTS)).to_dicts()[0]


def test_even_odds_between_two_lone_system_refs_are_the_measure() -> None:
    found = said()
    assert (found["probability"], found["uncertainty"], found["harm"], found["priority"]) == (0.5, 1, 1, 1)


def test_what_is_nearly_plain_is_less_pressing_than_what_nobody_knows() -> None:
    assert said(weight=0.5)["priority"] > said(weight=4.0)["priority"] > said(weight=9.0)["priority"]


@pytest.mark.parametrize(
    "more",
    [
        {"left_refs": 4},
        {"right_refs": 2},
        {"transactions": 3},
        {"money": 900.0},
        {"crosses_protection": True},
        {"contradictions": 1},
    ],
)
def test_whatever_a_wrong_answer_would_cost_more_makes_it_more_pressing(more: dict[str, object]) -> None:
    assert said(**more)["harm"] > said()["harm"]
    assert said(**more)["priority"] > said()["priority"]


def test_what_the_engine_did_not_dare_stays_doubtful_however_strong_the_evidence() -> None:
    sure = {kind: said(kind=kind, weight=30.0)["uncertainty"] for kind in DOUBTFUL}
    assert sure == pytest.approx(DOUBTFUL)


@given(
    weight=st.floats(-1100, 1100),
    refs=st.tuples(st.integers(0, 10_000), st.integers(0, 10_000)),
    transactions=st.integers(0, 10**7),
    money=st.floats(0, 1e12),
    kind=st.sampled_from(sorted(DOUBTFUL)),
)
def test_every_question_has_a_place_in_the_order(
    weight: float, refs: tuple[int, int], transactions: int, money: float, kind: str
) -> None:
    found = said(
        weight=weight,
        left_refs=refs[0],
        right_refs=refs[1],
        transactions=transactions,
        money=money,
        kind=kind,
    )
    assert 0 <= found["probability"] <= 1
    assert 0 < found["uncertainty"] <= 1
    assert found["harm"] >= 1
    assert found["priority"] == pytest.approx(found["harm"] * found["uncertainty"])
