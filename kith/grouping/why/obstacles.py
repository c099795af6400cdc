"""What keeps two contacts apart, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

from kith.grouping.recipe.in_force import MatchingInForce
from kith.grouping.recipe.model_table import signed
from kith.grouping.why.agreement import agreement
from kith.grouping.why.decided import Decided
from kith.grouping.why.met import Meeting
from kith.grouping.why.smallest_change import Contacts, crossing_doubts, would_be_one
from kith.grouping.why.variations import Two
from kith.matching.clusters import Doubt
from kith.matching.explain import REFUSAL
from kith.matching.explainer import Explainer
from kith.matching.judge import Outcome, by_model
from kith.matching.words import odds_words


class Kind(StrEnum):
    TWO_KINDS = "two_kinds"
    PERSON = "person"
    RULE_OF_NEVER = "rule_of_never"
    CONTRADICTION = "contradiction"
    BRIDGE = "bridge"
    TOO_LARGE = "too_large"
    NOT_COMPARED = "not_compared"
    ASKS = "asks"
    TOO_LITTLE = "too_little"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Obstacle:
    kind: Kind
    title: str
    words: str
    operation_id: int | None = None
    """In which a person said it."""


TWO_KINDS: Final = Obstacle(Kind.TWO_KINDS, "A person and a company", REFUSAL)
_JOINABLE: Final = {
    Kind.RULE_OF_NEVER,
    Kind.CONTRADICTION,
    Kind.BRIDGE,
    Kind.NOT_COMPARED,
    Kind.ASKS,
    Kind.TOO_LITTLE,
}


def details_could_join(found: Sequence[Obstacle]) -> bool:
    return all(one.kind in _JOINABLE for one in found)


@dataclass(frozen=True, kw_only=True)
class Cross:
    """All pairs of one System Ref of each of two contacts of one kind."""

    contacts: Contacts
    explainer: Explainer
    ranked: Sequence[int]
    """Places of the pairs, the strongest first."""
    two: Callable[[int], Two]
    named: Callable[[int], str]
    """A System Ref in words."""
    in_force: MatchingInForce
    kind: str
    decided: tuple[Decided, ...]
    meeting: Meeting

    @property
    def best(self) -> int:
        return self.ranked[0]

    @cached_property
    def would_be_one(self) -> bool:
        return would_be_one(self.contacts, in_force=self.in_force)

    def link(self, place: int) -> str:
        left, right = self.explainer.ids(place)
        return f"{self.named(left)} and {self.named(right)}"


def between(cross: Cross) -> tuple[Obstacle, ...]:
    """What counts most first; never empty."""
    if not cross.ranked:
        return (Obstacle(Kind.NOTHING, "Nothing to compare", "One of them has no System Ref."),)
    by_people = tuple(_by_people(cross.decided))
    return (*by_people, *_by_evidence(cross, decided=bool(by_people)))


def _by_people(decided: Sequence[Decided]) -> Iterator[Obstacle]:
    """One for each operation, however many System Refs it kept apart."""
    apart = {one.operation_id: one for one in reversed(decided) if not one.is_together}
    for one in sorted(apart.values(), key=lambda one: one.at, reverse=True):
        yield Obstacle(
            Kind.PERSON,
            "A person decided",
            f"{one.words}. No run groups them until a person does.",
            one.operation_id,
        )


def _by_evidence(cross: Cross, *, decided: bool) -> Iterator[Obstacle]:
    if cross.would_be_one:
        yield _nothing(decided=decided)
        return
    outcome, uncompared = cross.explainer.outcome(cross.best), _uncompared(cross)
    if uncompared:
        yield uncompared
    if outcome is not Outcome.GROUP:
        yield _rule_of_never(cross) or _weak(cross, outcome)
    elif not uncompared:
        yield _not_followed(cross)


def _nothing(*, decided: bool) -> Obstacle:
    if decided:
        return Obstacle(
            Kind.NOTHING, "The evidence", "It would be enough: without the decision they would be one."
        )
    words = "By what is in force now they are one: the next run groups them, unless it finds more against it."
    return Obstacle(Kind.NOTHING, "Nothing, now", words)


def _not_followed(cross: Cross) -> Obstacle:
    """Two System Refs would group by themselves, and yet the contacts do not."""
    doubts = crossing_doubts(cross.contacts, in_force=cross.in_force)
    if Doubt.TOO_LARGE in doubts:
        most = cross.in_force.recipe.guards.most_records
        words = (
            f"Together they would have more than {most:,} System Refs; evidence alone makes none so large."
        )
        return Obstacle(Kind.TOO_LARGE, "Too many System Refs", words)
    if not doubts:
        words = f"{cross.link(cross.best)} would be one, but share no match key: no run ever compared them."
        return Obstacle(Kind.NOT_COMPARED, "Never compared", words)
    return _bridge(cross) if Doubt.BRIDGE in doubts else _contradiction(cross)


def _bridge(cross: Cross) -> Obstacle:
    weight, least = cross.explainer.weight(cross.best), cross.in_force.recipe.guards.bridge_at
    words = (
        f"Nothing but one link leads from one to the other: {cross.link(cross.best)} "
        f"({agreement(cross.explainer.pair(cross.best))}; {signed(weight)} bits). One link alone joins two "
        f"contacts of several System Refs from {signed(least)} bits on."
    )
    return Obstacle(Kind.BRIDGE, "One weak link", words)


def _contradiction(cross: Cross) -> Obstacle:
    """{link} speaks for them; what speaks against stands between other System Refs of the two."""
    speaks = f"{cross.link(cross.best)} would be one, but "
    for place in range(len(cross.explainer)):
        for rule in cross.explainer.contradictions(place):
            words = f"{speaks}{cross.link(place)} contradict each other ({rule.words})."
            return Obstacle(Kind.CONTRADICTION, "They contradict each other", words)
    words = f"{speaks}stronger evidence leads elsewhere, to System Refs that contradict these."
    return Obstacle(Kind.CONTRADICTION, "They contradict each other", words)


def _rule_of_never(cross: Cross) -> Obstacle | None:
    """Of the pair that has most in common."""
    against = cross.explainer.contradictions(cross.best)
    if not against:
        return None
    words = f"{'; '.join(rule.words for rule in against)}, between {cross.link(cross.best)}."
    return Obstacle(Kind.RULE_OF_NEVER, "A rule of never", words)


def _weak(cross: Cross, outcome: Outcome) -> Obstacle:
    explainer, model = cross.explainer, cross.in_force.recipe.model(cross.kind)
    weight, rule = explainer.weight(cross.best), explainer.deciding(cross.best)
    said = f"{signed(weight)} bits, {odds_words(weight)}"
    if outcome is Outcome.DIFFERENT:
        words = (
            f"The best there is, {cross.link(cross.best)}, says {said}. A person is asked from "
            f"{signed(model.review_at)} bits on; from {signed(model.group_at)} bits on they are one."
        )
        return Obstacle(Kind.TOO_LITTLE, "Too little speaks for it", words)
    if rule is not None:
        words = f"{rule.words}, between {cross.link(cross.best)}. This rule asks a person."
    elif by_model(weight, model=model) is Outcome.GROUP:
        words = f"{cross.link(cross.best)} say {said}, but of one thing only: the names, or one detail."
    else:
        words = f"{cross.link(cross.best)} say {said}; {signed(model.group_at)} bits would make them one."
    return Obstacle(Kind.ASKS, "Enough to ask a person, not to group", words)


def _uncompared(cross: Cross) -> Obstacle | None:
    """Runs compare System Refs that share a match key, and only by keys that not too many share."""
    if cross.meeting.meets:
        return None
    words = (
        "No run compared them: all that they share, too many other System Refs share too."
        if cross.meeting.shared
        else "No run ever compared them: they share no match key (e-mail, phone, identity number, full name, "
        "name and postcode, name and birth date)."
    )
    return Obstacle(Kind.NOT_COMPARED, "Never compared", words)
