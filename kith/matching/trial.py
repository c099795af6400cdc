"""'Try it': what would these rules do to these records, before anybody saves them?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from kith.matching.clusters import Pair, cluster
from kith.matching.evidence import EngineOptions, Evidence, Progress, Report, RulePairs, find_evidence
from kith.matching.rules import RuleSet


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTrial:
    kind: str
    position: int
    name: str
    pairs: int
    first_pairs: int
    """Pairs that no rule before it joined."""
    examples: tuple[Pair, ...]
    """Record ids, of pairs attributed to this rule if there are any; spread over the whole sample."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupSize:
    records: int
    groups: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    records: int
    pairs: int
    groups: int
    """Groups of one record included: this is how many contacts there would be."""
    sizes: tuple[GroupSize, ...]
    rules: tuple[RuleTrial, ...]
    report: Report


def try_rules(
    records: pa.Table,
    *,
    rules: RuleSet,
    options: EngineOptions | None = None,
    examples: int = 5,
    progress: Callable[[Progress], None] | None = None,
) -> Trial:
    """People's decisions are left out: this shows what the rules do by themselves."""
    evidence = find_evidence(records, rules=rules, options=options, progress=progress)
    clusters = cluster(
        record_ids=records.column("record_id"),
        kinds=records.column("kind"),
        pairs=evidence.pairs,
        together=(),
        apart=(),
    ).table
    sizes = _sizes(clusters)
    return Trial(
        records=records.num_rows,
        pairs=evidence.pairs.num_rows,
        groups=sum(size.groups for size in sizes),
        sizes=sizes,
        rules=tuple(_rule_trial(found, evidence, examples=examples) for found in evidence.report.rules),
        report=evidence.report,
    )


def _sizes(clusters: pa.Table) -> tuple[GroupSize, ...]:
    _, members = np.unique(clusters.column("cluster").to_numpy(), return_counts=True)
    records, groups = np.unique(members, return_counts=True)
    return tuple(
        GroupSize(records=size, groups=count)
        for size, count in zip(records.tolist(), groups.tolist(), strict=True)
    )


def _rule_trial(found: RulePairs, evidence: Evidence, *, examples: int) -> RuleTrial:
    of_kind = evidence.pairs.filter(pc.equal(evidence.pairs.column("kind"), found.kind))
    first = of_kind.filter(pc.equal(of_kind.column("rule"), found.position))
    held = first if first.num_rows else _held(of_kind, found)
    shown = held.take(np.linspace(0, held.num_rows - 1, min(examples, held.num_rows)).astype(np.int64))
    return RuleTrial(
        kind=found.kind,
        position=found.position,
        name=found.name,
        pairs=found.pairs,
        first_pairs=first.num_rows,
        examples=tuple(
            zip(shown.column("left_id").to_pylist(), shown.column("right_id").to_pylist(), strict=True)
        ),
    )


def _held(pairs: pa.Table, found: RulePairs) -> pa.Table:
    """Pairs for which the rule held, though an earlier one held too."""
    if not found.pairs:
        return pairs.slice(0, 0)
    parents = pc.list_parent_indices(pairs.column("rules").combine_chunks())
    rules = pc.list_flatten(pairs.column("rules").combine_chunks())
    return pairs.take(parents.filter(pc.equal(rules, found.position)))
