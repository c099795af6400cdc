"""What is the least that would have to be otherwise for two contacts to be one. Tried out, not guessed: each
change is scored by the engine, and the two contacts are clustered with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from kith.grouping.recipe.in_force import MatchingInForce
from kith.grouping.recipe.model_table import signed
from kith.grouping.why import variations
from kith.grouping.why.variations import Two, Variation
from kith.matching.clusters import Clustering, Doubt, Pair
from kith.matching.comparable import Comparable, as_table
from kith.matching.evidence import cluster_records, facts_of, find_evidence
from kith.matching.explainer import Explainer
from kith.matching.judge import Outcome
from kith.matching.prepared import Ints

MOST_NAMED: Final = 3
_MOST_DOUBLED: Final = 2
"""Pairs of which two details are changed at once."""
_MOST_CLUSTERED: Final = 8
"""Changes that satisfy the pair and are tried on the whole contacts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    words: str
    """'the same e-mail and the same birth date on both'."""
    before: str
    """Bits."""
    after: str
    rule: str
    """That would decide then; '' where the model would."""
    between: str
    """The two System Refs, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """The smallest first; each alone would do."""

    found: tuple[Change, ...]
    details: int
    """Changed by each of them; 0 when none does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """The System Refs of two contacts. Each contact stays as it is, whatever holds it together."""

    left: tuple[Comparable, ...]
    right: tuple[Comparable, ...]
    cut: tuple[int, ...] = ()
    """Match keys that too many share: nothing is compared by them."""
    against: tuple[Pair, ...] = ()
    """Pairs of one System Ref of each of which a rule of never holds."""


def would_be_one(contacts: Contacts, *, in_force: MatchingInForce) -> bool:
    """By evidence, whatever people say of the two."""
    found = _clustered(contacts, in_force=in_force).table
    ids, clusters = found.column("record_id").to_pylist(), found.column("cluster").to_pylist()
    of = dict(zip(ids, clusters, strict=True))
    ours = {of[one.record_id] for one in contacts.left}
    return any(of[one.record_id] in ours for one in contacts.right)


def crossing_doubts(contacts: Contacts, *, in_force: MatchingInForce) -> frozenset[Doubt]:
    """Why evidence between the two was not followed."""
    ours = {one.record_id for one in contacts.left}
    rows = _clustered(contacts, in_force=in_force).doubts.to_pylist()
    return frozenset(
        Doubt(row["doubt"]) for row in rows if (row["left_id"] in ours) != (row["right_id"] in ours)
    )


def _clustered(contacts: Contacts, *, in_force: MatchingInForce) -> Clustering:
    records = sorted((*contacts.left, *contacts.right), key=lambda one: one.record_id)
    facts = facts_of(as_table(records), in_force.figures)
    cut = np.array(contacts.cut, dtype=np.int64)
    found = find_evidence(facts, recipe=in_force.recipe, figures=in_force.figures, cut=cut).pairs
    together = (*_star(contacts.left), *_star(contacts.right))
    return cluster_records(facts, found, recipe=in_force.recipe, together=together)


def _star(records: Sequence[Comparable]) -> tuple[Pair, ...]:
    return tuple((records[0].record_id, one.record_id) for one in records[1:])


def smallest_changes(
    contacts: Contacts, pairs: Sequence[Two], *, in_force: MatchingInForce, named: Callable[[int], str]
) -> Changes:
    """`pairs`: of one System Ref of each contact, those worth a try; the two contacts are of one kind.
    `named`: a System Ref in words.
    """
    for details, kind, most in ((1, variations.single, len(pairs)), (2, variations.double, _MOST_DOUBLED)):
        tried = [(two, varied) for two in pairs[:most] for varied in kind(two)]
        found = tuple(_joining(contacts, tried, in_force=in_force, named=named))
        if found:
            return Changes(found=found, details=details)
    return Changes(found=(), details=0)


def _could_calm(contacts: Contacts, scored: _Scored) -> bool:
    """A contradiction stands as long as neither of its System Refs changes."""
    changed = {one.record_id for one, now in zip(scored.two, scored.varied.two, strict=True) if one != now}
    return all(left in changed or right in changed for left, right in contacts.against)


@dataclass(frozen=True, slots=True)
class _Scored:
    two: Two
    varied: Variation
    before: float
    after: float
    rule: str


def _joining(
    contacts: Contacts,
    tried: Sequence[tuple[Two, Variation]],
    *,
    in_force: MatchingInForce,
    named: Callable[[int], str],
) -> Iterator[Change]:
    """The smallest first: least gained in bits."""
    said: set[str] = set()
    clustered = 0
    for scored in sorted(_promising(tried, in_force=in_force), key=lambda one: one.after - one.before):
        change = _change(scored, named=named)
        if len(said) == MOST_NAMED or clustered == _MOST_CLUSTERED:
            return
        if change.words in said or not _could_calm(contacts, scored):
            continue
        clustered += 1
        if would_be_one(_with(contacts, scored.varied.two), in_force=in_force):
            said.add(change.words)
            yield change


def _promising(tried: Sequence[tuple[Two, Variation]], *, in_force: MatchingInForce) -> Iterator[_Scored]:
    """Those whose two System Refs would be one, or would no more contradict each other."""
    if not tried:
        return
    after = _explainer([varied.two for _, varied in tried], in_force=in_force)
    before = _before([two for two, _ in tried], in_force=in_force)
    for place, (two, varied) in enumerate(tried):
        weight, contradicted = before[_ids(two)]
        calmed = contradicted and not after.contradictions(place)
        if calmed or after.outcome(place) is Outcome.GROUP:
            rule = after.deciding(place)
            name = f"rule {rule.position + 1}, {rule.rule.name}" if rule else ""
            yield _Scored(two, varied, weight, after.weight(place), name)


def _before(pairs: Iterable[Two], *, in_force: MatchingInForce) -> Mapping[Pair, tuple[float, bool]]:
    """Weight, and whether a rule of never holds."""
    distinct = list({_ids(two): two for two in pairs}.values())
    explainer = _explainer(distinct, in_force=in_force)
    return {
        _ids(two): (explainer.weight(place), bool(explainer.contradictions(place)))
        for place, two in enumerate(distinct)
    }


def _ids(two: Two) -> Pair:
    return two[0].record_id, two[1].record_id


def _explainer(pairs: Sequence[Two], *, in_force: MatchingInForce) -> Explainer:
    """All at once: each pair is two records of its own."""
    flat = [replace(one, record_id=number) for number, one in enumerate(one for two in pairs for one in two)]
    left: Ints = np.arange(0, len(flat), 2)
    return Explainer(
        flat,
        left,
        left + 1,
        kind=flat[0].kind,
        recipe=in_force.recipe,
        figures=in_force.figures,
    )


def _with(contacts: Contacts, two: Two) -> Contacts:
    changed = {one.record_id: one for one in two}
    return replace(
        contacts,
        left=tuple(changed.get(one.record_id, one) for one in contacts.left),
        right=tuple(changed.get(one.record_id, one) for one in contacts.right),
    )


def _change(scored: _Scored, *, named: Callable[[int], str]) -> Change:
    left, right = scored.two
    names = named(left.record_id), named(right.record_id)
    return Change(
        words=" and ".join(one.format(left=names[0], right=names[1]) for one in scored.varied.words),
        between=f"{names[0]} and {names[1]}",
        before=signed(scored.before),
        after=signed(scored.after),
        rule=scored.rule,
    )
