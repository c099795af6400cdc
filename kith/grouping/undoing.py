"""What taking an operation back would change, whatever happened since. Pure.

A System Ref goes back to where it was if it still is with those it was put to: in that very contact, or in
the one that contact became. Where a later operation took it elsewhere, that one has to be undone first, and
the plan says so. A GroupID that the operation retired comes back as it was, and so does whoever an earlier
undoing put to what it had become.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kith.grouping.planning import (
    Change,
    Now,
    Pair,
    Part,
    Said,
    cross,
    new_only,
    opposing,
    refused,
    star,
)
from kith.kernel.decision import Decision as Allowed


@dataclass(frozen=True, slots=True)
class Gone:
    """A move of the operation. `home`: where it came from, were it not for operations that are undone by now;
    None when it got its first GroupID."""

    record: int
    home: int | None
    to: int


@dataclass(frozen=True, slots=True)
class Left:
    """How a GroupID lost its last System Refs."""

    operation: int | None
    to: tuple[int, ...]
    """What it became: one contact, or several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """The operation as it was carried out."""

    operation: int
    moves: tuple[Gone, ...]
    residents: Mapping[int, frozenset[int]]
    """By GroupID that a move went to: System Refs that were there before and that it left there."""
    made: frozenset[int]
    """Ids of its decisions that are in force."""
    lifted: tuple[Said, ...]
    """Decisions that it lifted."""
    leading_before: Mapping[int, tuple[int, ...]]
    """Where it changed them, and no later operation did."""
    chosen_before: Mapping[int, int] = field(default_factory=dict)
    """By GroupID the System Ref that a person had made primary, where the operation took that away."""
    later: Mapping[int, str] = field(default_factory=dict)
    """By record id, the operation that moved it last, in words, where that was a later one."""
    taken_back: frozenset[int] = frozenset()
    """System Refs, residents too, that were moved last by undoing what had been done before this operation:
    where they are says nothing of what became of it."""
    left: Mapping[int, Left] = field(default_factory=dict)
    """By retired GroupID; not those that only lost what undoing took back."""
    put: Mapping[int, int] = field(default_factory=dict)
    """By record id the GroupID it came from, where an undoing put it to what that had become."""


Named = Callable[[int], str]
"""A System Ref in words."""


def plan_undo(done: Done, now: Now, *, named: Named) -> Change:
    """`now` holds every contact that `done` names, retired ones too, and those where the System Refs are."""
    place = now.place_of()
    obstacles: dict[str, list[int]] = defaultdict(list)
    goes: dict[int, int] = {}
    fresh = -1
    for move in done.moves:
        target, obstacle = _target(move, done, now, place)
        if obstacle:
            obstacles[obstacle].append(move.record)
        elif target == 0:
            goes[move.record] = fresh
            fresh -= 1
        elif target is not None and target != place[move.record]:
            goes[move.record] = target
    goes = _with_followers(goes, done, now, place)
    cannot = tuple(_sentence(records, why, named) for why, records in obstacles.items())
    change = _change(done, now, place, goes, cannot)
    if not goes and (obstacles or not (change.lift or change.restore)):
        return refused(*(cannot or ("there is nothing left of it to take back",)))
    return change


def _target(move: Gone, done: Done, now: Now, place: Mapping[int, int]) -> tuple[int | None, str]:
    """(GroupID, 0 for a new one, None to stay; why it cannot go back)."""
    here = place.get(move.record)
    if here is None:
        return None, "is gone from Kith"
    if now.contacts[here].is_anonymised:
        return None, "was anonymised since"
    if move.record in done.taken_back:
        return None, ""
    settled = done.residents.get(move.to, frozenset()) - done.taken_back
    with_them = here == move.to or here in {place.get(pk) for pk in settled}
    if move.home is None:
        return _first_placed(settled, with_them=with_them)
    target, obstacle = _home(move.home, done)
    if target and target not in now.contacts:
        return None, f"came from GroupID {target}, which was deleted"
    if target and now.contacts[target].is_anonymised:
        return None, f"came from GroupID {target}, which was anonymised"
    if obstacle or target == here:
        return target, obstacle
    if not with_them:
        return None, done.later.get(move.record, "was moved later by a run")
    if target and now.contacts[target].kind != now.contacts[here].kind:
        return None, f"is a {now.contacts[here].kind} now"
    return target, ""


def _with_followers(
    goes: Mapping[int, int], done: Done, now: Now, place: Mapping[int, int]
) -> dict[int, int]:
    found = dict(goes)
    for record, home in done.put.items():
        target = _became(home, done)
        left = done.left.get(target)
        if target not in now.contacts or now.contacts[target].is_anonymised:
            continue
        if record not in goes and left and left.operation == done.operation:
            is_there = len(left.to) == 1 and _became(left.to[0], done) == place.get(record)
            found |= {record: target} if is_there else {}
    return found


def _became(group_id: int, done: Done) -> int:
    """The contact it is now, were it not for the operation; where it fell apart, the GroupID that did."""
    while (left := done.left.get(group_id)) and left.operation != done.operation and len(left.to) == 1:
        group_id = left.to[0]
    return group_id


def _first_placed(settled: frozenset[int], *, with_them: bool) -> tuple[int | None, str]:
    """Into a contact that there was before: out again. Into a new one: there is nowhere to go back to."""
    return (0, "") if settled and with_them else (None, "")


