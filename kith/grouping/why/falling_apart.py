"""How the engine would take a contact apart: where its System Refs hang together least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from kith.grouping.engine.records import arrow_records
from kith.grouping.recipe.in_force import MatchingInForce, matching_in_force
from kith.grouping.why.agreement import agreement
from kith.grouping.why.decided import Decided, decided_among
from kith.matching import deciding
from kith.matching.clusters import CERTAIN, Clustering, Doubt
from kith.matching.comparable import comparables
from kith.matching.evidence import cluster_records, facts_of, find_evidence, in_id_order
from kith.matching.explain import explain_pair
from kith.matching.explainer import PairExplanation
from kith.matching.prepared import Ints, Mask
from kith.sources.models import SourceRecord

MOST_RECORDS: Final = 500

Parts = tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    parts: Parts
    """Record ids, each System Ref of the contact once; the largest part first."""
    words: str


def suggestion(contact_id: int) -> Suggestion | None:
    """None for a contact of one System Ref, or of so many that nobody would look through them."""
    records = SourceRecord.objects.of_contact(contact_id).order_by("pk")
    ids = list(records.values_list("pk", flat=True)[: MOST_RECORDS + 1])
    if not 1 < len(ids) <= MOST_RECORDS:
        return None
    in_force, table = matching_in_force(), in_id_order(arrow_records(ids=ids))
    facts = facts_of(table, in_force.figures)
    found = find_evidence(facts, recipe=in_force.recipe, figures=in_force.figures).pairs
    clustering = cluster_records(facts, found, recipe=in_force.recipe)
    parts = _parts(clustering)
    if len(parts) > 1:
        return Suggestion(parts, _why_apart(clustering, parts, _Pair(table, in_force)))
    return _weakest(facts.records.ids, found.filter(found.column("groups")), _Pair(table, in_force))


def _parts(clustering: Clustering) -> Parts:
    parts: dict[int, list[int]] = {}
    for row in clustering.table.to_pylist():
        parts.setdefault(row["cluster"], []).append(row["record_id"])
    return _ordered(tuple(tuple(part) for part in parts.values()))


def _ordered(parts: Parts) -> Parts:
    return tuple(sorted(parts, key=lambda part: (-len(part), part)))


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two System Refs of the contact, explained when a word about them is wanted."""

    table: pa.Table
    in_force: MatchingInForce

    def explained(self, left_id: int, right_id: int) -> PairExplanation:
        said = {one.record_id: one for one in comparables(self._rows(left_id, right_id))}
        recipe, figures = self.in_force.recipe, self.in_force.figures
        return explain_pair(said[left_id], said[right_id], recipe=recipe, figures=figures)

    def _rows(self, left_id: int, right_id: int) -> pa.Table:
        ids = self.table.column("record_id").to_numpy()
        return self.table.filter(pa.array((ids == left_id) | (ids == right_id)))

    def named(self, left_id: int, right_id: int) -> str:
        found = SourceRecord.objects.select_related("source").only("system_ref", "source__name")
        both = found.in_bulk([left_id, right_id])
        one, other = both[left_id], both[right_id]
        return f"{one.source.name} {one.system_ref} and {other.source.name} {other.system_ref}"


def _why_apart(clustering: Clustering, parts: Parts, pair: _Pair) -> str:
    """The engine does not hold the contact together; somebody or something else did."""
    place = {record_id: number for number, part in enumerate(parts) for record_id in part}
    decided = _decided(place)
    if decided is not None:
        return f"Only a person holds these {_number(parts)} parts together. {decided.words}."
    doubts = clustering.doubts.to_pylist()
    if not doubts:
        return f"Nothing speaks for it now that these {_number(parts)} parts are one."
    strongest = max(doubts, key=lambda doubt: doubt["weight"])
    left_id, right_id = strongest["left_id"], strongest["right_id"]
    link = f"{pair.named(left_id, right_id)} ({agreement(pair.explained(left_id, right_id))})"
    return f"{_NOT_FOLLOWED[Doubt(strongest['doubt'])].format(_number(parts).capitalize())} {link}."


