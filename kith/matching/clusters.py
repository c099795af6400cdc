"""Evidence and people's decisions -> clusters. People outrank the engine; keep-apart always separates.

Most components hold no conflict and are clusters as they stand. In the others links are followed one by one,
people's first, then evidence from the strongest to the weakest (ties by record id), and a link that would
bring a contradiction into one cluster is not followed. So the order in which records arrive never matters.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from kith.matching.prepared import Ints, Mask

Pair: TypeAlias = tuple[int, int]
Contradictions: TypeAlias = Callable[[Ints, Ints], tuple[Ints, Ints]]
"""(members, component of each) -> (left, right): positions of records of one component that contradict each
other, smaller first. The members come in the order of components."""

CERTAIN: Final = 1000.0
"""The weight, in bits, of a link that a rule makes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guards:
    """What keeps evidence from joining too much."""

    bridge_at: float = 0.0
    """Of two groups of two or more records that links of so many bits hold together, one weaker link alone
    does not make one group."""
    most_records: int = 100
    """Evidence alone makes no larger group."""
    names_alone: bool = False
    """Whether the model may group two of whom nothing but the names agrees; else a person is asked."""
    details_alone: bool = False
    """Whether it may group two of whom no name agrees because of one detail, an e-mail, say."""


class Doubt(StrEnum):
    """Why evidence that was strong enough was not followed: a person should look."""

    CONTRADICTION = "contradiction"
    BRIDGE = "bridge"
    TOO_LARGE = "too_large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A keep-together link that was not followed, because of `apart` or because the two are of two kinds.

    `chain` leads from one forbidden record to the other over keep-together links alone, the refused one
    included.
    """

    together: Pair
    apart: Pair
    chain: tuple[int, ...]
    mixes_kinds: bool = False


@dataclass(frozen=True, slots=True)
class Clustering:
    table: pa.Table
    """record_id int64, cluster int64 (the smallest record id in it), in the order of record_id."""
    contradictions: tuple[Contradiction, ...]
    doubts: pa.Table
    """left_id, right_id, weight, doubt: the strongest link of those not followed between two clusters."""


DOUBTS: Final = pa.schema(
    [("left_id", pa.int64()), ("right_id", pa.int64()), ("weight", pa.float64()), ("doubt", pa.string())]
)


def cluster(
    *,
    record_ids: Ints,
    is_company: Mask,
    left: Ints,
    right: Ints,
    weight: npt.NDArray[np.float64],
    together: Sequence[Pair] = (),
    apart: Sequence[Pair] = (),
    contradicting: Contradictions | None = None,
    guards: Guards | None = None,
) -> Clustering:
    """`left` and `right` are positions in `record_ids`, which ascend; the links are strong enough to group.

    Decisions name record ids; those of records that are not here are ignored.
    """
    graph = _Graph(
        ids=record_ids,
        is_company=is_company,
        left=left,
        right=right,
        weight=np.round(weight * 1000).astype(np.int64),
        together=_links(together, ids=record_ids),
        apart=_links(apart, ids=record_ids),
        contradicting=contradicting,
        guards=guards or Guards(),
    )
    labels = graph.settle()
    return Clustering(
        pa.table({"record_id": record_ids, "cluster": record_ids[_first_of_each(labels)]}),
        tuple(graph.refused),
        graph.doubts(),
    )


def _links(pairs: Sequence[Pair], *, ids: Ints) -> Ints:
    """(n, 2) positions, smaller first, sorted, each once."""
    wanted = np.array(pairs, dtype=np.int64).reshape(-1)
    ends = positions(wanted, ids=ids).reshape(-1, 2)
    ends = np.sort(ends[(ends >= 0).all(axis=1)], axis=1)
    return np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)


def positions(wanted: Ints, *, ids: Ints) -> Ints:
    """Where each stands in the ascending `ids`; -1 for those that are not there."""
    if not len(ids):
        return np.full(len(wanted), -1, dtype=np.int64)
    if ids[-1] - ids[0] == len(ids) - 1:
        # No id is missing between the first and the last.
        return np.where((wanted >= ids[0]) & (wanted <= ids[-1]), wanted - ids[0], -1)
    places = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[places] == wanted, places, -1)


def _connected(left: Ints, right: Ints, *, size: int) -> tuple[int, Ints]:
    matrix = coo_matrix((np.ones(len(left), np.int8), (left, right)), shape=(size, size))
    count, labels = connected_components(matrix, directed=False)
    return int(count), labels.astype(np.int64)


def _first_of_each(labels: Ints) -> Ints:
    """The first position with the same label, for every position."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return first[inverse]


