"""Keys -> pairs worth comparing, each once. Blocks beyond the cap are cut, counted and reported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from kith.matching.keys import MOST_OF_ONE_NAME, KeyColumn, KeyKind
from kith.matching.prepared import Ints
from kith.matching.threads import in_threads

LISTED_BLOCKS: Final = 20
_MANY: Final = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CutBlock:
    """More records share this key than are compared with each other."""

    kind: KeyKind
    records: int
    example: int
    """Position of one of them."""


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Of one kind of key."""

    by_size: list[Ints]
    """Each (number of blocks, size): positions, ascending in each row."""
    cut: list[CutBlock]
    cut_count: int


@dataclass(slots=True)
class Candidates:
    """Blocks of records that share a key, by their size; pairs are made from them range by range."""

    records: int
    cap: int
    blocks: list[Ints] = field(default_factory=list)
    """As `_Blocks.by_size`."""
    cut: list[CutBlock] = field(default_factory=list)
    cut_count: int = 0

    @property
    def made(self) -> int:
        """Pairs with repeats, an upper bound of what there is to compare."""
        return sum(len(block) * block.shape[1] * (block.shape[1] - 1) // 2 for block in self.blocks)

    def add(self, found: _Blocks) -> None:
        self.blocks += found.by_size
        self.cut += found.cut
        self.cut_count += found.cut_count

    def pairs(self, *, low: int = 0, high: int | None = None) -> tuple[Ints, Ints]:
        """Positions (smaller, larger), sorted, of all pairs whose smaller is in [low, high)."""
        high = self.records if high is None else high
        whole = low == 0 and high >= self.records
        found = [
            part for block in self.blocks for part in _of_block(block, self.records, low, high, whole=whole)
        ]
        keys = np.concatenate(found) if found else np.empty(0, dtype=np.int64)
        keys.sort()
        new = np.ones(len(keys), dtype=np.bool_)
        new[1:] = keys[1:] != keys[:-1]
        left, right = np.divmod(keys[new], self.records)
        return left, right

    def ranges(self, *, most: int) -> list[tuple[int, int]]:
        """Ranges of the smaller position so that each makes about `most` pairs, repeats included."""
        parts = max(1, -(-self.made // max(most, 1)))
        if parts == 1:
            return [(0, self.records)]
        per_record = np.zeros(self.records + 1, dtype=np.int64)
        for block in self.blocks:
            size = block.shape[1]
            for place in range(size - 1):
                np.add.at(per_record, block[:, place] + 1, size - 1 - place)
        done = np.cumsum(per_record)
        borders = np.searchsorted(done, np.linspace(0, done[-1], parts + 1)[1:-1])
        edges = np.unique(np.concatenate(([0], borders, [self.records]))).tolist()
        return list(pairwise(edges))


def _of_block(block: Ints, records: int, low: int, high: int, *, whole: bool) -> Iterable[Ints]:
    one, other = np.triu_indices(block.shape[1], k=1)
    # One wide array per block size would be large for large blocks: at most some millions at a time.
    step = max(1, 4_000_000 // len(one))
    for start in range(0, len(block), step):
        part = block[start : start + step]
        keys = part[:, one].astype(np.int64) * records + part[:, other]
        keys = keys.ravel()
        yield keys if whole else keys[(keys >= low * records) & (keys < high * records)]


def gather(columns: Iterable[KeyColumn], *, records: int, cap: int) -> Candidates:
    found = Candidates(records=records, cap=cap)
    for blocks in in_threads(lambda column: _blocks_of(column, cap=cap), columns, worth_it=records > _MANY):
        found.add(blocks)
    return found


def _blocks_of(column: KeyColumn, *, cap: int) -> _Blocks:
    order = np.argsort(column.keys, kind="stable")
    keys, owners = column.keys[order], column.owners[order]
    new = np.ones(len(keys), dtype=np.bool_)
    # Two addresses of one record may give one key.
    new[1:] = (keys[1:] != keys[:-1]) | (owners[1:] != owners[:-1])
    keys, owners = keys[new], owners[new]
    starts = np.flatnonzero(np.concatenate((np.ones(min(len(keys), 1), np.bool_), keys[1:] != keys[:-1])))
    sizes = np.diff(np.append(starts, len(keys)))
    most = min(cap, MOST_OF_ONE_NAME) if column.kind is KeyKind.NAME else cap
    by_size = [
        owners[starts[sizes == size][:, None] + np.arange(size)]
        for size in np.unique(sizes[(sizes > 1) & (sizes <= most)]).tolist()
    ]
    large = np.flatnonzero(sizes > cap)
    listed = large[np.argsort(-sizes[large], kind="stable")][:LISTED_BLOCKS].tolist()
    cut = [
        CutBlock(kind=column.kind, records=int(sizes[place]), example=int(owners[starts[place]]))
        for place in listed
    ]
    return _Blocks(by_size, cut, len(large))
