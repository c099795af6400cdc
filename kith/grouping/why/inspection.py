"""“Why are these one person?” (K11): what speaks between the System Refs of a contact now, pair by pair.

Worked out from the claims and from what is in force now, so that no page explains with words of yesterday.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kith.contacts.models import Contact
from kith.contacts.rights.seeing import seen_records, sight_on
from kith.grouping.engine.records import arrow_records
from kith.grouping.recipe.in_force import MatchingInForce, matching_in_force
from kith.grouping.recipe.model_table import signed
from kith.grouping.why.decided import Decided, decided_among
from kith.grouping.why.origins import Origins, origins_of
from kith.grouping.why.picture import PAGE, PHONE, Picture, picture
from kith.grouping.why.waterfalls import VERDICTS, Waterfall, bits, waterfall
from kith.matching.comparable import Comparable, comparables
from kith.matching.explain import Bridge, Edge, GroupExplanation, explain_group
from kith.matching.judge import Outcome
from kith.sources.models import SourceRecord

MOST_EXPLAINED: Final = 50
"""System Refs; all pairs of them are compared."""
MOST_PAIRS: Final = 20
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
    """The number of the rule, the bits of the model, or the initials of who decided."""
    by: str
    """What joins the two: 'rule', 'bits' or 'person'."""
    rule: str
    bits: str
    """'' where nothing speaks for the two but a person."""
    verdict: str
    words: str
    origin: str
    """The version of rules or model, and the run."""
    decided: str
    """What a person said of the two, in words; '' where nobody did."""
    operation_id: int | None
    """In which the person said so."""
    look: str
    """How its line is drawn: 'strong', 'weak', 'review', 'bridge' or 'person'."""
    holds_together: bool
    falls: Waterfall | None

    @property
    def is_rule(self) -> bool:
        return self.by == "rule"

    @property
    def is_person(self) -> bool:
        return self.by == "person"

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
    small_picture: Picture
    """Of the same, for a phone."""
    bridge: Sides | None
    against: tuple[KeptApart, ...]
    """Pairs that a rule of never holds on: together all the same, through a person."""
    alone: tuple[SourceRecord, ...]
    """System Refs that neither evidence nor a person joins to any other."""
    explained: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoOf:
    left: SourceRecord
    right: SourceRecord
    falls: Waterfall


def inspect(contact: Contact) -> Inspection:
    """A fixed number of queries."""
    records_of = SourceRecord.objects.of_contact(contact.pk).select_related("source")
    found = seen_records(records_of.order_by("source__priority", "pk"), sight_on(contact))
    by_id = {record.pk: record for record in found[:MOST_EXPLAINED]}
    if len(found) < 2:
        return _nothing(found)
    in_force, table = matching_in_force(), arrow_records(ids=list(by_id))
    group = explain_group(table, recipe=in_force.recipe, figures=in_force.figures)
    said = {one.record_id: one for one in comparables(table)}
    people = {(one.left_id, one.right_id): one for one in decided_among(list(by_id)) if one.is_together}
    bridge = _unless_people_hold(group.bridge, people.values())
    edges = sorted(group.edges, key=lambda edge: not edge.holds_together)
    weak = in_force.recipe.model(contact.kind).group_at + _WEAK_BITS
    told = _Told(by_id, bridge, people, origins_of(contact, list(by_id)), weak)
    told_pairs = (*told.by_evidence(edges), *told.by_people(edges))
    pairs = sorted(told_pairs, key=lambda pair: not pair.holds_together)
    joined = {end.pk for pair in pairs if pair.look != "review" for end in (pair.left, pair.right)}
    return Inspection(
        records=found,
        pairs=_opened(pairs[:MOST_PAIRS], said, in_force),
        pair_count=len(pairs),
        picture=picture(found, pairs, canvas=PAGE),
        small_picture=picture(found, pairs, canvas=PHONE),
        bridge=_sides(bridge, len(by_id)),
        against=_against(group, by_id),
        # Of a larger contact, what holds one of these may be a System Ref that is not explained.
        alone=tuple(record for record in by_id.values() if record.pk not in joined)
        if len(found) == len(by_id)
        else (),
        explained=len(by_id),
    )


def two_of(contact: Contact, *, left_id: int, right_id: int) -> TwoOf | None:
    """Any two System Refs of a contact, bit by bit; None when they are not both of it."""
    records_of = SourceRecord.objects.of_contact(contact.pk).select_related("source")
    both = seen_records(records_of.filter(pk__in=(left_id, right_id)), sight_on(contact))
    by_id = {record.pk: record for record in both}
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
        picture=picture(found, (), canvas=PAGE),
        small_picture=picture(found, (), canvas=PHONE),
        bridge=None,
        against=(),
        alone=(),
        explained=len(found),
    )


def _unless_people_hold(bridge: Bridge | None, people: Iterable[Decided]) -> Bridge | None:
    """Where a person says that two of its sides are one, they hang together without it."""
    if bridge is None:
        return None
    side = set(bridge.left)
    held = any((one.left_id in side) != (one.right_id in side) for one in people)
    return None if held else bridge


@dataclass(frozen=True, slots=True)
class _Told:
    records: Mapping[int, SourceRecord]
    bridge: Bridge | None
    people: Mapping[tuple[int, int], Decided]
    origins: Origins
    weak: float
    """Bits below which a line is thin."""

    def by_evidence(self, edges: Sequence[Edge]) -> Iterator[Pair]:
        """Without those that only a person joins."""
        for edge in edges:
            is_joined_by_people = (edge.left_id, edge.right_id) in self.people
            if edge.verdict is Outcome.GROUP or (edge.verdict is Outcome.REVIEW and not is_joined_by_people):
                yield self._pair(edge)

    def by_people(self, edges: Sequence[Edge]) -> Iterator[Pair]:
        by_evidence = {(one.left_id, one.right_id) for one in edges if one.verdict is Outcome.GROUP}
        for ends, decided in self.people.items():
            if ends not in by_evidence:
                yield self._by_person(decided)

    def _pair(self, edge: Edge) -> Pair:
        ends, by_rule = (edge.left_id, edge.right_id), edge.rule_position is not None
        return Pair(
            left=self.records[edge.left_id],
            right=self.records[edge.right_id],
            mark=str((edge.rule_position or 0) + 1) if by_rule else signed(edge.weight),
            by="rule" if by_rule else "bits",
            rule=edge.rule,
            bits=bits(edge.weight),
            verdict=VERDICTS[edge.verdict],
            words=edge.words,
            origin=self.origins.words(*ends, by_rule=by_rule),
            decided=self.people[ends].words if ends in self.people else "",
            operation_id=self.people[ends].operation_id if ends in self.people else None,
            look=_look(edge, self.bridge, weak=self.weak),
            holds_together=edge.holds_together,
            falls=None,
        )

    def _by_person(self, decided: Decided) -> Pair:
        return Pair(
            left=self.records[decided.left_id],
            right=self.records[decided.right_id],
            mark=decided.initials,
            by="person",
            rule="",
            bits="",
            verdict=VERDICTS[Outcome.GROUP],
            words=f"{decided.words}.",
            origin="",
            decided=decided.words,
            operation_id=decided.operation_id,
            look="person",
            holds_together=True,
            falls=None,
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
    """A person's decision is no evidence: its bits are asked for."""
    worth = {place for place, pair in enumerate(pairs) if not pair.is_person}
    opened = set(sorted(worth)[:MOST_OPENED])
    return tuple(
        replace(pair, falls=waterfall(said[pair.left.pk], said[pair.right.pk], in_force=in_force))
        if place in opened
        else pair
        for place, pair in enumerate(pairs)
    )


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