def _home(group_id: int, done: Done) -> tuple[int | None, str]:
    became = _became(group_id, done)
    left = done.left.get(became)
    if left is None or left.operation == done.operation:
        return became, ""
    return None, f"came from GroupID {became}, which was taken apart later: undo that first"


def _sentence(records: Sequence[int], why: str, named: Named) -> str:
    others = len(records) - 1
    more = f" and {others:,} more" if others else ""
    return f"{named(records[0])}{more} {why}"


def _change(
    done: Done, now: Now, place: Mapping[int, int], goes: Mapping[int, int], cannot: tuple[str, ...]
) -> Change:
    after = {**place, **goes}
    touched = {place[pk] for pk in goes} | set(goes.values())
    touched |= {place[pk] for one in now.said if one.id in done.made for pk in one.pair if pk in place}
    members: dict[int, list[int]] = {group_id: [] for group_id in touched}
    for pk, group_id in after.items():
        if group_id in members:
            members[group_id].append(pk)
    parts, retired = _parts(members, done, now, goes, place)
    made = tuple(one for one in now.said if one.id in done.made)
    against = tuple(
        one
        for one in now.said
        if one.id not in done.made and not _agrees(one, after) and not set(one.pair).isdisjoint(goes)
    )
    lift = (*made, *against)
    restore, lost = _restored(done.lifted, after, standing=_standing(now.said, lift))
    if lost:
        plural = "s" if lost > 1 else ""
        cannot = (*cannot, f"{lost:,} earlier decision{plural} that would not agree with what is now")
    return Change(
        allowed=Allowed(),
        parts=parts,
        retired=retired,
        returns=tuple(sorted(g for g in touched if g > 0 and not now.contacts[g].is_active)),
        chosen={
            group_id: pk
            for group_id, pk in done.chosen_before.items()
            if goes.get(pk) == group_id and not now.contacts[group_id].primary_chosen
        },
        restore=restore,
        lift=lift,
        lift_asks=against,
        cannot=cannot,
    )


def _parts(
    members: Mapping[int, list[int]],
    done: Done,
    now: Now,
    goes: Mapping[int, int],
    place: Mapping[int, int],
) -> tuple[tuple[Part, ...], dict[int, int]]:
    """The largest first, so that whoever has to name one names that."""
    filled = sorted((g for g in members if members[g]), key=lambda g: (-len(members[g]), -g))
    parts = tuple(
        Part(
            group_id=group_id if group_id > 0 else None,
            members=tuple(sorted(members[group_id])),
            leading=_leading(group_id, done, now),
        )
        for group_id in filled
    )
    at = {group_id: position for position, group_id in enumerate(filled)}
    went: dict[int, Counter[int]] = defaultdict(Counter)
    for pk, target in goes.items():
        went[place[pk]][target] += 1
    retired = {g: at[went[g].most_common(1)[0][0]] for g in members if not members[g]}
    return parts, retired


def _leading(group_id: int, done: Done, now: Now) -> tuple[int, ...]:
    """With those who are not here now too: they led, and lead again when they come back."""
    if group_id < 0:
        return ()
    return done.leading_before.get(group_id, now.contacts[group_id].leading)


def _agrees(one: Said, after: Mapping[int, int]) -> bool:
    if one.left not in after or one.right not in after:
        return True
    return (after[one.left] == after[one.right]) != one.apart


def _standing(said: Iterable[Said], lift: Iterable[Said]) -> set[Pair]:
    lifted = {one.id for one in lift}
    return {one.pair for one in said if one.id not in lifted}


def _restored(
    lifted: Iterable[Said], after: Mapping[int, int], *, standing: set[Pair]
) -> tuple[tuple[Said, ...], int]:
    wanted = [one for one in lifted if one.pair not in standing]
    agreeing = tuple(one for one in wanted if _agrees(one, after))
    return agreeing, len(wanted) - len(agreeing)


def held(change: Change, clusters: Iterable[Iterable[int]], now: Now) -> Change:
    """With the decisions that let it last: `clusters` is what the engine would make of the same System Refs.

    Where it would join two parts they are kept apart, where it would tear one it is kept together.
    """
    part_of = {pk: at for at, part in enumerate(change.parts) for pk in part.members}
    cluster_of = {pk: at for at, cluster in enumerate(clusters) for pk in cluster if pk in part_of}
    joined: dict[int, set[int]] = defaultdict(set)
    torn: dict[int, set[int]] = defaultdict(set)
    for pk, at in part_of.items():
        joined[cluster_of[pk]].add(at)
        torn[at].add(cluster_of[pk])
    apart = [
        pair
        for places in joined.values()
        for pair in cross([change.parts[at].members for at in sorted(places)])
    ]
    together = [
        pair for at, those in torn.items() if len(those) > 1 for pair in star(change.parts[at].members)
    ]
    if not apart and not together:
        return change
    lifted = {one.id for one in change.lift}
    left = replace(now, said=tuple(one for one in (*now.said, *change.restore) if one.id not in lifted))
    against = opposing(apart, left.said, verdict_apart=True)
    warnings = change.warnings
    if apart:
        warnings = (*warnings, "Their evidence still speaks for one: they are kept apart from now on.")
    if together:
        warnings = (*warnings, "Their evidence alone no longer holds them together: people's word does now.")
    return replace(
        change,
        lift=(*change.lift, *against),
        lift_asks=(*change.lift_asks, *against),
        apart=tuple(sorted({*change.apart, *new_only(apart, left, verdict_apart=True)})),
        together=tuple(sorted({*change.together, *new_only(together, left, verdict_apart=False)})),
        warnings=warnings,
    )
