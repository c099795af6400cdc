"""Evidence and people's decisions -> clusters. People outrank the engine; keep-apart always separates.

Almost every component is free of conflict and is settled by connected components at once. Only components
that hold a keep-apart pair, or a person beside a company, are merged link by link in a fixed order (people's
links, then evidence by rule position, then by ids), so the order in which records arrive never matters.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

Pair = tuple[int, int]
_Ints = npt.NDArray[np.int64]


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


def cluster(
    *,
    record_ids: pa.ChunkedArray | pa.Array,
    kinds: pa.ChunkedArray | pa.Array,
    pairs: pa.Table,
    together: Sequence[Pair],
    apart: Sequence[Pair],
) -> Clustering:
    """`pairs` holds left_id, right_id and rule. Links to records that are not in `record_ids` are ignored."""
    ids = _as_ints(record_ids)
    order = np.argsort(ids, kind="stable")
    ids = ids[order]
    graph = _Graph(
        ids=ids,
        kinds=_kind_codes(kinds)[order],
        evidence=_evidence_links(pairs, ids=ids),
        together=_links(together, ids=ids),
        apart=_links(apart, ids=ids),
    )
    labels, contradictions = graph.settle()
    table = pa.table({"record_id": ids, "cluster": ids[_first_of_each(labels)]})
    return Clustering(table, contradictions)


def _as_ints(column: pa.ChunkedArray | pa.Array) -> _Ints:
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _kind_codes(kinds: pa.ChunkedArray | pa.Array) -> _Ints:
    kinds = kinds.fill_null("")
    codes = kinds.combine_chunks() if isinstance(kinds, pa.ChunkedArray) else kinds
    return np.asarray(codes.dictionary_encode().indices.to_numpy(), dtype=np.int64)


def _positions(wanted: _Ints, *, ids: _Ints) -> _Ints:
    """Where each stands in the sorted `ids`; -1 for those that are not there."""
    if not len(ids):
        return np.full(len(wanted), -1, dtype=np.int64)
    places = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return np.where(ids[places] == wanted, places, -1)


def _links(pairs: Sequence[Pair], *, ids: _Ints) -> _Ints:
    """(n, 2) positions, smaller first, sorted, each once."""
    ends = _positions(np.array(pairs, dtype=np.int64).reshape(-1), ids=ids).reshape(-1, 2)
    ends = np.sort(ends[(ends >= 0).all(axis=1)], axis=1)
    return np.unique(ends[ends[:, 0] != ends[:, 1]], axis=0)


def _evidence_links(pairs: pa.Table, *, ids: _Ints) -> _Ints:
    """(n, 3): two positions, smaller first, and the position of the rule."""
    left, right = (_positions(_as_ints(pairs.column(name)), ids=ids) for name in ("left_id", "right_id"))
    links = np.column_stack(
        (np.minimum(left, right), np.maximum(left, right), _as_ints(pairs.column("rule")))
    )
    known: _Ints = links[(links[:, 0] >= 0) & (links[:, 0] != links[:, 1])]
    return known


def _first_of_each(labels: _Ints) -> _Ints:
    """The first position with the same label, for every position."""
    _, first, inverse = np.unique(labels, return_index=True, return_inverse=True)
    return first[inverse]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Graph:
    """Records are positions in the sorted `ids` from here on, so the smallest position is the smallest id."""

    ids: _Ints
    kinds: _Ints
    evidence: _Ints
    together: _Ints
    apart: _Ints

    def settle(self) -> tuple[_Ints, tuple[Contradiction, ...]]:
        labels = self._components()
        conflicted = self._conflicted(labels)
        if not conflicted.any():
            return labels, ()
        inside = conflicted[labels]
        merge = _ConstrainedMerge(
            kinds=self.kinds,
            members=np.flatnonzero(inside).tolist(),
            apart=[tuple(link) for link in self.apart[inside[self.apart[:, 0]]].tolist()],
        )
        refused = [
            merge.contradiction(left, right)
            for left, right in self.together[inside[self.together[:, 0]]].tolist()
            if not merge.follow(left, right, by_people=True)
        ]
        for left, right, _ in self._ranked_evidence(inside):
            merge.follow(left, right)
        labels = labels.copy()
        for position, root in merge.roots():
            # Own labels, beyond all others.
            labels[position] = len(self.ids) + root
        return labels, tuple(self._in_ids(found) for found in refused)

    def _components(self) -> _Ints:
        links = np.concatenate((self.evidence[:, :2], self.together))
        size = len(self.ids)
        if not size:
            return np.empty(0, dtype=np.int64)
        ones = np.ones(len(links), dtype=np.int8)
        matrix = coo_matrix((ones, (links[:, 0], links[:, 1])), shape=(size, size))
        return np.asarray(connected_components(matrix, directed=False)[1], dtype=np.int64)

    def _conflicted(self, labels: _Ints) -> npt.NDArray[np.bool_]:
        """Per component, whether it holds both ends of a keep-apart pair or two kinds."""
        found = np.zeros(int(labels.max(initial=-1)) + 1, dtype=np.bool_)
        ends = labels[self.apart]
        found[ends[:, 0][ends[:, 0] == ends[:, 1]]] = True
        kind_of_first = self.kinds[_first_of_each(labels)]
        found[labels[self.kinds != kind_of_first]] = True
        return found

    def _ranked_evidence(self, inside: npt.NDArray[np.bool_]) -> list[list[int]]:
        links = self.evidence[inside[self.evidence[:, 0]]]
        ranked: list[list[int]] = links[np.lexsort((links[:, 1], links[:, 0], links[:, 2]))].tolist()
        return ranked

    def _in_ids(self, found: Contradiction) -> Contradiction:
        def pair(positions: Pair) -> Pair:
            return int(self.ids[positions[0]]), int(self.ids[positions[1]])

        return Contradiction(
            together=pair(found.together),
            apart=pair(found.apart),
            chain=tuple(int(self.ids[position]) for position in found.chain),
            mixes_kinds=found.mixes_kinds,
        )


class _ConstrainedMerge:
    """Union-find that refuses to bring a keep-apart pair, or two kinds, into one cluster."""

    def __init__(self, *, kinds: _Ints, members: Iterable[int], apart: Iterable[Pair]) -> None:
        self._kinds = kinds
        self._root = {member: member for member in members}
        self._members = {member: [member] for member in self._root}
        self._enemies: dict[int, set[int]] = defaultdict(set)
        self._followed: dict[int, list[int]] = defaultdict(list)
        for left, right in apart:
            if left in self._root and right in self._root:
                self._enemies[left].add(right)
                self._enemies[right].add(left)
        self._apart_of = defaultdict(set, {member: set(found) for member, found in self._enemies.items()})

    def roots(self) -> Iterable[Pair]:
        return self._root.items()

    def follow(self, left: int, right: int, *, by_people: bool = False) -> bool:
        """Merges the clusters of the two unless something forbids it; says whether they are one now."""
        ours, theirs = self._root[left], self._root[right]
        if ours != theirs:
            if self._forbidden(ours, theirs):
                return False
            self._merge(ours, theirs)
        if by_people:
            self._followed[left].append(right)
            self._followed[right].append(left)
        return True

    def _forbidden(self, ours: int, theirs: int) -> bool:
        if self._kinds[ours] != self._kinds[theirs]:
            return True
        fewer, other = sorted((ours, theirs), key=lambda root: len(self._enemies.get(root, ())))
        return any(self._root[enemy] == other for enemy in self._enemies.get(fewer, ()))

    def _merge(self, ours: int, theirs: int) -> None:
        small, large = sorted((ours, theirs), key=lambda root: len(self._members[root]))
        for member in self._members[small]:
            self._root[member] = large
        self._members[large] += self._members.pop(small)
        if small in self._enemies:
            self._enemies[large] |= self._enemies.pop(small)

    def contradiction(self, left: int, right: int) -> Contradiction:
        """Why `follow` refused a link between the two."""
        ours, theirs = self._members[self._root[left]], set(self._members[self._root[right]])
        if self._kinds[left] != self._kinds[right]:
            pair = (left, right)
            return Contradiction(together=pair, apart=pair, chain=pair, mixes_kinds=True)
        one, other = min(
            (member, enemy) for member in ours for enemy in self._apart_of[member] if enemy in theirs
        )
        chain = (*self._path(one, left), *self._path(right, other))
        return Contradiction(together=(left, right), apart=(one, other), chain=chain)

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
