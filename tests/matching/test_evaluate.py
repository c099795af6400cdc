from __future__ import annotations

from itertools import combinations

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching.evaluate import Scores, evaluate


def _scores(rows: list[tuple[int, int]]) -> Scores:
    """(person, cluster) per record."""
    ids = pa.array(range(len(rows)), pa.int64())
    truth = pa.table({"record_id": ids, "person": pa.array([p for p, _ in rows], pa.int64())})
    clusters = pa.table({"record_id": ids, "cluster": pa.array([c for _, c in rows], pa.int64())})
    return evaluate(truth, clusters)


def test_a_perfect_grouping_scores_one() -> None:
    scores = _scores([(1, 1), (1, 1), (2, 3)])
    assert (scores.precision, scores.recall, scores.f1, scores.bcubed_f1) == (1, 1, 1, 1)
    assert (scores.persons, scores.groups) == (2, 2)


def test_nothing_at_all_scores_one() -> None:
    assert _scores([]).f1 == 1


def test_grouping_nobody_has_precision_but_no_recall() -> None:
    scores = _scores([(1, 1), (1, 2)])
    assert (scores.precision, scores.recall, scores.f1) == (1, 0, 0)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=14))
def test_scores_equal_their_definition_pair_by_pair_and_record_by_record(rows: list[tuple[int, int]]) -> None:
    scores = _scores(rows)
    true = {(a, b) for a, b in combinations(range(len(rows)), 2) if rows[a][0] == rows[b][0]}
    found = {(a, b) for a, b in combinations(range(len(rows)), 2) if rows[a][1] == rows[b][1]}
    assert scores.precision == pytest.approx(len(true & found) / len(found) if found else 1)
    assert scores.recall == pytest.approx(len(true & found) / len(true) if true else 1)

    def cell(row: tuple[int, int], side: int) -> float:
        return rows.count(row) / sum(other[side] == row[side] for other in rows)

    assert scores.bcubed_precision == pytest.approx(sum(cell(row, 1) for row in rows) / len(rows))
    assert scores.bcubed_recall == pytest.approx(sum(cell(row, 0) for row in rows) / len(rows))