_NOT_FOLLOWED: Final = {
    Doubt.CONTRADICTION: "{} parts contradict each other, though something speaks for them too:",
    Doubt.BRIDGE: "{} parts hang together by one weak link only:",
    Doubt.TOO_LARGE: "{} parts are too many System Refs to be one by evidence alone; the strongest link:",
}


def _decided(place: Mapping[int, int]) -> Decided | None:
    """The newest decision that holds two of the parts together."""
    together = (one for one in decided_among(list(place)) if one.is_together)
    return next((one for one in together if place[one.left_id] != place[one.right_id]), None)


def _weakest(ids: Ints, links: pa.Table, pair: _Pair) -> Suggestion:
    """Of the ways to part it along its strongest tree, the one that takes away least."""
    left, right = (np.searchsorted(ids, links.column(name).to_numpy()) for name in ("left_id", "right_id"))
    rule = links.column("rule").fill_null(deciding.NO_RULE).to_numpy()
    weight = links.column("weight").to_numpy()
    strength = np.where(rule >= 0, CERTAIN - rule + weight / CERTAIN, weight)
    tree = _strongest_tree(left, right, strength, size=len(ids))
    sides = [_side(place, left[tree], right[tree], size=len(ids)) for place in range(len(tree))]
    best = min(sides, key=lambda side: _cost(side, left, right, strength))
    crossing = np.flatnonzero(best[left] != best[right])
    first = crossing[np.argmax(strength[crossing])]
    left_id, right_id = int(ids[left[first]]), int(ids[right[first]])
    said = agreement(pair.explained(left_id, right_id))
    parts = _ordered((tuple(ids[best].tolist()), tuple(ids[~best].tolist())))
    return Suggestion(parts, _hanging(len(crossing), said, pair.named(left_id, right_id), size=len(ids)))


def _strongest_tree(left: Ints, right: Ints, strength: npt.NDArray[np.float64], *, size: int) -> Ints:
    """Places of the links that hold all together."""
    order = np.lexsort((right, left, -strength))
    ranks = np.arange(1, len(order) + 1)
    tree = minimum_spanning_tree(coo_matrix((ranks, (left[order], right[order])), shape=(size, size)).tocsr())
    return np.asarray(order[tree.data.astype(np.int64) - 1], dtype=np.int64)


def _side(place: int, left: Ints, right: Ints, *, size: int) -> Mask:
    """Who is on the left end's side without this link of the tree."""
    kept = np.arange(len(left)) != place
    matrix = coo_matrix((np.ones(int(kept.sum()), np.int8), (left[kept], right[kept])), shape=(size, size))
    labels = connected_components(matrix, directed=False)[1]
    return np.asarray(labels == labels[left[place]])


def _cost(
    side: Mask, left: Ints, right: Ints, strength: npt.NDArray[np.float64]
) -> tuple[float, int, list[int]]:
    """Bits between the sides; of equal ways the one into more equal halves, then the one by record id."""
    crossing = side[left] != side[right]
    unequal = abs(int(side.sum()) * 2 - len(side))
    return round(float(strength[crossing].sum()), 3), unequal, np.flatnonzero(side).tolist()


def _hanging(links: int, said: str, named: str, *, size: int) -> str:
    two = "These two" if size == 2 else "These two parts"
    if links == 1:
        return f"{two} hang together by one link only: {said} ({named})." if size > 2 else _only(said)
    return f"{two} hang together by {links:,} links; the strongest: {said} ({named})."


def _only(said: str) -> str:
    return f"These two hang together by this only: {said}."


def _number(parts: Sequence[object]) -> str:
    return {2: "two", 3: "three", 4: "four", 5: "five"}.get(len(parts), f"{len(parts):,}")
