"""Records -> the pairs that rules or the model hold for one, with their weights: the front door of matching.

Sets in, sets out. All records, or only the pairs of some (`among`): the same pair gets the same weight either
way, because what depends on the other records (`Figures`) is given.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import pyarrow as pa

from kith.matching import deciding
from kith.matching.candidates import Candidates, gather
from kith.matching.clusters import CERTAIN, Clustering, Guards, Pair, cluster, positions
from kith.matching.figures import Figures, count_and_ignore, without_ignored
from kith.matching.guards import contradicting
from kith.matching.keys import KeyColumn, KeyKind, key_columns, lasting_key_columns
from kith.matching.model import Model
from kith.matching.pairs import Facts, Pairs
from kith.matching.prepared import Ints, Mask, ordered, prepare
from kith.matching.records import COMPANY, PERSON
from kith.matching.rule_keys import rule_key_columns
from kith.matching.rules import RuleSet, validate
from kith.matching.scoring import Scorer
from kith.matching.shipped import shipped_model

PAIRS: Final = pa.schema(
    [
        ("left_id", pa.int64()),
        ("right_id", pa.int64()),
        ("weight", pa.float64()),
        ("rule", pa.int16()),
        ("groups", pa.bool_()),
    ]
)
"""left_id < right_id, in this order. `weight`: log2 odds by the model. `rule`: the place (from 0) in
`RuleSet.of_kind` of the rule that decided, null where the model did. `groups`: else a person is asked."""

_COMPARISONS: Final = 1
"""Goes up when a comparison itself changes, so that kept evidence is made again."""
_BYTES_PER_PAIR: Final = 400
"""Held for each pair while it is compared, measured; sets how many are compared at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """All that decides: rules, models, guards. What an installation can edit."""

    rules: RuleSet
    person: Model
    company: Model
    guards: Guards = field(default_factory=lambda: Guards(bridge_at=8.0))

    @classmethod
    def shipped(cls) -> Recipe:
        return cls(rules=RuleSet.shipped(), person=shipped_model(PERSON), company=shipped_model(COMPANY))

    def model(self, kind: str) -> Model:
        return self.company if kind == COMPANY else self.person

    @property
    def version(self) -> str:
        """Equal for recipes that decide alike."""
        # As they read back: 1 and 1.0 decide alike.
        rules = RuleSet.from_json(self.rules.to_json()).to_json()
        said = (rules, self.person.version, self.company.version, self.guards, _COMPARISONS)
        return hashlib.sha256(repr(said).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    memory_limit: int = 500_000_000
    """Bytes that pairs being compared may take; the records themselves come on top."""
    max_block_size: int = 200
    """More records than this that share a key are not compared by that key."""
    frequent_records: int = 12
    frequent_names: int = 8
    """An e-mail or phone on more records than this, with more distinct names than this, is a switchboard."""
    cancelled: Callable[[], bool] | None = None
    """Asked between steps; yes raises Cancelled."""


@dataclass(frozen=True, slots=True)
class Progress:
    step: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A block beyond the cap."""

    kind: KeyKind
    records: int
    example_record_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    records: int
    compared: int
    """Pairs."""
    cut: tuple[Cut, ...] = ()
    """The largest; `cut_count` counts all."""
    cut_count: int = 0
    ignored: int = 0
    """E-mails and phones that are nobody's own."""
    seconds_by_step: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    pairs: pa.Table
    report: Report


class Cancelled(Exception):
    """The caller asked to stop; nothing was produced."""


class UnusableRules(ValueError):
    """The sentences of `rules.validate`, one a line."""


def facts_of(records: pa.Table, figures: Figures) -> Facts:
    """`records`: `record_id` (int64, unique) and the columns of `records.MATCHED`, in any order."""
    return Facts(without_ignored(prepare(records), figures))


def counted_facts_of(records: pa.Table, *, options: EngineOptions) -> tuple[Facts, Figures]:
    """For a full run: the records in the order of their ids, and what is counted over them."""
    figures, kept = count_and_ignore(
        ordered(prepare(records)),
        frequent_records=options.frequent_records,
        frequent_names=options.frequent_names,
    )
    return Facts(kept), figures


def find_evidence(
    facts: Facts,
    *,
    recipe: Recipe,
    figures: Figures,
    options: EngineOptions | None = None,
    among: Mask | None = None,
    cut: Ints | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Evidence:
    """`among`: per record; only pairs with at least one of them are looked at. The records must hold the
    whole block of each key that one of them has, but for `cut`: stored keys of blocks beyond the cap.
    """
    problems = validate(recipe.rules)
    if problems:
        raise UnusableRules("\n".join(problems))
    return _Finder(facts, recipe, figures, options or EngineOptions(), progress).find(among, cut)


def cluster_records(
    facts: Facts,
    pairs: pa.Table,
    *,
    recipe: Recipe,
    together: tuple[Pair, ...] = (),
    apart: tuple[Pair, ...] = (),
) -> Clustering:
    """`pairs` as PAIRS, of records that are all in `facts`, whose ids ascend."""
    strong = pairs.filter(pairs.column("groups"))
    ids = facts.records.ids
    left, right = (positions(strong.column(name).to_numpy(), ids=ids) for name in ("left_id", "right_id"))
    rule = strong.column("rule").fill_null(deciding.NO_RULE).to_numpy()
    weight = np.where(rule >= 0, CERTAIN - rule, strong.column("weight").to_numpy())
    return cluster(
        record_ids=ids,
        is_company=facts.records.is_company,
        left=left,
        right=right,
        weight=weight,
        together=together,
        apart=apart,
        contradicting=contradicting(
            facts,
            never=lambda found: _never(found, recipe.rules),
            rules=(*recipe.rules.person, *recipe.rules.company),
        ),
        guards=recipe.guards,
    )


def _never(pairs: Pairs, rules: RuleSet) -> Mask:
    of_company = pairs.of_companies
    forbidden = np.where(
        of_company, deciding.never(rules.company, pairs), deciding.never(rules.person, pairs)
    )
    return np.asarray(forbidden, dtype=np.bool_)


class Decider:
    """What rules and models say of pairs: the one place where pairs become evidence, on every engine."""

    def __init__(self, facts: Facts, *, recipe: Recipe, figures: Figures) -> None:
        self._facts = facts
        self._recipe = recipe
        self._scorers = {kind: Scorer(recipe.model(kind), facts, figures) for kind in (PERSON, COMPANY)}

    def decide(self, left: Ints, right: Ints) -> pa.Table:
        """Positions, smaller first. Those that hold, as PAIRS."""
        of_company = self._facts.records.is_company[left]
        parts = [
            self._decided(left[chosen], right[chosen], kind)
            for kind, chosen in ((PERSON, ~of_company), (COMPANY, of_company))
            if chosen.any()
        ]
        if not parts:
            return PAIRS.empty_table()
        return pa.concat_tables(parts).sort_by([("left_id", "ascending"), ("right_id", "ascending")])

    def _decided(self, left: Ints, right: Ints, kind: str) -> pa.Table:
        pairs = Pairs(self._facts, left, right)
        weight = self._scorers[kind].weights(pairs)
        decided = deciding.decide(
            self._recipe.rules.of_kind(kind),
            pairs,
            weight=weight,
            model=self._recipe.model(kind),
            guards=self._recipe.guards,
        )
        kept, rule = decided.groups | decided.asks, decided.rule
        ids = self._facts.records.ids
        columns = [
            pa.array(ids[left[kept]]),
            pa.array(ids[right[kept]]),
            pa.array(weight[kept]),
            pa.array(rule[kept], mask=rule[kept] == deciding.NO_RULE),
            pa.array(decided.groups[kept]),
        ]
        return pa.Table.from_arrays(columns, schema=PAIRS)


class _Finder:
    def __init__(
        self,
        facts: Facts,
        recipe: Recipe,
        figures: Figures,
        options: EngineOptions,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._facts = facts
        self._recipe = recipe
        self._options = options
        self._progress = progress
        self._seconds: dict[str, float] = {}
        self._decider = Decider(facts, recipe=recipe, figures=figures)
        self._ignored = sum(len(hashes) for hashes in figures.ignored.values())

    def find(self, among: Mask | None, cut: Ints | None) -> Evidence:
        records = self._facts.records
        self._at("keys", 0, 1)
        started = time.perf_counter()
        columns = [*self._key_columns(cut), *rule_key_columns(self._facts, self._recipe.rules)]
        candidates = gather(columns, records=len(records), cap=self._options.max_block_size)
        self._seconds["keys"] = time.perf_counter() - started
        started = time.perf_counter()
        ranges = candidates.ranges(most=max(10_000, self._options.memory_limit // _BYTES_PER_PAIR))
        found, compared = [], 0
        for number, (low, high) in enumerate(ranges):
            self._at("compare", number, len(ranges))
            left, right = candidates.pairs(low=low, high=high)
            if among is not None:
                wanted = among[left] | among[right]
                left, right = left[wanted], right[wanted]
            compared += len(left)
            found.append(self._decider.decide(left, right))
        self._at("compare", len(ranges), len(ranges))
        self._seconds["compare"] = time.perf_counter() - started
        return Evidence(pa.concat_tables(found), self._report(candidates, compared))

    def _key_columns(self, cut: Ints | None) -> Iterator[KeyColumn]:
        if cut is None:
            yield from key_columns(self._facts)
            return
        for column in lasting_key_columns(self._facts):
            kept = ~np.isin(column.keys, cut)
            yield KeyColumn(column.kind, column.owners[kept], column.keys[kept])

    def _report(self, candidates: Candidates, compared: int) -> Report:
        ids = self._facts.records.ids
        cut = sorted(candidates.cut, key=lambda block: -block.records)
        return Report(
            records=len(ids),
            compared=compared,
            cut=tuple(
                Cut(kind=one.kind, records=one.records, example_record_id=int(ids[one.example]))
                for one in cut
            ),
            cut_count=candidates.cut_count,
            ignored=self._ignored,
            seconds_by_step=dict(self._seconds),
        )

    def _at(self, step: str, done: int, total: int) -> None:
        if self._options.cancelled is not None and self._options.cancelled():
            raise Cancelled
        if self._progress is not None:
            self._progress(Progress(step, done, total))


def resolve(
    records: pa.Table,
    *,
    recipe: Recipe | None = None,
    figures: Figures | None = None,
    options: EngineOptions | None = None,
) -> tuple[Clustering, Evidence]:
    """Everything at once, from cleaned records to clusters. `figures`: by default counted anew."""
    recipe, options = recipe or Recipe.shipped(), options or EngineOptions()
    if figures is None:
        facts, figures = counted_facts_of(records, options=options)
    else:
        facts = Facts(without_ignored(ordered(prepare(records)), figures))
    evidence = find_evidence(facts, recipe=recipe, figures=figures, options=options)
    return cluster_records(facts, evidence.pairs, recipe=recipe), evidence


def in_id_order(records: pa.Table) -> pa.Table:
    """For `facts_of`, when clusters are to be made of them."""
    ids = records.column("record_id").to_numpy()
    return records if (ids[1:] > ids[:-1]).all() else records.sort_by("record_id")
