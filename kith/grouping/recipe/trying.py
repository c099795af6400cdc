"""“Try it”: rules or a model being edited beside what is in force, on the real records, writing nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import pyarrow as pa
from django.db import connection

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.names import record_name
from kith.grouping.engine.records import arrow_records
from kith.grouping.recipe.versions import recipe_in_force
from kith.matching import trial
from kith.matching.clusters import Pair
from kith.matching.evidence import Recipe
from kith.matching.rules import RuleSet, Verdict
from kith.matching.trial import GroupSize, ModelTrial, Trial
from kith.sources.models import SourceRecord

MOST_RECORDS: Final = 100_000
"""More are tried on a sample of whole contacts, so that a page answers in seconds."""
_SIZES: Final = ((1, 1, "1"), (2, 2, "2"), (3, 3, "3"), (4, 9, "4 to 9"), (10, 10**9, "10 or more"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    left: SourceRecord
    right: SourceRecord
    left_name: str
    right_name: str
    """'' for those who may not see contacts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedRule:
    number: int
    kind: str
    name: str
    verdict: Verdict
    pairs: int
    first_pairs: int
    pairs_now: int | None
    """With what is in force; None for a rule that is new or was off."""
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TriedModel:
    """Pairs of one kind on which no rule decides."""

    kind: str
    grouped: int
    grouped_now: int
    asked: int
    asked_now: int
    just_grouped: tuple[Example, ...]
    just_asked: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class SizeLine:
    label: str
    now: int
    then: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    records: int
    of: int
    groups_now: int
    groups_then: int
    pairs_now: int
    pairs_then: int
    asked_now: int
    asked_then: int
    """Pairs that neither a rule nor the model groups, kept for review."""
    doubts_now: int
    doubts_then: int
    """Evidence strong enough that was not followed: it would join what contradicts itself, or too much."""
    moves: int
    """System Refs that would be with others than now."""
    sizes: tuple[SizeLine, ...]
    rules: tuple[TriedRule, ...]
    models: tuple[TriedModel, ...]

    @property
    def is_sample(self) -> bool:
        return self.records < self.of

    @property
    def difference(self) -> str:
        fewer = self.groups_now - self.groups_then
        if fewer == 0:
            return "as many contacts as now"
        return f"{abs(fewer):,} {'fewer' if fewer > 0 else 'more'} contact{'' if abs(fewer) == 1 else 's'}"


def try_out(rules: RuleSet, *, actor: Actor, most: int = MOST_RECORDS) -> Tried:
    """These rules with the models in force."""
    return try_recipe(replace(recipe_in_force().recipe, rules=rules), actor=actor, most=most)


def try_recipe(recipe: Recipe, *, actor: Actor, most: int = MOST_RECORDS) -> Tried:
    require(actor, Permission.RULES_EDIT)
    ids, total = _sample(most)
    table = arrow_records(ids=ids)
    then = trial.try_recipe(table, recipe=recipe)
    now = trial.try_recipe(table, recipe=recipe_in_force().recipe, examples=0)
    rows = SourceRecord.objects.select_related("source", "membership").in_bulk(_example_ids(then))
    examples = _Examples(rows, may_see=actor.may(Permission.CONTACT_VIEW))
    return Tried(
        records=then.records,
        of=total,
        groups_now=now.groups,
        groups_then=then.groups,
        pairs_now=now.pairs,
        pairs_then=then.pairs,
        asked_now=now.asked,
        asked_then=then.asked,
        doubts_now=sum(now.doubts.values()),
        doubts_then=sum(then.doubts.values()),
        moves=_moves(now.clusters, then.clusters),
        sizes=_sizes(now.sizes, then.sizes),
        rules=_rules(now, then, examples),
        models=tuple(
            _model(before, after, examples) for before, after in zip(now.models, then.models, strict=True)
        ),
    )


def _moves(now: pa.Table, then: pa.Table) -> int:
    """Records of groups that are not the same records before and after."""
    groups = []
    for table in (now, then):
        by_id = table.sort_by("record_id")
        _, group, sizes = np.unique(
            by_id.column("cluster").to_numpy(), return_inverse=True, return_counts=True
        )
        groups.append((group, sizes[group]))
    (one, size), (other, size_then) = groups
    both = one.astype(np.int64) * (int(other.max(initial=0)) + 1) + other
    _, meeting, together = np.unique(both, return_inverse=True, return_counts=True)
    return int(((together[meeting] != size) | (together[meeting] != size_then)).sum())


def _sample(most: int) -> tuple[list[int] | None, int]:
    """Ids to try on (None: all) and how many there are. Every n-th GroupID with all its System Refs."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sources_sourcerecord WHERE erased_at IS NULL")
        total = int(cursor.fetchall()[0][0])
        if total <= most:
            return None, total
        cursor.execute(
            "SELECT r.id FROM sources_sourcerecord r LEFT JOIN sources_membership m ON m.record_id = r.id"
            " WHERE r.erased_at IS NULL AND coalesce(m.contact_id, r.id) %% %s = 0 ORDER BY r.id LIMIT %s",
            [-(-total // most), most],
        )
        return [int(row[0]) for row in cursor.fetchall()], total


def _sizes(now: tuple[GroupSize, ...], then: tuple[GroupSize, ...]) -> tuple[SizeLine, ...]:
    return tuple(
        SizeLine(label, _between(now, low, high), _between(then, low, high)) for low, high, label in _SIZES
    )


def _between(sizes: tuple[GroupSize, ...], low: int, high: int) -> int:
    return sum(size.groups for size in sizes if low <= size.records <= high)


def _example_ids(then: Trial) -> set[int]:
    pairs = [pair for rule in then.rules for pair in rule.examples]
    pairs += [pair for model in then.models for pair in (*model.just_grouped, *model.just_asked)]
    return {record_id for pair in pairs for record_id in pair}


@dataclass(frozen=True, slots=True)
class _Examples:
    rows: Mapping[int, SourceRecord]
    may_see: bool

    def of(self, pairs: Sequence[Pair]) -> tuple[Example, ...]:
        return tuple(
            Example(
                left=self.rows[left],
                right=self.rows[right],
                left_name=record_name(self.rows[left]) if self.may_see else "",
                right_name=record_name(self.rows[right]) if self.may_see else "",
            )
            for left, right in pairs
            if left in self.rows and right in self.rows
        )


def _rules(now: Trial, then: Trial, examples: _Examples) -> tuple[TriedRule, ...]:
    known = {(rule.kind, rule.name): rule.pairs for rule in now.rules}
    return tuple(
        TriedRule(
            number=rule.position + 1,
            kind=rule.kind,
            name=rule.name,
            verdict=rule.verdict,
            pairs=rule.pairs,
            first_pairs=rule.first_pairs,
            pairs_now=known.get((rule.kind, rule.name)),
            examples=examples.of(rule.examples),
        )
        for rule in then.rules
    )


def _model(now: ModelTrial, then: ModelTrial, examples: _Examples) -> TriedModel:
    return TriedModel(
        kind=then.kind,
        grouped=then.grouped,
        grouped_now=now.grouped,
        asked=then.asked,
        asked_now=now.asked,
        just_grouped=examples.of(then.just_grouped),
        just_asked=examples.of(then.just_asked),
    )
