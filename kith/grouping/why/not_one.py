"""“Why are these two not one?”: the best evidence between two contacts, what keeps them apart, and the least
that would have joined them. Worked out now, with the engine and the recipe in force.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np

from kith.contacts.models import Contact
from kith.contacts.rights.seeing import seen_records, sight_on, unseen
from kith.grouping.engine.records import arrow_records
from kith.grouping.recipe.in_force import matching_in_force
from kith.grouping.why import obstacles
from kith.grouping.why.decided import decided_between
from kith.grouping.why.likely import LikelyRelation, likely_relation
from kith.grouping.why.met import meeting
from kith.grouping.why.obstacles import Cross, Obstacle
from kith.grouping.why.smallest_change import Changes, Contacts, smallest_changes
from kith.grouping.why.variations import Two
from kith.grouping.why.waterfalls import Waterfall, bits, waterfall
from kith.matching.comparable import comparables
from kith.matching.explainer import Explainer
from kith.matching.judge import Outcome
from kith.sources.models import Change as ClaimChange
from kith.sources.models import SourceRecord

MOST_EXPLAINED: Final = 50
"""System Refs of each contact; all pairs across are compared."""
MOST_PAIRS: Final = 5
_MOST_VARIED: Final = 4
"""Pairs whose details are varied to find the smallest change."""
_RANK: Final = {Outcome.DIFFERENT: 0, Outcome.REVIEW: 1, Outcome.GROUP: 2}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    left: SourceRecord
    right: SourceRecord
    bits: str
    words: str
    falls: Waterfall


@dataclass(frozen=True, slots=True, kw_only=True)
class NotOne:
    left: Contact
    right: Contact
    obstacles: tuple[Obstacle, ...]
    """What keeps them apart, what counts most first."""
    pairs: tuple[Pair, ...]
    """The strongest first."""
    pair_count: int
    changes: Changes | None
    """None where no change of a detail could join them."""
    relation: LikelyRelation | None = None
    """What they may be to each other."""
    waits: bool
    """Something about them changed since matching last looked."""
    is_partial: bool
    """Of one of them only the first System Refs were compared."""

    @property
    def both(self) -> tuple[Contact, Contact]:
        return self.left, self.right


def not_one(left: Contact, right: Contact) -> NotOne:
    """Two active contacts. A fixed number of queries."""
    ours, theirs = _records(left), _records(right)
    waits = ClaimChange.objects.filter(record_id__in=[*ours, *theirs]).exists()
    is_partial = max(left.record_count, right.record_count) > MOST_EXPLAINED
    if left.kind != right.kind:
        return NotOne(
            left=left,
            right=right,
            obstacles=(obstacles.TWO_KINDS,),
            pairs=(),
            pair_count=0,
            changes=None,
            waits=waits,
            is_partial=is_partial,
        )
    compared = _Compared(ours, theirs, kind=left.kind)
    found = obstacles.between(compared.cross)
    return NotOne(
        left=left,
        right=right,
        obstacles=found,
        pairs=compared.pairs(),
        pair_count=len(ours) * len(theirs),
        changes=compared.changes() if obstacles.details_could_join(found) else None,
        relation=compared.relation(left, right),
        waits=waits,
        is_partial=is_partial,
    )


def _records(contact: Contact) -> dict[int, SourceRecord]:
    found = SourceRecord.objects.of_contact(contact.pk).select_related("source")
    ordered = found.order_by("source__priority", "pk")[:MOST_EXPLAINED]
    return {one.pk: one for one in seen_records(ordered, sight_on(contact))}


class _Compared:
    """All pairs of one System Ref of each, compared at once."""

    def __init__(
        self, ours: Mapping[int, SourceRecord], theirs: Mapping[int, SourceRecord], *, kind: str
    ) -> None:
        self._records = {**ours, **theirs}
        self._in_force = matching_in_force()
        table = arrow_records(ids=sorted(self._records))
        self._said = {one.record_id: one for one in comparables(table)}
        self._left = [self._said[pk] for pk in ours if pk in self._said]
        self._right = [self._said[pk] for pk in theirs if pk in self._said]
        self._decided = decided_between(list(ours), list(theirs))
        self._meeting = meeting(self._left, self._right, rules=self._in_force.recipe.rules)
        self._kind = kind

    @property
    def _contacts(self) -> Contacts:
        return Contacts(
            left=tuple(self._left),
            right=tuple(self._right),
            cut=tuple(self._meeting.cut),
            against=tuple(self._explainer.ids(place) for place in self._against),
        )

    @cached_property
    def _explainer(self) -> Explainer:
        size = len(self._left), len(self._right)
        return Explainer(
            (*self._left, *self._right),
            np.repeat(np.arange(size[0]), size[1]),
            np.tile(np.arange(size[0], sum(size)), size[0]),
            kind=self._kind,
            recipe=self._in_force.recipe,
            figures=self._in_force.figures,
        )

    @cached_property
    def _ranked(self) -> Sequence[int]:
        """Places of the pairs, the strongest first."""
        explainer = self._explainer
        strength = [(_RANK[explainer.outcome(n)], explainer.weight(n)) for n in range(len(explainer))]
        return sorted(range(len(strength)), key=lambda n: strength[n], reverse=True)

    @cached_property
    def _against(self) -> Sequence[int]:
        """Places of the pairs of which a rule of never holds."""
        return [place for place in self._ranked if self._explainer.contradictions(place)]

    @property
    def cross(self) -> Cross:
        return Cross(
            contacts=self._contacts,
            explainer=self._explainer,
            ranked=self._ranked,
            two=self._two,
            named=self._named,
            in_force=self._in_force,
            kind=self._kind,
            decided=self._decided,
            meeting=self._meeting,
        )

    def _two(self, place: int) -> Two:
        left_id, right_id = self._explainer.ids(place)
        return self._said[left_id], self._said[right_id]

    def _named(self, record_id: int) -> str:
        record = self._records[record_id]
        return f"{record.source.name} {record.system_ref}"

    def pairs(self) -> tuple[Pair, ...]:
        return tuple(self._pair(place) for place in self._ranked[:MOST_PAIRS])

    def _pair(self, place: int) -> Pair:
        left, right = self._two(place)
        return Pair(
            left=self._records[left.record_id],
            right=self._records[right.record_id],
            bits=bits(self._explainer.weight(place)),
            words=self._explainer.why(place),
            falls=waterfall(left, right, in_force=self._in_force),
        )

    def relation(self, left: Contact, right: Contact) -> LikelyRelation | None:
        if not self._ranked:
            return None
        return likely_relation(unseen(left), unseen(right), self._explainer.pair(self._ranked[0]))

    def changes(self) -> Changes:
        worth = dict.fromkeys((*self._ranked[: _MOST_VARIED // 2], *self._against, *self._ranked))
        tried = [self._two(place) for place in list(worth)[:_MOST_VARIED]]
        return smallest_changes(self._contacts, tried, in_force=self._in_force, named=self._named)