@dataclass(slots=True, kw_only=True)
class _Graph:
    """Records are positions in `ids`, so the smallest position is the smallest id. Weights in thousandths."""

    ids: Ints
    is_company: Mask
    left: Ints
    right: Ints
    weight: Ints
    together: Ints
    apart: Ints
    contradicting: Contradictions | None
    guards: Guards
    refused: list[Contradiction] = field(default_factory=list)
    _doubts: list[tuple[int, int, int, Doubt]] = field(default_factory=list)
    _bridges: Ints = field(default_factory=lambda: np.empty((0, 3), dtype=np.int64))

    def settle(self) -> Ints:
        self._leave_bridges()
        count, labels = self._components()
        soft = self._contradicting(labels)
        inside = self._needing_care(count, labels, soft)[labels]
        if not inside.any():
            self._doubt_bridges(labels)
            return labels
        labels = labels.copy()
        for component in self._components_with_care(labels, inside, soft):
            for position, root in component.settle():
                # Own labels, beyond all others.
                labels[position] = len(self.ids) + root
            self.refused += (self._in_ids(found) for found in component.refused)
            self._doubts += component.doubts
        self._doubt_bridges(labels)
        return labels

    def _doubt_bridges(self, labels: Ints) -> None:
        """Those between groups that nothing else joined."""
        apart = self._bridges[labels[self._bridges[:, 0]] != labels[self._bridges[:, 1]]]
        self._doubts += ((left, right, weight, Doubt.BRIDGE) for left, right, weight in apart.tolist())

    def doubts(self) -> pa.Table:
        found = sorted(self._doubts)
        ends = np.array([doubt[:2] for doubt in found], dtype=np.int64).reshape(-1, 2)
        columns = [
            self.ids[ends[:, 0]],
            self.ids[ends[:, 1]],
            np.array([doubt[2] for doubt in found], dtype=np.float64) / 1000,
            [doubt[3].value for doubt in found],
        ]
        return pa.Table.from_arrays([pa.array(column) for column in columns], schema=DOUBTS)

    def _components(self) -> tuple[int, Ints]:
        ends = np.concatenate((np.column_stack((self.left, self.right)), self.together))
        return _connected(ends[:, 0], ends[:, 1], size=len(self.ids))

    def _leave_bridges(self) -> None:
        """Take weak single links between two strong groups out of the evidence."""
        weak = self.weight < self.guards.bridge_at * 1000
        if not weak.any():
            return
        count, strong = _connected(self.left[~weak], self.right[~weak], size=len(self.ids))
        one, other = strong[self.left], strong[self.right]
        sizes = np.bincount(strong, minlength=count)
        between = np.flatnonzero(weak & (one != other) & (sizes[one] > 1) & (sizes[other] > 1))
        groups = np.minimum(one, other)[between] * count + np.maximum(one, other)[between]
        _, place, times = np.unique(groups, return_inverse=True, return_counts=True)
        single = between[times[place] == 1]
        kept = np.ones(len(self.left), dtype=np.bool_)
        kept[single] = False
        self._bridges = np.column_stack((self.left, self.right, self.weight))[single]
        self.left, self.right, self.weight = self.left[kept], self.right[kept], self.weight[kept]

    def _contradicting(self, labels: Ints) -> Ints:
        """(n, 2): pairs of one component that contradict each other."""
        sizes = np.bincount(labels)
        several = np.flatnonzero(sizes[labels] > 1)
        if self.contradicting is None or not len(several):
            return np.empty((0, 2), dtype=np.int64)
        members = several[np.argsort(labels[several], kind="stable")]
        return np.column_stack(self.contradicting(members, labels[members]))

    def _needing_care(self, count: int, labels: Ints, soft: Ints) -> Mask:
        """Per component: whether its links must be followed one by one."""
        found = np.zeros(count, dtype=np.bool_)
        for pairs in (soft, self.apart):
            ends = labels[pairs]
            found[ends[:, 0][ends[:, 0] == ends[:, 1]]] = True
        companies = np.bincount(labels, weights=self.is_company, minlength=count)
        sizes = np.bincount(labels, minlength=count)
        found |= (companies > 0) & (companies < sizes)
        found |= sizes > self.guards.most_records
        return found

    def _components_with_care(self, labels: Ints, inside: Mask, soft: Ints) -> Iterator[_Component]:
        members = np.flatnonzero(inside)
        members = members[np.argsort(labels[members], kind="stable")]
        component = labels[members]
        starts = np.flatnonzero(np.r_[True, component[1:] != component[:-1]])
        ends = np.append(starts[1:], len(members))
        rank = np.zeros(len(labels), dtype=np.int64)
        rank[members] = np.arange(len(members)) - np.repeat(starts, ends - starts)
        shown = component[starts]
        links = self._ranked(inside)
        parts = (
            _split(np.column_stack((self.left[links], self.right[links], self.weight[links])), labels, shown),
            _split(self.together[inside[self.together[:, 0]]], labels, shown),
            _split(_within(self.apart[inside[self.apart[:, 0]]], labels), labels, shown),
            _split(soft[inside[soft[:, 0]]], labels, shown),
        )
        for place, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
            evidence, together, apart, against = (part(place) for part in parts)
            yield _Component(
                members=members[start:end].tolist(),
                rank=rank,
                is_company=self.is_company[members[start:end]].tolist(),
                evidence=evidence,
                together=together,
                apart=apart,
                against=against,
                guards=self.guards,
            )

    def _ranked(self, inside: Mask) -> Ints:
        """Places of the links, strongest first."""
        links = np.flatnonzero(inside[self.left])
        return links[np.lexsort((self.right[links], self.left[links], -self.weight[links]))]

    def _in_ids(self, found: Contradiction) -> Contradiction:
        def pair(places: Pair) -> Pair:
            return int(self.ids[places[0]]), int(self.ids[places[1]])

        return Contradiction(
            together=pair(found.together),
            apart=pair(found.apart),
            chain=tuple(int(self.ids[position]) for position in found.chain),
            mixes_kinds=found.mixes_kinds,
        )


