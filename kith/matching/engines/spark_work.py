"""What a worker of the cluster does with its rows: Arrow in, Arrow out, by the same functions as in memory.

Nothing here knows Spark. Every function gets all it needs: which rows stand together decides the engine.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from kith.matching.candidates import gather
from kith.matching.evidence import PAIRS, Decider, Recipe, cluster_records, facts_of, in_id_order
from kith.matching.figures import COUNTED, SWITCHBOARDS, Figures, column_of, counted
from kith.matching.keys import KeyColumn, KeyKind, Words, lasting_key_columns, mixed
from kith.matching.prepared import Codes, Ints, Prepared, Texts, prepare
from kith.matching.records import MATCHED
from kith.matching.rule_keys import rule_key_columns
from kith.matching.text_hash import text_hashes

Batches: TypeAlias = Iterator[pa.RecordBatch]
Numbers: TypeAlias = npt.NDArray[np.integer]

COLUMNS: Final = ("record_id", *MATCHED)
LEFT: Final = "left_"
RIGHT: Final = "right_"
"""What the columns of the two sides begin with while they are compared."""

TALLY: Final = "what tinyint, value bigint, name bigint, records bigint"
KEYS: Final = "kind tinyint, key bigint, record_id bigint"
CANDIDATES: Final = "left_id bigint, right_id bigint, kind tinyint, records int"
"""A pair, with 0 records; or a block beyond the cap: one record of it, its key, its kind and size."""
EVIDENCE: Final = "left_id bigint, right_id bigint, weight double, rule smallint, groups boolean"
"""As PAIRS."""
SETTLED: Final = "one_id bigint, other_id bigint, weight double, doubt string"
"""A record and its cluster, where there is no doubt; or evidence that was not followed."""

_KINDS: Final = tuple(KeyKind)
_PERSONS, _COMPANIES, _TOTALS = 100, 101, 110
_PAIRS_AT_ONCE: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Orders:
    """What every worker is told."""

    recipe: Recipe
    figures: bytes

    @property
    def read_figures(self) -> Figures:
        return _figures(self.figures)


@lru_cache(maxsize=2)
def _figures(body: bytes) -> Figures:
    return Figures.from_bytes(body)


# Figures


def tally(batches: Batches) -> Batches:
    """As TALLY: how many records hold a value, and under which names where that matters."""
    for batch in batches:
        records = prepare(pa.Table.from_batches([batch]))
        companies = int(records.is_company.sum())
        yield _tallied(_COMPANIES, _no(1), np.array([companies]))
        yield _tallied(_PERSONS, _no(1), np.array([len(records) - companies]))
        for what, column in enumerate(COUNTED):
            yield from _values(what, *column_of(records, column))
        names = _names(records)
        for what, lists in enumerate((records.emails, records.phones), start=len(COUNTED)):
            held = text_hashes(lists.texts.arrow)[lists.codes]
            yield _tallied(what, held, np.ones(len(held), dtype=np.int64), names=names[lists.owners])


def _values(what: int, texts: Texts, codes: Codes) -> Batches:
    counts = np.bincount(codes[codes >= 0], minlength=len(texts))
    held = np.flatnonzero(counts)
    yield _tallied(what, text_hashes(texts.arrow.take(held)), counts[held])
    yield _tallied(_TOTALS + what, _no(1), np.array([counts.sum()]))


def _names(records: Prepared) -> Words:
    """One word for each distinct first, last and company name."""
    person, company = (
        np.concatenate((text_hashes(texts.arrow), _no(1))) for texts in (records.names, records.company_names)
    )
    return mixed(mixed(mixed(person[records.first]) ^ person[records.last]) ^ company[records.company])


def _no(size: int) -> Words:
    return np.zeros(size, dtype=np.uint64)


def _tallied(what: int, values: Words, counts: Ints, *, names: Words | None = None) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [
            pa.array(np.full(len(values), what, dtype=np.int8)),
            pa.array(values.view(np.int64)),
            pa.array((_no(len(values)) if names is None else names).view(np.int64)),
            pa.array(counts, pa.int64()),
        ],
        names=["what", "value", "name", "records"],
    )


def figures_of(tallies: pa.Table) -> Figures:
    """`tallies`: what, value, records; only values that are common, or nobody's own, and the totals."""
    what = tallies.column("what").to_numpy()
    values = tallies.column("value").to_numpy().view(np.uint64)
    counts = tallies.column("records").to_numpy()

    def size(place: int) -> int:
        return int(counts[what == place].sum())

    return Figures(
        persons=size(_PERSONS),
        companies=size(_COMPANIES),
        counted={
            name: counted(values[what == place], counts[what == place], total=size(_TOTALS + place))
            for place, name in enumerate(COUNTED)
        },
        ignored={
            name: np.sort(values[what == place]) for place, name in enumerate(SWITCHBOARDS, len(COUNTED))
        },
    )


# Keys and pairs


def keys(batches: Batches, *, orders: Orders) -> Batches:
    """As KEYS, each key of a record once."""
    for batch in batches:
        facts = facts_of(pa.Table.from_batches([batch]), orders.read_figures)
        for column in (*lasting_key_columns(facts), *rule_key_columns(facts, orders.recipe.rules)):
            yield _once_each(column, facts.records.ids)


def _once_each(column: KeyColumn, ids: Ints) -> pa.RecordBatch:
    order = np.lexsort((column.owners, column.keys))
    held, owners = column.keys[order], column.owners[order]
    new = np.ones(len(held), dtype=np.bool_)
    new[1:] = (held[1:] != held[:-1]) | (owners[1:] != owners[:-1])
    kind = np.full(int(new.sum()), _KINDS.index(column.kind), dtype=np.int8)
    columns = [pa.array(kind), pa.array(held[new]), pa.array(ids[owners[new]])]
    return pa.RecordBatch.from_arrays(columns, names=["kind", "key", "record_id"])


