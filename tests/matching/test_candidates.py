"""From keys to pairs: each once, blocks beyond the cap cut and reported, ranges as good as one go."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kith.matching.candidates import Candidates, gather
from kith.matching.keys import KeyColumn, KeyKind

Column = list[tuple[int, int]]
"""(record, key)."""
RECORDS = 12
_columns = st.lists(
    st.lists(st.tuples(st.integers(0, RECORDS - 1), st.integers(0, 4)), max_size=25), max_size=3
)


def _gathered(columns: list[Column], *, cap: int = 100) -> Candidates:
    made = (
        KeyColumn(
            KeyKind.NAME,
            np.array([owner for owner, _ in sorted(column)], dtype=np.int64),
            np.array([key for _, key in sorted(column)], dtype=np.int64),
        )
        for column in columns
    )
    return gather(made, records=RECORDS, cap=cap)


def _pairs(found: Candidates, *, low: int = 0, high: int | None = None) -> list[tuple[int, int]]:
    left, right = found.pairs(low=low, high=high)
    return list(zip(left.tolist(), right.tolist(), strict=True))


def _blocks(column: Column) -> list[set[int]]:
    blocks: dict[int, set[int]] = defaultdict(set)
    for owner, key in column:
        blocks[key].add(owner)
    return list(blocks.values())


@given(_columns, st.integers(2, 8))
def test_pairs_are_those_who_share_a_key_each_once_and_sorted(columns: list[Column], cap: int) -> None:
    found = _gathered(columns, cap=cap)
    blocks = [block for column in columns for block in _blocks(column)]
    expected = {pair for block in blocks if len(block) <= cap for pair in combinations(sorted(block), 2)}
    assert _pairs(found) == sorted(expected)
    assert found.made >= len(expected)
    assert found.cut_count == sum(len(block) > cap for block in blocks)
    assert sorted(cut.records for cut in found.cut) == sorted(len(b) for b in blocks if len(b) > cap)


@given(_columns, st.integers(1, 20))
def test_ranges_give_the_same_pairs_as_one_go(columns: list[Column], most: int) -> None:
    found = _gathered(columns)
    ranges = found.ranges(most=most)
    assert [low for low, _ in ranges] == [0, *(high for _, high in ranges[:-1])]
    assert ranges[-1][1] == RECORDS
    assert [pair for low, high in ranges for pair in _pairs(found, low=low, high=high)] == _pairs(found)


def test_a_record_with_one_key_twice_is_no_pair_with_itself() -> None:
    assert _pairs(_gathered([[(3, 1), (3, 1)]])) == []


def test_nothing_gives_nothing() -> None:
    found = gather([], records=0, cap=10)
    assert _pairs(found) == []
    assert found.ranges(most=10) == [(0, 0)]
