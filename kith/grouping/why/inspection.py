"""“Why are these one person?” (K11): what speaks between the System Refs of a contact now, pair by pair.

Worked out from the claims and from what is in force now, so that no page explains with words of yesterday.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kith.contacts.models import Contact
from kith.grouping.engine.records import arrow_records
from kith.grouping.recipe.in_force import MatchingInForce, matching_in_force
from kith.grouping.recipe.model_table import signed
from kith.grouping.why.picture import Picture, picture
from kith.grouping.why.waterfalls import VERDICTS, Waterfall, bits, waterfall
from kith.matching.comparable import Comparable, comparables
from kith.matching.explain import Bridge, Edge, GroupExplanation, explain_group
from kith.matching.judge import Outcome
from kith.sources.models import SourceRecord

MOST_EXPLAINED: Final = 50
"""System Refs; all pairs of them are compared."""
MOST_PAIRS: Final = 24
"""Listed; those that hold all together come first."""
MOST_OPENED: Final = 5
"""Listed with their bits; of others they are asked for."""
_WEAK_BITS: Final = 4.0
"""So little above the threshold is drawn thin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    left: SourceRecord
    right: SourceRecord
    mark: str
    """The number of the rule, or the bits of the model."""
    is_rule: bool
    rule: str
    bits: str
    verdict: str
    words: str
    look: str
    """How its line is drawn: 'strong', 'weak', 'review' or 'bridge'."""
    holds_together: bool
    falls: Waterfall | None

    @property
    def is_bridge(self) -> bool:
        return self.look == "bridge"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """What the group would fall into without its bridge."""

    left: int
    right: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptApart:
    left: SourceRecord
    right: SourceRecord
    words: str
    rules: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    records: tuple[SourceRecord, ...]
    pairs: tuple[Pair, ...]
    pair_count: int
    """Of which `pairs` lists some."""
    picture: Picture
    bridge: Sides | None
    against: tuple[KeptApart, ...]
    """Pairs that a rule of never holds on: together all the same, through a person."""
    alone: tuple[SourceRecord, ...]
    """System Refs without evidence to any other: the claims changed, or a person decided."""
    explained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoOf:
    left: SourceRecord
    right: SourceRecord
    falls: Waterfall


def inspect(contact: Contact) -> Inspection:
    """A fixed number of queries."""
    records_of = SourceRecord.objects.of_contact(contact.pk).select_related("source")
    found = tuple(records_of.order_by("source__priority", "pk"))
    by_id = {record.pk: record for record in found[:MOST_EXPLAINED]}
    if len(found) < 2:
        return _nothing(found)
    in_force, table = matching_in_force(), arrow_records(ids=list(by_id))
    group = explain_group(table, recipe=in_force.recipe, figures=in_force.figures)
    said = {one.record_id: one for one in comparables(table)}
    edges = sorted(group.edges, key=lambda edge: not edge.holds_together)
    weak = in_force.recipe.model(contact.kind).group_at + _WEAK_BITS
    pairs = _pairs(edges, group.bridge, by_id, weak=weak)
    joined = {end.pk for pair in pairs if pair.look != "review" for end in (pair.left, pair.right)}
    return Inspection(
        records=found,
        pairs=_opened(pairs[:MOST_PAIRS], said, in_force),
        pair_count=len(pairs),
        picture=picture(found, pairs),
        bridge=_sides(group.bridge, len(by_id)),
        against=_against(group, by_id),
        alone=tuple(record for record in by_id.values() if record.pk not in joined),
        explained=len(by_id),
    )


def two_of(contact: Contact, *, left_id: int, right_id: int) -> TwoOf | None:
    """Any two System Refs of a contact, bit by bit; None when they are not both of it."""
    records_of = SourceRecord.objects.of_contact(contact.pk).select_related("source")
    by_id = records_of.filter(pk__in=(left_id, right_id)).in_bulk()
    if len(by_id) != 2:
        return None
    said = {one.record_id: one for one in comparables(arrow_records(ids=list(by_id)))}
    falls = waterfall(said[left_id], said[right_id], in_force=matching_in_force())
    return TwoOf(left=by_id[left_id], right=by_id[right_id], falls=falls)


def _nothing(found: tuple[SourceRecord, ...]) -> Inspection:
    return Inspection(
        records=found,
        pairs=(),
        pair_count=0,
        picture=picture(found, ()),
        bridge=None,
        against=(),
        alone=(),
        explained=len(found),
    )


def _pairs(
    edges: Sequence[Edge], bridge: Bridge | None, by_id: Mapping[int, SourceRecord], *, weak: float
) -> tuple[Pair, ...]:
    return tuple(
        Pair(
            left=by_id[edge.left_id],
            right=by_id[edge.right_id],
            mark=signed(edge.weight) if edge.rule_position is None else str(edge.rule_position + 1),
            is_rule=edge.rule_position is not None,
            rule=edge.rule,
            bits=bits(edge.weight),
            verdict=VERDICTS[edge.verdict],
            words=edge.words,
            look=_look(edge, bridge, weak=weak),
            holds_together=edge.holds_together,
            falls=None,
        )
        for edge in edges
        if edge.verdict is not Outcome.DIFFERENT
    )


def _look(edge: Edge, bridge: Bridge | None, *, weak: float) -> str:
    if edge.verdict is not Outcome.GROUP:
        return "review"
    if bridge is not None and edge == bridge.edge:
        return "bridge"
    return "weak" if edge.rule_position is None and edge.weight < weak else "strong"


def _opened(
    pairs: Sequence[Pair], said: Mapping[int, Comparable], in_force: MatchingInForce
) -> tuple[Pair, ...]:
    opened = (
        replace(pair, falls=waterfall(said[pair.left.pk], said[pair.right.pk], in_force=in_force))
        for pair in pairs[:MOST_OPENED]
    )
    return (*opened, *pairs[MOST_OPENED:])


def _sides(bridge: Bridge | None, size: int) -> Sides | None:
    """Of two System Refs every link is a bridge: not worth a word."""
    if bridge is None or size < 3:
        return None
    return Sides(left=len(bridge.left), right=len(bridge.right))


def _against(group: GroupExplanation, by_id: Mapping[int, SourceRecord]) -> tuple[KeptApart, ...]:
    return tuple(
        KeptApart(
            left=by_id[one.left_id], right=by_id[one.right_id], words=one.words, rules=", ".join(one.rules)
        )
        for one in group.contradictions
    )