def candidates(batches: Batches, *, cap: int) -> Batches:
    """Rows as KEYS, all of one key together, by key and record id. As CANDIDATES."""
    blocks = _Blocks(cap)
    for batch in batches:
        yield from blocks.take(*(batch.column(name).to_numpy() for name in ("kind", "key", "record_id")))
    yield from blocks.end()


@dataclass(slots=True)
class _Large:
    """A block beyond the cap that is still growing."""

    kind: int
    key: int
    records: int
    example: int

    def row(self) -> pa.RecordBatch:
        example, key, kind, records = (
            np.array([one]) for one in (self.example, self.key, self.kind, self.records)
        )
        return _rows(example, key, kinds=kind, records=records)


class _Blocks:
    """Blocks cut out of a stream of keys; the last one waits until it is complete."""

    def __init__(self, cap: int) -> None:
        self._cap = cap
        self._waiting = (np.empty(0, np.int8), np.empty(0, np.int64), np.empty(0, np.int64))
        self._large: _Large | None = None

    def take(self, kinds: npt.NDArray[np.int8], held: Ints, ids: Ints) -> Batches:
        if self._large is not None:
            more = int(np.searchsorted(held, self._large.key, side="right"))
            self._large.records += more
            kinds, held, ids = kinds[more:], held[more:], ids[more:]
        if not len(held):
            return
        if self._large is not None:
            yield self._large.row()
            self._large = None
        kinds = np.concatenate((self._waiting[0], kinds))
        held, ids = np.concatenate((self._waiting[1], held)), np.concatenate((self._waiting[2], ids))
        last = int(np.searchsorted(held, held[-1]))
        self._waiting = (kinds[last:], held[last:], ids[last:])
        if len(held) - last > self._cap:
            self._large = _Large(int(kinds[last]), int(held[last]), len(held) - last, int(ids[last]))
            self._waiting = (kinds[:0], held[:0], ids[:0])
        yield from self._made(kinds[:last], held[:last], ids[:last])

    def end(self) -> Batches:
        yield from self._made(*self._waiting)
        if self._large is not None:
            yield self._large.row()

    def _made(self, kinds: npt.NDArray[np.int8], held: Ints, ids: Ints) -> Batches:
        if not len(held):
            return
        distinct, owners = np.unique(ids, return_inverse=True)
        columns = (
            KeyColumn(_KINDS[kind], owners[kinds == kind], held[kinds == kind])
            for kind in np.unique(kinds).tolist()
        )
        found = gather(columns, records=len(distinct), cap=self._cap)
        for low, high in found.ranges(most=_PAIRS_AT_ONCE):
            left, right = found.pairs(low=low, high=high)
            yield _rows(distinct[left], distinct[right])
        starts = np.flatnonzero(np.r_[True, held[1:] != held[:-1]])
        sizes = np.diff(np.append(starts, len(held)))
        large = sizes > self._cap
        yield _rows(ids[starts[large]], held[starts[large]], kinds=kinds[starts[large]], records=sizes[large])


def _rows(
    left: Ints, right: Ints, *, kinds: Numbers | None = None, records: Numbers | None = None
) -> pa.RecordBatch:
    nothing = np.zeros(len(left), dtype=np.int8)
    columns = [
        pa.array(left, pa.int64()),
        pa.array(right, pa.int64()),
        pa.array((nothing if kinds is None else kinds).astype(np.int8)),
        pa.array((nothing if records is None else records).astype(np.int32)),
    ]
    return pa.RecordBatch.from_arrays(columns, names=["left_id", "right_id", "kind", "records"])


def kind_of(number: int) -> KeyKind:
    return _KINDS[number]


# Evidence and clusters


def evidence(batches: Batches, *, orders: Orders) -> Batches:
    """Rows: a pair, all columns of both sides. As EVIDENCE."""
    for batch in batches:
        records, left, right = _both_sides(batch)
        facts = facts_of(records, orders.read_figures)
        decider = Decider(facts, recipe=orders.recipe, figures=orders.read_figures)
        yield from decider.decide(left, right).combine_chunks().to_batches()


def _both_sides(batch: pa.RecordBatch) -> tuple[pa.Table, Ints, Ints]:
    """(the records of all pairs, each once, by id; positions of the left ones, of the right ones)."""
    sides = [
        pa.Table.from_arrays([batch.column(side + name) for name in COLUMNS], names=COLUMNS)
        for side in (LEFT, RIGHT)
    ]
    both = pa.concat_tables(sides).combine_chunks()
    _, first, places = np.unique(both.column("record_id").to_numpy(), return_index=True, return_inverse=True)
    left, right = np.split(places.astype(np.int64), 2)
    return both.take(pa.array(first)), left, right


def settle(links: pa.Table, records: pa.Table, *, orders: Orders) -> pa.Table:
    """`links`: strong evidence. `records`: all that it joins; components are whole. As SETTLED."""
    facts = facts_of(in_id_order(records), orders.read_figures)
    found = cluster_records(facts, links.select(PAIRS.names), recipe=orders.recipe)
    members = [found.table.column("record_id"), found.table.column("cluster")]
    nothing = [pa.nulls(found.table.num_rows, pa.float64()), pa.nulls(found.table.num_rows, pa.string())]
    doubts = [found.doubts.column(name) for name in ("left_id", "right_id", "weight", "doubt")]
    names = ["one_id", "other_id", "weight", "doubt"]
    return pa.concat_tables(
        [pa.Table.from_arrays([*members, *nothing], names=names), pa.Table.from_arrays(doubts, names=names)]
    )
