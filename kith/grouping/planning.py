"""From what a person asks for to what would change: parts, decisions, retired GroupIDs. Pure.

Every rule gives all its reasons at once. What is planned here is written by `actions`, shown by `previewing`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import Final

from kith.grouping.intents import Group, Intent, KeepApart, MoveRef, Split, Ungroup
from kith.kernel.decision import Decision as Allowed

Pair = tuple[int, int]

MOST_PAIRS: Final = 500_000
"""Pairs of System Refs that one operation may keep apart: a contact of a thousand System Refs ungrouped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactNow:
    group_id: int
    kind: str
    is_active: bool
    members: tuple[int, ...]
    """Record ids, ascending."""
    primary: int | None
    primary_chosen: bool
    leading: tuple[int, ...]
    """`Contact.leading_record_ids`: tiers, each ended by a 0."""
    is_anonymised: bool = False
    """For ever: nothing is put to it or taken from it (X9)."""


@dataclass(frozen=True, slots=True)
class Said:
    """A decision in force."""

    id: int
    left: int
    right: int
    apart: bool
    operation_id: int

    @property
    def pair(self) -> Pair:
        return self.left, self.right


@dataclass(frozen=True, slots=True, kw_only=True)
class Now:
    """All that an operation can concern, as it stands."""

    contacts: Mapping[int, ContactNow]
    said: tuple[Said, ...] = ()
    """Decisions in force that hold a System Ref of these contacts."""

    def place_of(self) -> dict[int, int]:
        return {pk: one.group_id for one in self.contacts.values() for pk in one.members}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A contact as it will be."""

    group_id: int | None
    """None: a new GroupID."""
    members: tuple[int, ...]
    leading: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    allowed: Allowed = field(default_factory=Allowed)
    parts: tuple[Part, ...] = ()
    """Together they hold each System Ref of the contacts concerned once."""
    retired: Mapping[int, int] = field(default_factory=dict)
    """GroupID to the place of its successor in `parts`."""
    returns: tuple[int, ...] = ()
    chosen: Mapping[int, int] = field(default_factory=dict)
    """GroupID to the System Ref that comes back to it as the primary one, which a person had chosen."""
    restore: tuple[Said, ...] = ()
    """Decisions lifted once that stand again."""
    lift: tuple[Said, ...] = ()
    """Decisions that would not stand afterwards."""
    lift_asks: tuple[Said, ...] = ()
    """Of those, the ones a person should know of before."""
    together: tuple[Pair, ...] = ()
    apart: tuple[Pair, ...] = ()
    """New decisions, smaller record id first."""
    cannot: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def plan(intent: Intent, now: Now) -> Change:
    """Of all but undoing, which `undoing` plans. The contacts named must be in `now`, where they exist."""
    match intent:
        case Group():
            return _group(intent, now)
        case Ungroup():
            return _ungroup(intent, now)
        case Split():
            return _split(intent, now)
        case MoveRef():
            return _move(intent, now)
        case KeepApart():
            return _keep_apart(intent, now)
        case _:
            raise TypeError(f"{type(intent).__name__} is planned elsewhere")


def refused(*reasons: str) -> Change:
    return Change(allowed=Allowed(reasons))


def _group(intent: Group, now: Now) -> Change:
    asked = (intent.master, *intent.children)
    reasons = _reasons_against(asked, now)
    if not intent.children:
        reasons.append("choose at least one contact to group with the master")
    if len(set(asked)) < len(asked):
        reasons.append("each contact can be named once only")
    reasons += _mixed(asked, now)
    if reasons:
        return refused(*reasons)
    master = now.contacts[intent.master]
    members = tuple(sorted(pk for group_id in asked for pk in now.contacts[group_id].members))
    part = Part(group_id=master.group_id, members=members, leading=_tiers(master))
    here = frozenset(members)
    against = tuple(one for one in now.said if one.apart and inside(one.pair, here))
    return Change(
        parts=(part,),
        retired=dict.fromkeys(intent.children, 0),
        lift=against,
        lift_asks=against,
        together=new_only(star(members, around=_primary_of(master)), now, verdict_apart=False),
    )


def _ungroup(intent: Ungroup, now: Now) -> Change:
    reasons = _reasons_against((intent.contact,), now)
    if reasons:
        return refused(*reasons)
    contact = now.contacts[intent.contact]
    if len(contact.members) < 2:
        return refused("it has one System Ref only: there is nothing to ungroup")
    first, *others = sorted(contact.members, key=lambda pk: (pk != _primary_of(contact), pk))
    parts = tuple(Part(group_id=None, members=(pk,)) for pk in (first, *others))
    return _fallen_apart(contact, parts, now, retired={contact.group_id: 0})


def _split(intent: Split, now: Now) -> Change:
    reasons = _reasons_against((intent.contact,), now)
    if reasons:
        return refused(*reasons)
    contact = now.contacts[intent.contact]
    named = [pk for part in intent.parts for pk in part]
    if len(intent.parts) < 2 or not all(intent.parts):
        reasons.append("a split needs two parts or more, each with a System Ref")
    if sorted(named) != list(contact.members):
        reasons.append("the parts must hold each System Ref of the contact exactly once")
    if reasons:
        return refused(*reasons)
    keeps = _largest(intent.parts, primary=_primary_of(contact))
    parts = tuple(
        Part(
            group_id=contact.group_id if place == keeps else None,
            members=tuple(sorted(part)),
            leading=among(contact.leading, part),
        )
        for place, part in enumerate(intent.parts)
    )
    return _fallen_apart(contact, parts, now, retired={})


def _largest(parts: Sequence[Sequence[int]], *, primary: int) -> int:
    return max(range(len(parts)), key=lambda at: (len(parts[at]), primary in parts[at], -at))


def _fallen_apart(
    contact: ContactNow, parts: tuple[Part, ...], now: Now, *, retired: Mapping[int, int]
) -> Change:
    place = {pk: at for at, part in enumerate(parts) for pk in part.members}
    between = len(contact.members) ** 2 - sum(len(part.members) ** 2 for part in parts)
    if between // 2 > MOST_PAIRS:
        return refused(
            f"that would keep {between // 2:,} pairs of System Refs apart, and {MOST_PAIRS:,} is the most: "
            "split it into fewer parts first"
        )
    across = tuple(
        one
        for one in now.said
        if not one.apart and inside(one.pair, place) and place[one.left] != place[one.right]
    )
    together = [pair for part in parts for pair in star(part.members)]
    return Change(
        parts=parts,
        retired=retired,
        lift=across,
        lift_asks=across,
        together=new_only(together, now, verdict_apart=False),
        apart=new_only(cross([part.members for part in parts]), now, verdict_apart=True),
    )


def _move(intent: MoveRef, now: Now) -> Change:
    home = now.place_of().get(intent.record)
    if home is None:
        return refused("there is no such System Ref with a GroupID")
    reasons = _reasons_against((home, intent.to), now)
    if home == intent.to:
        reasons.append("the System Ref belongs to this contact already")
    reasons += _mixed((home, intent.to), now)
    if not reasons and len(now.contacts[home].members) < 2:
        reasons.append("it is the only System Ref of its contact: group the two contacts instead")
    if reasons:
        return refused(*reasons)
    old, new = now.contacts[home], now.contacts[intent.to]
    rest = tuple(pk for pk in old.members if pk != intent.record)
    joined = tuple(sorted((*new.members, intent.record)))
    before, after = frozenset(old.members), frozenset(joined)
    torn = tuple(
        one for one in now.said if not one.apart and intent.record in one.pair and inside(one.pair, before)
    )
    against = tuple(one for one in now.said if one.apart and inside(one.pair, after))
    together = [*star(rest), *star((_primary_of(new), intent.record))]
    return Change(
        parts=(
            Part(group_id=home, members=rest, leading=among(old.leading, rest)),
            Part(group_id=intent.to, members=joined, leading=_tiers(new)),
        ),
        lift=(*torn, *against),
        lift_asks=(*torn, *against),
        together=new_only(together, now, verdict_apart=False),
        apart=new_only(cross([rest, (intent.record,)]), now, verdict_apart=True),
    )


def _keep_apart(intent: KeepApart, now: Now) -> Change:
    reasons = _reasons_against(intent.contacts, now)
    if len(set(intent.contacts)) < 2 or len(set(intent.contacts)) < len(intent.contacts):
        reasons.append("name two different contacts or more")
    if reasons:
        return refused(*reasons)
    sides = [now.contacts[group_id].members for group_id in intent.contacts]
    if sum(map(len, sides)) ** 2 - sum(len(side) ** 2 for side in sides) > 2 * MOST_PAIRS:
        return refused(f"that would keep more than {MOST_PAIRS:,} pairs of System Refs apart")
    apart = new_only(cross(sides), now, verdict_apart=True)
    if not apart:
        return refused("they are kept apart already")
    parts = tuple(
        Part(group_id=one.group_id, members=one.members, leading=one.leading)
        for one in (now.contacts[group_id] for group_id in intent.contacts)
    )
    against = opposing(apart, now.said, verdict_apart=True)
    return Change(parts=parts, lift=against, lift_asks=against, apart=apart)


def _reasons_against(group_ids: Iterable[int], now: Now) -> list[str]:
    reasons = []
    for group_id in dict.fromkeys(group_ids):
        contact = now.contacts.get(group_id)
        if contact is None:
            reasons.append(f"there is no contact with GroupID {group_id}")
        elif contact.is_anonymised:
            reasons.append(f"GroupID {group_id} was anonymised: nobody can be put to it or taken from it")
        elif not contact.is_active:
            reasons.append(f"GroupID {group_id} is retired")
    return reasons


def _mixed(group_ids: Iterable[int], now: Now) -> list[str]:
    kinds = {now.contacts[group_id].kind for group_id in group_ids if group_id in now.contacts}
    return ["a person and a company cannot be grouped"] if len(kinds) > 1 else []


def _primary_of(contact: ContactNow) -> int:
    return contact.primary if contact.primary in contact.members else contact.members[0]


def _tiers(master: ContactNow) -> tuple[int, ...]:
    """Whoever led goes on leading; then come the master's other System Refs."""
    others = tuple(pk for pk in master.members if pk not in master.leading)
    return (*master.leading, *others, 0) if others else master.leading