def _within(pairs: Ints, labels: Ints) -> Ints:
    return pairs[labels[pairs[:, 0]] == labels[pairs[:, 1]]]


def _split(rows: Ints, labels: Ints, shown: Ints) -> Callable[[int], list[list[int]]]:
    """The rows of each component of `shown`, by its place, in their order."""
    component = labels[rows[:, 0]]
    order = np.argsort(component, kind="stable")
    starts = np.searchsorted(component[order], shown)
    ends = np.searchsorted(component[order], shown, side="right")
    ordered = rows[order].tolist()
    return lambda place: ordered[starts[place] : ends[place]]


class _Component:
    """One component, its links followed one by one. Members are bits of a number: set work is one step."""

    def __init__(
        self,
        *,
        members: list[int],
        rank: Ints,
        is_company: list[bool],
        evidence: list[list[int]],
        together: list[list[int]],
        apart: list[list[int]],
        against: list[list[int]],
        guards: Guards,
    ) -> None:
        self._members = members
        self._rank = {member: place for place, member in enumerate(members)}
        self._evidence = evidence
        self._together = together
        self._guards = guards
        size = len(members)
        self._root = list(range(size))
        self._inside = [1 << place for place in range(size)]
        self._apart = self._as_bits(apart)
        self._against = self._as_bits(against)
        companies = sum(1 << place for place, company in enumerate(is_company) if company)
        if companies and companies != (1 << size) - 1:
            for place, company in enumerate(is_company):
                self._against[place] |= ~companies & ((1 << size) - 1) if company else companies
        self._companies = companies
        self._followed: dict[int, list[int]] = defaultdict(list)
        self.refused: list[Contradiction] = []
        self.doubts: list[tuple[int, int, int, Doubt]] = []

    def _as_bits(self, pairs: list[list[int]]) -> list[int]:
        bits = [0] * len(self._members)
        for one, other in pairs:
            left, right = self._rank[one], self._rank[other]
            bits[left] |= 1 << right
            bits[right] |= 1 << left
        return bits

    def settle(self) -> Iterator[Pair]:
        """(position, root) of every member."""
        kept_apart = list(self._apart)
        for left, right in self._together:
            self._follow_people(self._rank[left], self._rank[right], kept_apart)
        for left, right, weight in self._evidence:
            self._follow_evidence(self._rank[left], self._rank[right], weight)
        return ((self._members[place], self._members[root]) for place, root in enumerate(self._roots()))

    def _roots(self) -> list[int]:
        return [self._find(place) for place in range(len(self._members))]

    def _find(self, place: int) -> int:
        root = self._root
        while root[place] != place:
            root[place] = root[root[place]]
            place = root[place]
        return place

    def _follow_people(self, left: int, right: int, kept_apart: list[int]) -> None:
        ours, theirs = self._find(left), self._find(right)
        if self._mixes_kinds(left, right) or self._apart[ours] & self._inside[theirs]:
            self.refused.append(self._contradiction(left, right, kept_apart))
            return
        if ours != theirs:
            self._merge(ours, theirs)
        self._followed[left].append(right)
        self._followed[right].append(left)

    def _follow_evidence(self, left: int, right: int, weight: int) -> None:
        ours, theirs = self._find(left), self._find(right)
        if ours == theirs:
            return
        doubt = self._doubt(ours, theirs)
        if doubt is None:
            self._merge(ours, theirs)
        elif not self._apart[ours] & self._inside[theirs] and not self._mixes_kinds(left, right):
            self.doubts.append((self._members[left], self._members[right], weight, doubt))

    def _doubt(self, ours: int, theirs: int) -> Doubt | None:
        if (self._apart[ours] | self._against[ours]) & self._inside[theirs]:
            return Doubt.CONTRADICTION
        mine, other = self._inside[ours].bit_count(), self._inside[theirs].bit_count()
        if mine + other > self._guards.most_records:
            return Doubt.TOO_LARGE
        return None

    def _merge(self, ours: int, theirs: int) -> None:
        keep, gone = sorted((ours, theirs))
        self._root[gone] = keep
        self._inside[keep] |= self._inside[gone]
        self._apart[keep] |= self._apart[gone]
        self._against[keep] |= self._against[gone]

    def _mixes_kinds(self, left: int, right: int) -> bool:
        return bool(self._companies >> left & 1) != bool(self._companies >> right & 1)

    def _contradiction(self, left: int, right: int, kept_apart: list[int]) -> Contradiction:
        """Why a link by people between the two was not followed."""
        pair = (self._members[left], self._members[right])
        if self._mixes_kinds(left, right):
            return Contradiction(together=pair, apart=pair, chain=pair, mixes_kinds=True)
        ours, theirs = self._inside[self._find(left)], self._inside[self._find(right)]
        one, other = min(
            (place, enemy) for place in _places(ours) for enemy in _places(kept_apart[place] & theirs)
        )
        chain = (*self._path(one, left), *self._path(right, other))
        return Contradiction(
            together=pair,
            apart=(self._members[one], self._members[other]),
            chain=tuple(self._members[place] for place in chain),
        )

    def _path(self, start: int, end: int) -> tuple[int, ...]:
        """The shortest way over links that people made."""
        came_from = {start: start}
        waiting = deque([start])
        while waiting and end not in came_from:
            here = waiting.popleft()
            for there in self._followed[here]:
                if there not in came_from:
                    came_from[there] = here
                    waiting.append(there)
        path = [end]
        while path[-1] != start:
            path.append(came_from[path[-1]])
        return tuple(reversed(path))


def _places(bits: int) -> Iterator[int]:
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest
