"""Why two records are one, or are not, and what holds a group together, as data for pages and the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from kith.matching import deciding
from kith.matching.clusters import CERTAIN
from kith.matching.comparable import Comparable, as_table, comparables
from kith.matching.evidence import Recipe, facts_of, find_evidence, in_id_order
from kith.matching.explainer import Explainer, PairExplanation
from kith.matching.figures import Figures, without_ignored
from kith.matching.guards import contradicting
from kith.matching.held import Held, Sight
from kith.matching.judge import Outcome
from kith.matching.pairs import Facts, Pairs
from kith.matching.prepared import Ints, Mask, prepare
from kith.matching.records import COMPANY, PERSON
from kith.matching.rules import Rule

REFUSAL: Final = "A person and a company are never one contact."


def explain_pair(left: Comparable, right: Comparable, *, recipe: Recipe, figures: Figures) -> PairExplanation:
    if (left.kind == COMPANY) != (right.kind == COMPANY):
        return _refused(left, right)
    explainer = Explainer(
        (left, right), np.array([0]), np.array([1]), kind=left.kind, recipe=recipe, figures=figures
    )
    return explainer.pair(0)


def _refused(left: Comparable, right: Comparable) -> PairExplanation:
    return PairExplanation(
        left_id=left.record_id,
        right_id=right.record_id,
        prior=0.0,
        prior_words="",
        steps=(),
        weight=None,
        probability=None,
        by_model=Outcome.DIFFERENT,
        rules=(),
        deciding=None,
        contradictions=(),
        verdict=Outcome.DIFFERENT,
        why=REFUSAL,
        refusal=REFUSAL,
    )


def explain_rule(
    left: Comparable, right: Comparable, *, rule: Rule, figures: Figures | None = None
) -> tuple[Held, ...]:
    """Without `figures` nothing counts as shared by many."""
    before = prepare(as_table((left, right)))
    facts = Facts(without_ignored(before, figures or Figures.none()))
    return Sight(facts, Pairs(facts, np.array([0]), np.array([1])), before=before).rule(rule, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """Two records of a group between which something speaks."""

    left_id: int
    right_id: int
    weight: float
    """log2 odds by the model."""
    rule: str
    """The rule that decides: its name. '' where the model does."""
    rule_position: int | None
    """In `RuleSet.of_kind`, from 0."""
    verdict: Outcome
    words: str
    """Why, in one sentence."""
    holds_together: bool
    """One of the strongest edges that connect all that is connected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """The weakest edge without which the group falls into two."""

    edge: Edge
    left: tuple[int, ...]
    """Record ids on the side of the edge's left record."""
    right: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forbidden:
    """Two records of the group of which a rule of never holds."""

    left_id: int
    right_id: int
    rules: tuple[str, ...]
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupExplanation:
    edges: tuple[Edge, ...]
    """The strongest first."""
    parts: tuple[tuple[int, ...], ...]
    """What evidence alone connects, the largest first; several where people hold the group together."""
    bridge: Bridge | None
    """None where every record hangs by two edges or more, or there is no edge."""
    contradictions: tuple[Forbidden, ...]


def explain_group(
    records: Sequence[Comparable] | pa.Table, *, recipe: Recipe, figures: Figures
) -> GroupExplanation:
    """Of one contact's records; `records` as a table has `record_id` and the columns of `records.MATCHED`."""
    table = in_id_order(records if isinstance(records, pa.Table) else as_table(records))
    facts = facts_of(table, figures)
    found = find_evidence(facts, recipe=recipe, figures=figures).pairs
    ids = facts.records.ids
    left, right = (np.searchsorted(ids, found.column(name).to_numpy()) for name in ("left_id", "right_id"))
    rule = found.column("rule").fill_null(deciding.NO_RULE).to_numpy()
    strength = np.where(rule >= 0, CERTAIN - rule, found.column("weight").to_numpy())
    told = _Told(comparables(table), recipe=recipe, figures=figures)
    pairs = told.pairs(left, right)
    # Only what is not forbidden is followed.
    joins = np.array([pair.verdict is Outcome.GROUP for pair in pairs], dtype=np.bool_)
    order = np.lexsort((right, left, -strength))
    links = _Links(ids, left[order], right[order], joins[order])
    tree = links.strongest_tree()
    edges = tuple(
        _edge(pairs[place], holds_together=bool(held))
        for place, held in zip(order.tolist(), tree, strict=True)
    )
    return GroupExplanation(
        edges=edges,
        parts=links.parts(),
        bridge=links.bridge(edges, tree),
        contradictions=_forbidden(facts, told, recipe=recipe),
    )


class _Told:
    """Pairs of a set of records, explained kind by kind."""

    def __init__(self, records: Sequence[Comparable], *, recipe: Recipe, figures: Figures) -> None:
        self._records, self._recipe, self._figures = records, recipe, figures
        self._is_company = np.array([one.kind == COMPANY for one in records], dtype=np.bool_)

    def pairs(self, left: Ints, right: Ints) -> list[PairExplanation]:
        found: dict[int, PairExplanation] = {}
        of_company = self._is_company[left]
        for kind, chosen in ((PERSON, np.flatnonzero(~of_company)), (COMPANY, np.flatnonzero(of_company))):
            if not len(chosen):
                continue
            explainer = Explainer(
                self._records,
                left[chosen],
                right[chosen],
                kind=kind,
                recipe=self._recipe,
                figures=self._figures,
            )
            found |= {place: explainer.pair(n) for n, place in enumerate(chosen.tolist())}
        return [found[place] for place in range(len(left))]


def _edge(pair: PairExplanation, *, holds_together: bool) -> Edge:
    return Edge(
        left_id=pair.left_id,
        right_id=pair.right_id,
        weight=pair.weight or 0.0,
        rule=pair.deciding.rule.name if pair.deciding else "",
        rule_position=pair.deciding.position if pair.deciding else None,
        verdict=pair.verdict,
        words=pair.why,
        holds_together=holds_together,
    )


@dataclass(frozen=True, slots=True)
class _Links:
    """Edges, the strongest first; ends are positions in `ids`."""

    ids: Ints
    left: Ints
    right: Ints
    joins: Mask
    """Per edge: whether it is followed."""

    def strongest_tree(self) -> Mask:
        """Per edge: whether the maximum spanning forest of those that join has it."""
        size, places = len(self.ids), np.flatnonzero(self.joins)
        # Ranks instead of weights: all positive and all different, so that there is one answer.
        ranks = np.arange(1, len(places) + 1)
        ends = (self.left[places], self.right[places])
        forest = minimum_spanning_tree(coo_matrix((ranks, ends), shape=(size, size)).tocsr())
        held = np.zeros(len(self.left), dtype=np.bool_)
        held[places[forest.data.astype(np.int64) - 1]] = True
        return held

    def parts(self) -> tuple[tuple[int, ...], ...]:
        labels = self._components(self.joins)
        found = (self._ids_at(labels == label) for label in np.unique(labels))
        return tuple(sorted(found, key=lambda part: (-len(part), part)))

    def bridge(self, edges: Sequence[Edge], tree: Mask) -> Bridge | None:
        """Every bridge is an edge of the tree."""
        for place in reversed(np.flatnonzero(tree).tolist()):
            others = self.joins.copy()
            others[place] = False
            labels = self._components(others)
            mine, theirs = labels[self.left[place]], labels[self.right[place]]
            if mine != theirs:
                return Bridge(
                    edge=edges[place],
                    left=self._ids_at(labels == mine),
                    right=self._ids_at(labels == theirs),
                )
        return None

    def _components(self, chosen: Mask) -> Ints:
        size, ends = len(self.ids), (self.left[chosen], self.right[chosen])
        matrix = coo_matrix((np.ones(len(ends[0]), np.int8), ends), shape=(size, size))
        return np.asarray(connected_components(matrix, directed=False)[1], dtype=np.int64)

    def _ids_at(self, chosen: Mask) -> tuple[int, ...]:
        return tuple(self.ids[chosen].tolist())


def _forbidden(facts: Facts, told: _Told, *, recipe: Recipe) -> tuple[Forbidden, ...]:
    everyone, is_company = np.arange(len(facts.records)), facts.records.is_company
    rules = (*recipe.rules.person, *recipe.rules.company)
    find = contradicting(facts, never=lambda pairs: _never(pairs, recipe=recipe), rules=rules)
    found = [
        find(members, np.zeros(len(members), dtype=np.int64))
        for members in (everyone[~is_company], everyone[is_company])
        if len(members) > 1
    ]
    return tuple(
        Forbidden(
            left_id=pair.left_id,
            right_id=pair.right_id,
            rules=tuple(rule.rule.name for rule in pair.contradictions),
            words="; ".join(held.words for rule in pair.contradictions for held in rule.criteria),
        )
        for left, right in found
        for pair in told.pairs(left, right)
    )


def _never(pairs: Pairs, *, recipe: Recipe) -> Mask:
    """All pairs are of one kind."""
    kind = COMPANY if pairs.of_companies.any() else PERSON
    return deciding.never(recipe.rules.of_kind(kind), pairs)