def among(leading: Sequence[int], members: Iterable[int]) -> tuple[int, ...]:
    """The tiers without those who left; none where nobody is behind."""
    here = set(members)
    tiers = [[pk for pk in tier if pk in here] for tier in _split_at_zero(leading)]
    kept = [tier for tier in tiers if tier]
    if len({pk for tier in kept for pk in tier}) == len(here) and len(kept) < 2:
        return ()
    return tuple(pk for tier in kept for pk in (*tier, 0))


def _split_at_zero(leading: Sequence[int]) -> Iterator[list[int]]:
    tier: list[int] = []
    for pk in leading:
        if pk:
            tier.append(pk)
        else:
            yield tier
            tier = []


def inside(pair: Pair, here: Container[int]) -> bool:
    return pair[0] in here and pair[1] in here


def ordered(one: int, other: int) -> Pair:
    return (one, other) if one < other else (other, one)


def star(members: Sequence[int], *, around: int | None = None) -> list[Pair]:
    """Enough pairs to hold all together."""
    centre = around if around is not None else members[0]
    return [ordered(centre, pk) for pk in members if pk != centre]


def cross(sides: Sequence[Sequence[int]]) -> list[Pair]:
    """Every pair with its ends on two sides."""
    return [
        ordered(one, other) for left, right in combinations(sides, 2) for one, other in product(left, right)
    ]


def opposing(pairs: Iterable[Pair], said: Iterable[Said], *, verdict_apart: bool) -> tuple[Said, ...]:
    """What says the other thing of these pairs. Of one person and one company that are kept together, say."""
    those = frozenset(pairs)
    return tuple(one for one in said if one.apart != verdict_apart and one.pair in those)


def new_only(pairs: Iterable[Pair], now: Now, *, verdict_apart: bool) -> tuple[Pair, ...]:
    stands = {one.pair for one in now.said if one.apart == verdict_apart}
    return tuple(sorted({pair for pair in pairs if pair not in stands}))
