"""Promise 7: which GroupID a cluster keeps."""

from __future__ import annotations

from collections import Counter

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching.survival import MEMBERSHIP, Survival, assign

Row = tuple[int, int | None]
"""(cluster, old group); the record id is the position."""


def _assign(
    rows: list[Row], *, heads: frozenset[int] = frozenset(), named: frozenset[int] = frozenset()
) -> Survival:
    records = [
        {
            "record_id": n,
            "cluster": cluster,
            "old_group": old,
            "heads_old_group": n in heads,
            "heads_cluster": n in named,
        }
        for n, (cluster, old) in enumerate(rows)
    ]
    return assign(pa.Table.from_pylist(records, schema=MEMBERSHIP), next_id=1000)


def _kept(survival: Survival) -> dict[int, int]:
    table = survival.clusters
    return dict(zip(table.column("cluster").to_pylist(), table.column("group_id").to_pylist(), strict=True))


def _retired(survival: Survival) -> dict[int, int]:
    table = survival.retired
    return dict(zip(table.column("group_id").to_pylist(), table.column("successor").to_pylist(), strict=True))


def test_new_records_get_new_group_ids_in_order() -> None:
    survival = _assign([(5, None), (2, None), (5, None)])
    assert _kept(survival) == {2: 1000, 5: 1001}
    assert survival.next_id == 1002


def test_a_merged_cluster_keeps_the_group_id_of_the_majority() -> None:
    survival = _assign([(0, 7), (0, 9), (0, 9), (0, None)])
    assert _kept(survival) == {0: 9}
    assert _retired(survival) == {7: 9}


def test_a_tie_goes_to_the_named_master() -> None:
    assert _kept(_assign([(0, 7), (0, 9)], named=frozenset({1}))) == {0: 9}


def test_a_tie_without_master_goes_to_the_oldest() -> None:
    assert _kept(_assign([(0, 9), (0, 7)])) == {0: 7}


def test_a_split_group_stays_with_the_larger_part() -> None:
    assert _kept(_assign([(0, 7), (1, 7), (1, 7)])) == {0: 1000, 1: 7}


def test_an_even_split_stays_with_the_master_record() -> None:
    assert _kept(_assign([(0, 7), (1, 7)], heads=frozenset({1}))) == {0: 1000, 1: 7}


def test_an_even_split_without_master_stays_with_the_first_record() -> None:
    assert _kept(_assign([(0, 7), (1, 7)])) == {0: 7, 1: 1000}


def test_nothing_in_gives_nothing_out() -> None:
    survival = _assign([])
    assert (survival.clusters.num_rows, survival.retired.num_rows, survival.next_id) == (0, 0, 1000)


_rows = st.lists(st.tuples(st.integers(0, 6), st.one_of(st.none(), st.integers(1, 6))), max_size=25)


@settings(max_examples=60, deadline=None)
@given(_rows)
def test_no_group_id_is_given_twice_and_every_old_one_is_kept_or_leads_on(rows: list[Row]) -> None:
    survival = _assign(rows)
    kept, retired = _kept(survival), _retired(survival)
    assert max(Counter(kept.values()).values(), default=1) == 1
    assert set(kept) == {cluster for cluster, _ in rows}
    old = {group for _, group in rows if group is not None}
    survivors = set(kept.values()) & old
    assert survivors.isdisjoint(retired)
    assert survivors | set(retired) == old
    assert set(retired.values()) <= set(kept.values())


@settings(max_examples=40, deadline=None)
@given(_rows)
def test_running_again_without_a_change_changes_no_group_id(rows: list[Row]) -> None:
    kept = _kept(_assign(rows))
    again = _assign([(cluster, kept[cluster]) for cluster, _ in rows])
    assert _kept(again) == kept
    assert _retired(again) == {}
