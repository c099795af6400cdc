"""'Try it': what would these rules and models do to these records, before anybody saves them?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from kith.matching import deciding
from kith.matching.clusters import Clustering, Pair
from kith.matching.evidence import (
    EngineOptions,
    Progress,
    Recipe,
    Report,
    cluster_records,
    find_evidence,
    in_id_order,
)
from kith.matching.figures import Figures, count, without_ignored
from kith.matching.pairs import Facts, Pairs
from kith.matching.prepared import Ints, Mask, prepare
from kith.matching.records import COMPANY, PERSON
from kith.matching.rules import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrial:
    kind: str
    position: int
    name: str
    verdict: Verdict
    pairs: int
    """Pairs on which it holds, of those that evidence speaks for."""
    first_pairs: int
    """Pairs that it decides; of a rule of never, those it forbids."""
    examples: tuple[Pair, ...]
    """Record ids, of pairs decided by this rule if there are any; spread over the whole sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelTrial:
    """Pairs of one kind on which no rule decides."""

    kind: str
    grouped: int
    asked: int
    """A person would be."""
    just_grouped: tuple[Pair, ...]
    """The weakest that are grouped, weakest first."""
    just_asked: tuple[Pair, ...]
    """The strongest that are not grouped, strongest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSize:
    records: int
    groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    records: int
    pairs: int
    """That evidence brings together."""
    asked: int
    """Pairs a person would be asked about, doubts not counted."""
    groups: int
    """Groups of one record included: this is how many contacts there would be."""
    sizes: tuple[GroupSize, ...]
    rules: tuple[RuleTrial, ...]
    models: tuple[ModelTrial, ...]
    doubts: dict[str, int]
    """By `clusters.Doubt`: evidence strong enough that was not followed."""
    clusters: pa.Table
    """`record_id`, `cluster`."""
    report: Report


def try_recipe(
    records: pa.Table,
    *,
    recipe: Recipe,
    figures: Figures | None = None,
    options: EngineOptions | None = None,
    examples: int = 5,
    progress: Callable[[Progress], None] | None = None,
) -> Trial:
    """People's decisions are left out: this shows what the recipe does by itself.

    `figures`: those of the whole store; counted from the records when not given.
    """
    options = options or EngineOptions()
    prepared = prepare(in_id_order(records))
    if figures is None:
        figures = count(
            prepared, frequent_records=options.frequent_records, frequent_names=options.frequent_names
        )
    facts = Facts(without_ignored(prepared, figures))
    evidence = find_evidence(facts, recipe=recipe, figures=figures, options=options, progress=progress)
    clustering = cluster_records(facts, evidence.pairs, recipe=recipe)
    sizes = _sizes(clustering)
    counted = [_Counted(facts, evidence.pairs, recipe, kind, examples) for kind in (PERSON, COMPANY)]
    return Trial(
        records=records.num_rows,
        pairs=sum(one.grouping for one in counted),
        asked=sum(len(one) - one.grouping for one in counted),
        groups=sum(size.groups for size in sizes),
        sizes=sizes,
        rules=tuple(rule for one in counted for rule in one.rules()),
        models=tuple(one.model() for one in counted),
        doubts=dict(Counter(clustering.doubts.column("doubt").to_pylist())),
        clusters=clustering.table,
        report=evidence.report,
    )


def _sizes(clustering: Clustering) -> tuple[GroupSize, ...]:
    _, members = np.unique(clustering.table.column("cluster").to_numpy(), return_counts=True)
    records, groups = np.unique(members, return_counts=True)
    return tuple(
        GroupSize(records=size, groups=count)
        for size, count in zip(records.tolist(), groups.tolist(), strict=True)
    )


class _Counted:
    """The pairs of one kind that evidence speaks for."""

    def __init__(self, facts: Facts, pairs: pa.Table, recipe: Recipe, kind: str, examples: int) -> None:
        ids = facts.records.ids
        left = np.searchsorted(ids, pairs.column("left_id").to_numpy())
        chosen = facts.records.is_company[left] == (kind == COMPANY)
        right = np.searchsorted(ids, pairs.column("right_id").to_numpy()[chosen])
        self._ids = ids
        self._pairs = Pairs(facts, left[chosen], right)
        self._rule = pairs.column("rule").fill_null(deciding.NO_RULE).to_numpy()[chosen]
        self._weight = pairs.column("weight").to_numpy()[chosen]
        self._groups = pairs.column("groups").to_numpy(zero_copy_only=False)[chosen]
        self._kind, self._rules, self._examples = kind, recipe.rules.of_kind(kind), examples

    def __len__(self) -> int:
        return len(self._pairs)

    @property
    def grouping(self) -> int:
        return int(self._groups.sum())

    def rules(self) -> Iterator[RuleTrial]:
        for position, rule in enumerate(self._rules):
            if not rule.enabled:
                continue
            held = deciding.rule_holds(rule, self._pairs)
            first = held if rule.verdict is Verdict.NEVER else self._rule == position
            yield RuleTrial(
                kind=self._kind,
                position=position,
                name=rule.name,
                verdict=rule.verdict,
                pairs=int(held.sum()),
                first_pairs=int(first.sum()),
                examples=self._spread(first if first.any() else held),
            )

    def model(self) -> ModelTrial:
        by_model = self._rule == deciding.NO_RULE
        grouped = np.flatnonzero(by_model & self._groups)
        asked = np.flatnonzero(by_model & ~self._groups)
        return ModelTrial(
            kind=self._kind,
            grouped=len(grouped),
            asked=len(asked),
            just_grouped=self._named(grouped[np.argsort(self._weight[grouped], kind="stable")]),
            just_asked=self._named(asked[np.argsort(-self._weight[asked], kind="stable")]),
        )

    def _spread(self, held: Mask) -> tuple[Pair, ...]:
        places = np.flatnonzero(held)
        shown = np.linspace(0, len(places) - 1, min(self._examples, len(places))).astype(np.int64)
        return self._named(places[shown])

    def _named(self, places: Ints) -> tuple[Pair, ...]:
        shown = places[: self._examples]
        left, right = self._ids[self._pairs.left[shown]], self._ids[self._pairs.right[shown]]
        return tuple(zip(left.tolist(), right.tolist(), strict=True))
