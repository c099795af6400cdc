"""Clustering against a slow, separately written reference, on random graphs (promises 2, 3 and 9)."""

from __future__ import annotations

import random
from itertools import combinations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching.clusters import Clustering, cluster
from kith.matching.evidence import PAIRS

Link = tuple[int, int]


def _cluster(
    ids: list[int],
    *,
    evidence: list[tuple[int, int, int]],
    together: list[Link] | None = None,
    apart: list[Link] | None = None,
    companies: frozenset[int] = frozenset(),
) -> Clustering:
    rows = [
        {"left_id": a, "right_id": b, "kind": "person", "rule": rule, "rules": [rule]}
        for a, b, rule in evidence
    ]
    return cluster(
        record_ids=pa.array(ids, pa.int64()),
        kinds=pa.array(["company" if n in companies else "person" for n in ids], pa.string()),
        pairs=pa.Table.from_pylist(rows, schema=PAIRS),
        together=together or [],
        apart=apart or [],
    )


def _of(clustering: Clustering) -> dict[int, int]:
    table = clustering.table
    return dict(zip(table.column("record_id").to_pylist(), table.column("cluster").to_pylist(), strict=True))


def _reference(
    ids: list[int],
    evidence: list[tuple[int, int, int]],
    together: list[Link],
    apart: list[Link],
    companies: frozenset[int],
) -> dict[int, int]:
    """Sets of records, joined one link at a time over the whole graph, every constraint checked in full."""
    forbidden = {frozenset(link) for link in apart}
    group = {n: {n} for n in ids}

    def may_join(one: set[int], other: set[int]) -> bool:
        mixed = len({n in companies for n in one | other}) > 1
        return not mixed and not any(frozenset((a, b)) in forbidden for a in one for b in other)

    ordered = sorted({(min(link), max(link)) for link in together})
    ranked = sorted((rule, min(a, b), max(a, b)) for a, b, rule in evidence)
    for a, b in [*ordered, *((a, b) for _, a, b in ranked)]:
        if group[a] is not group[b] and may_join(group[a], group[b]):
            group[a] |= group[b]
            for member in group[b]:
                group[member] = group[a]
    return {n: min(group[n]) for n in ids}


_node = st.integers(0, 11).map(lambda n: n * 7 + 1)
_link = st.tuples(_node, _node).filter(lambda link: link[0] != link[1])
_links = st.lists(_link, max_size=8)
_evidence = st.lists(
    st.tuples(_link, st.integers(0, 3)).map(lambda drawn: (*drawn[0], drawn[1])), max_size=25
)
_companies = st.frozensets(_node, max_size=2)
IDS = [n * 7 + 1 for n in range(12)]


@settings(max_examples=300, deadline=None)
@given(_evidence, _links, _links, _companies)
def test_the_fast_way_gives_the_same_groups_as_the_slow_one(
    evidence: list[tuple[int, int, int]], together: list[Link], apart: list[Link], companies: frozenset[int]
) -> None:
    found = _of(_cluster(IDS, evidence=evidence, together=together, apart=apart, companies=companies))
    assert found == _reference(IDS, evidence, together, apart, companies)


@settings(max_examples=200, deadline=None)
@given(_evidence, _links, _links, _companies)
def test_promise_2_and_9_hold_whatever_the_evidence(
    evidence: list[tuple[int, int, int]], together: list[Link], apart: list[Link], companies: frozenset[int]
) -> None:
    clustering = _cluster(IDS, evidence=evidence, together=together, apart=apart, companies=companies)
    found = _of(clustering)
    assert all(found[a] != found[b] for a, b in apart)
    assert all(found[a] != found[b] for a, b in combinations(IDS, 2) if (a in companies) != (b in companies))
    broken = {tuple(sorted(c.together)) for c in clustering.contradictions}
    assert {tuple(sorted(link)) for link in together if found[link[0]] != found[link[1]]} == broken


@settings(max_examples=200, deadline=None)
@given(_links, _links)
def test_a_contradiction_shows_a_chain_of_links_between_two_kept_apart(
    together: list[Link], apart: list[Link]
) -> None:
    links = {frozenset(link) for link in together}
    for found in _cluster(IDS, evidence=[], together=together, apart=apart).contradictions:
        assert frozenset(found.apart) in {frozenset(link) for link in apart}
        assert {found.chain[0], found.chain[-1]} == set(found.apart)
        steps = list(zip(found.chain, found.chain[1:], strict=False))
        assert all(frozenset(step) in links for step in steps)
        assert frozenset(found.together) in {frozenset(step) for step in steps}


@settings(max_examples=100, deadline=None)
@given(_evidence, _links, _links, st.randoms(use_true_random=False))
def test_promise_3_order_of_arrival_changes_nothing(
    evidence: list[tuple[int, int, int]], together: list[Link], apart: list[Link], shuffler: random.Random
) -> None:
    once = _cluster(IDS, evidence=evidence, together=together, apart=apart)
    ids = list(IDS)
    for values in (ids, evidence, together, apart):
        shuffler.shuffle(values)
    swapped = [(b, a, rule) for a, b, rule in evidence]
    again = _cluster(ids, evidence=swapped, together=together, apart=apart)
    assert once.table.equals(again.table)
    assert once.contradictions == again.contradictions


def test_matching_is_transitive() -> None:
    assert _of(_cluster([3, 1, 2], evidence=[(1, 2, 0), (2, 3, 4)])) == {1: 1, 2: 1, 3: 1}


def test_a2_keep_apart_splits_at_the_weaker_rule() -> None:
    found = _of(_cluster([1, 2, 3], evidence=[(1, 2, 3), (2, 3, 0)], apart=[(1, 3)]))
    assert found == {1: 1, 2: 2, 3: 2}


def test_peoples_links_outrank_evidence() -> None:
    found = _of(_cluster([1, 2, 3], evidence=[(2, 3, 0)], together=[(1, 2)], apart=[(1, 3)]))
    assert found == {1: 1, 2: 1, 3: 3}


def test_a37_a_link_between_a_person_and_a_company_is_reported_and_not_followed() -> None:
    clustering = _cluster([1, 2], evidence=[], together=[(1, 2)], companies=frozenset({2}))
    assert _of(clustering) == {1: 1, 2: 2}
    assert clustering.contradictions[0].mixes_kinds


def test_links_to_unknown_records_are_ignored() -> None:
    assert _of(_cluster([1, 2], evidence=[(1, 9, 0)], together=[(2, 8)], apart=[(7, 1)])) == {1: 1, 2: 2}


def test_no_records_make_no_clusters() -> None:
    assert _cluster([], evidence=[], together=[(1, 2)]).table.num_rows == 0
