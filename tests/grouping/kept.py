"""A `delta.Store` of a few records in memory, and nights over it: by changes, or by comparing everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl
import pyarrow as pa

from kith.grouping import decisions
from kith.grouping.decisions import PAIRS
from kith.grouping.engine import delta
from kith.grouping.engine.delta import EVIDENCE, KEYS
from kith.matching.clusters import Clustering
from kith.matching.comparable import Comparable, as_table
from kith.matching.evidence import EngineOptions, Recipe, cluster_records, facts_of, find_evidence
from kith.matching.figures import Figures
from kith.matching.keys import match_keys
from kith.matching.prepared import Ints
from kith.matching.survival import assign


@dataclass(slots=True)
class Kept:
    """A store, the queue of changes beside it, and what matching made of it."""

    figures: Figures
    options: EngineOptions
    recipe: Recipe = field(default_factory=Recipe.shipped)
    claims: dict[int, Comparable] = field(default_factory=dict)
    keys: dict[int, tuple[int, ...]] = field(default_factory=dict)
    waiting: dict[int, set[int]] = field(default_factory=dict)
    evidence: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=EVIDENCE))
    said: dict[tuple[int, int], bool] = field(default_factory=dict)
    """Decisions of people: whether the two are kept apart; else together."""
    contacts: dict[int, int] = field(default_factory=dict)
    next_id: int = 1
    crossed: int = 0

    def put(self, record: Comparable) -> None:
        """New, or changed."""
        self._note(record.record_id)
        self.claims[record.record_id] = record
        self.keys[record.record_id] = tuple(match_keys(as_table([record]))[0].as_py())

    def take_out(self, record_id: int) -> None:
        if record_id in self.claims:
            self._note(record_id)
            del self.claims[record_id], self.keys[record_id]

    def decide(self, one: int, other: int, *, apart: bool | None) -> None:
        """None: it is lifted. Whoever it concerns is looked at again, as `grouping.actions` asks."""
        if one == other:
            return
        pair = min(one, other), max(one, other)
        self.said.pop(pair, None)
        if apart is not None:
            self.said[pair] = apart
        for record_id in pair:
            if record_id in self.claims:
                self._note(record_id)

    def _note(self, record_id: int) -> None:
        self.waiting.setdefault(record_id, set()).update(self.keys.get(record_id, ()))

    # As delta.Store

    def keys_of(self, ids: Ints) -> pl.DataFrame:
        rows = [(one, key) for one in ids.tolist() for key in self.keys.get(one, ())]
        return pl.DataFrame(rows, schema=KEYS, orient="row")

    def members(self, keys: Ints, most: Ints) -> pl.DataFrame:
        rows: list[tuple[int | None, int]] = []
        for key, limit in zip(keys.tolist(), most.tolist(), strict=True):
            found = [(one, key) for one, its in self.keys.items() if key in its]
            rows += found if len(found) <= limit else [(None, key)]
        return pl.DataFrame(rows, schema=KEYS, orient="row")

    def records(self, ids: Ints) -> pa.Table:
        return as_table([self.claims[one] for one in sorted(ids.tolist()) if one in self.claims])

    def evidence_of(self, ids: Ints) -> pl.DataFrame:
        asked = ids.tolist()
        return self.evidence.filter(pl.col("left_id").is_in(asked) | pl.col("right_id").is_in(asked))

    def decisions_of(self, ids: Ints) -> pl.DataFrame:
        asked = set(ids.tolist())
        rows = [(*pair, apart) for pair, apart in self.said.items() if not asked.isdisjoint(pair)]
        return pl.DataFrame(rows, schema=PAIRS, orient="row")

    def contact_mates(self, ids: Ints) -> Ints:
        theirs = {self.contacts[one] for one in ids.tolist() if one in self.contacts}
        return np.array([one for one, of in self.contacts.items() if of in theirs], dtype=np.int64)

    # Nights

    def by_changes(self) -> None:
        rows = [(one, sorted(keys)) for one, keys in self.waiting.items()]
        changed = pl.DataFrame(
            rows, schema={"record_id": pl.Int64, "old_keys": pl.List(pl.Int64)}, orient="row"
        )
        read = delta.read(self, changed, options=self.options)
        compared = delta.compare(read, recipe=self.recipe, figures=self.figures, options=self.options)
        touched = delta.touched(self, compared)
        facts = delta.facts_of_touched(self, touched, compared=compared, figures=self.figures)
        together, apart = decisions.pairs(touched.said)
        clustering = cluster_records(
            facts, touched.links.to_arrow(), recipe=self.recipe, together=together, apart=apart
        )
        kept = self.evidence.join(compared.before, on=["left_id", "right_id"], how="anti")
        self.evidence = pl.concat([kept, compared.found])
        self.crossed += read.crossed
        self._place(clustering, among=touched.ids.tolist())
        self.waiting.clear()

    def by_everything(self) -> None:
        facts = facts_of(self.records(np.array(sorted(self.claims), dtype=np.int64)), self.figures)
        found = find_evidence(facts, recipe=self.recipe, figures=self.figures, options=self.options)
        self.evidence = delta.as_kept(found.pairs)
        together = tuple(pair for pair, apart in self.said.items() if not apart)
        apart = tuple(pair for pair, apart in self.said.items() if apart)
        clustering = cluster_records(
            facts, self.evidence.to_arrow(), recipe=self.recipe, together=together, apart=apart
        )
        self._place(clustering, among=[*self.claims, *self.waiting])
        self.waiting.clear()

    def _place(self, clustering: Clustering, *, among: Iterable[int]) -> None:
        """GroupIDs as `grouping.membership` gives them."""
        clusters = pl.DataFrame(clustering.table)
        members = clusters.with_columns(
            old_group=pl.Series([self.contacts.get(one) for one in clusters["record_id"]], dtype=pl.Int64),
            heads_old_group=pl.lit(value=False),
            heads_cluster=pl.lit(value=False),
        )
        survival = assign(members.to_arrow(), next_id=self.next_id)
        self.next_id = survival.next_id
        named = clusters.join(pl.DataFrame(survival.clusters), on="cluster")
        for one in among:
            self.contacts.pop(one, None)
        self.contacts.update(zip(named["record_id"], named["group_id"], strict=True))

    # What came of it

    @property
    def pairs(self) -> frozenset[tuple[object, ...]]:
        return frozenset(self.evidence.rows())

    @property
    def partition(self) -> frozenset[frozenset[int]]:
        return partition(self.contacts)


def partition(contacts: Mapping[int, int]) -> frozenset[frozenset[int]]:
    groups: dict[int, set[int]] = {}
    for one, contact in contacts.items():
        groups.setdefault(contact, set()).add(one)
    return frozenset(frozenset(members) for members in groups.values())


def numbered(record: Comparable, record_id: int) -> Comparable:
    return replace(record, record_id=record_id)
