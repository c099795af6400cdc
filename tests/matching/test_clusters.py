"""Clustering against a slow, separately written reference, on random graphs (promises 2, 3 and 9)."""

from __future__ import annotations

import random
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching.clusters import CERTAIN, Clustering, Contradictions, Guards, cluster
from kith.matching.prepared import Ints

Link = tuple[int, int]


def _cluster(
    ids: list[int],
    *,
    evidence: list[tuple[int, int, int]],
    together: list[Link] | None = None,
    apart: list[Link] | None = None,
    against: list[Link] | None = None,
    companies: frozenset[int] = frozenset(),
    guards: Guards | None = None,
) -> Clustering:
    """Evidence is (record, record, rule): the weight falls with the rule."""
    record_ids = np.array(ids, dtype=np.int64)
    known = [row for row in evidence if {row[0], row[1]} <= set(ids)]
    ends = np.sort(np.searchsorted(record_ids, [row[:2] for row in known]).reshape(-1, 2), axis=1)
    return cluster(
        record_ids=record_ids,
        is_company=np.isin(record_ids, list(companies)),
        left=ends[:, 0].astype(np.int64),
        right=ends[:, 1].astype(np.int64),
        weight=np.array([CERTAIN - row[2] for row in known], dtype=np.float64),
        together=together or [],
        apart=apart or [],
        contradicting=_among(against or [], ids=ids),
        guards=guards,
    )


def _among(against: list[Link], *, ids: list[int]) -> Contradictions:
    places = {tuple(sorted((ids.index(a), ids.index(b)))) for a, b in against}

    def find(members: Ints, component: Ints) -> tuple[Ints, Ints]:
        of = dict(zip(members.tolist(), component.tolist(), strict=True))
        found = sorted((a, b) for a, b in places if a in of and b in of and of[a] == of[b])
        ends = np.array(found, dtype=np.int64).reshape(-1, 2)
        return ends[:, 0], ends[:, 1]

    return find


def _of(clustering: Clustering) -> dict[int, int]:
    table = clustering.table
    return dict(zip(table.column("record_id").to_pylist(), table.column("cluster").to_pylist(), strict=True))


def _reference(
    ids: list[int],
    evidence: list[tuple[int, int, int]],
    together: list[Link],
    apart: list[Link],
    against: list[Link],
    companies: frozenset[int],
) -> dict[int, int]:
    """Sets of records, joined one link at a time over the whole graph, every constraint checked in full."""
    group = {n: {n} for n in ids}

    def may_join(one: set[int], other: set[int], forbidden: set[frozenset[int]]) -> bool:
        mixed = len({n in companies for n in one | other}) > 1
        return not mixed and not any(frozenset((a, b)) in forbidden for a in one for b in other)

    def join(links: list[Link], forbidden: set[frozenset[int]]) -> None:
        for a, b in links:
            if group[a] is not group[b] and may_join(group[a], group[b], forbidden):
                group[a] |= group[b]
                for member in group[b]:
                    group[member] = group[a]

    hard = {frozenset(link) for link in apart}
    ranked = sorted((rule, min(a, b), max(a, b)) for a, b, rule in evidence)
    join(sorted({(min(link), max(link)) for link in together}), hard)
    # People may join what contradicts itself; evidence may not.
    join([(a, b) for _, a, b in ranked], hard | {frozenset(link) for link in against})
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
@given(_evidence, _links, _links, _links, _companies)
def test_the_fast_way_gives_the_same_groups_as_the_slow_one(
    evidence: list[tuple[int, int, int]],
    together: list[Link],
    apart: list[Link],
    against: list[Link],
    companies: frozenset[int],
) -> None:
    found = _cluster(
        IDS, evidence=evidence, together=together, apart=apart, against=against, companies=companies
    )
    assert _of(found) == _reference(IDS, evidence, together, apart, against, companies)


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
@given(_evidence, _links, _links, _links, st.randoms(use_true_random=False))
def test_promise_3_order_of_arrival_changes_nothing(
    evidence: list[tuple[int, int, int]],
    together: list[Link],
    apart: list[Link],
    against: list[Link],
    shuffler: random.Random,
) -> None:
    guards = Guards(bridge_at=CERTAIN - 1, most_records=5)
    once = _cluster(IDS, evidence=evidence, together=together, apart=apart, against=against, guards=guards)
    for values in (evidence, together, apart, against):
        shuffler.shuffle(values)
    swapped = [(b, a, rule) for a, b, rule in evidence]
    again = _cluster(IDS, evidence=swapped, together=together, apart=apart, against=against, guards=guards)
    assert once.table.equals(again.table)
    assert once.doubts.equals(again.doubts)
    assert once.contradictions == again.contradictions


def test_matching_is_transitive() -> None:
    assert _of(_cluster([1, 2, 3], evidence=[(1, 2, 0), (2, 3, 4)])) == {1: 1, 2: 1, 3: 1}


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


def _doubts(clustering: Clustering) -> list[tuple[int, int, str]]:
    return [(row["left_id"], row["right_id"], row["doubt"]) for row in clustering.doubts.to_pylist()]


def test_evidence_never_brings_a_contradiction_into_one_group_through_a_third() -> None:
    found = _cluster([1, 2, 3], evidence=[(1, 2, 0), (2, 3, 1)], against=[(1, 3)])
    assert _of(found) == {1: 1, 2: 1, 3: 3}
    assert _doubts(found) == [(2, 3, "contradiction")]


def test_a_person_may_join_what_contradicts_itself() -> None:
    found = _cluster([1, 2], evidence=[], together=[(1, 2)], against=[(1, 2)])
    assert _of(found) == {1: 1, 2: 1}
    assert found.contradictions == ()


def test_what_people_keep_apart_is_no_doubt_to_ask_them_about() -> None:
    found = _cluster([1, 2], evidence=[(1, 2, 0)], apart=[(1, 2)])
    assert _of(found) == {1: 1, 2: 2}
    assert _doubts(found) == []


TWO_PAIRS = [(1, 2, 0), (3, 4, 0)]


@pytest.mark.parametrize(
    ("links", "joined"),
    [([(2, 3, 5)], False), ([(2, 3, 2)], True), ([(2, 3, 5), (1, 4, 6)], True)],
    ids=["one weak link", "one strong link", "two weak links"],
)
def test_a_single_weak_link_between_two_groups_is_left_to_a_person(
    links: list[tuple[int, int, int]], *, joined: bool
) -> None:
    found = _cluster([1, 2, 3, 4], evidence=[*TWO_PAIRS, *links], guards=Guards(bridge_at=CERTAIN - 3))
    assert (_of(found)[3] == 1) is joined
    assert _doubts(found) == ([] if joined else [(2, 3, "bridge")])


def test_a_weak_link_to_a_single_record_is_no_bridge() -> None:
    found = _cluster([1, 2, 3], evidence=[(1, 2, 0), (2, 3, 9)], guards=Guards(bridge_at=CERTAIN - 3))
    assert set(_of(found).values()) == {1}


def test_evidence_makes_no_group_larger_than_the_guard_allows_and_people_may() -> None:
    chain = [(n, n + 1, 0) for n in range(1, 5)]
    guards = Guards(most_records=3)
    found = _cluster([1, 2, 3, 4, 5], evidence=chain, guards=guards)
    assert _of(found) == {1: 1, 2: 1, 3: 1, 4: 4, 5: 4}
    assert _doubts(found) == [(3, 4, "too_large")]
    decided = _cluster([1, 2, 3, 4, 5], evidence=[], together=[link[:2] for link in chain], guards=guards)
    assert set(_of(decided).values()) == {1}
