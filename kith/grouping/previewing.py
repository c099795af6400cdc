"""What an intent would do, in values and words; reads only."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

import polars as pl
from django.conf import settings
from django.utils.module_loading import import_string

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts import standing
from kith.contacts.rights.rules import Sight
from kith.contacts.rights.seeing import sight_over
from kith.golden import assembly, opt_outs
from kith.golden.assembly import Supposed
from kith.golden.rules import FIELD_LABELS, LIST_FIELDS, NAME
from kith.golden.stored import stored_golden
from kith.grouping.intents import Intent
from kith.grouping.models import Operation
from kith.grouping.outcome import (
    Along,
    ContactAfter,
    EarlierDecision,
    GoldenChange,
    Moved,
    Outcome,
    Retirement,
)
from kith.grouping.planned import Planned, planned
from kith.grouping.planning import Part, Said
from kith.kernel.moving import MovesWith
from kith.matching.records import COMPANY, PERSON
from kith.sources.models import SourceTransaction

MOST_SHOWN: Final = 50
"""Contacts with their golden values; an undone run may have more."""


def preview(*, actor: Actor, intent: Intent) -> Outcome:
    """A fixed number of queries, whatever the contacts hold."""
    require(actor, Permission.CONTACT_GROUP)
    found = planned(intent)
    change = found.change
    return Outcome(
        intent=intent,
        allowed=change.allowed,
        contacts=_contacts(found, actor=actor),
        contact_count=len(change.parts),
        retired=tuple(
            Retirement(group_id=group_id, successor=change.parts[at].group_id)
            for group_id, at in sorted(change.retired.items())
        ),
        returns=change.returns,
        lifted=_earlier(change.lift_asks),
        warnings=change.warnings,
        cannot=change.cannot,
        moved=_moved(found),
        seen=found.seen,
    )


def _contacts(found: Planned, *, actor: Actor) -> tuple[ContactAfter, ...]:
    """Values as the actor may read them: of all concerned alike, as of the one with the strictest level."""
    parts = found.change.parts[:MOST_SHOWN]
    place = found.now.place_of()
    concerned = _concerned(parts, place)
    sight = sight_over(concerned, actor=actor, kind=_kind(found, concerned))
    stored = stored_golden(concerned)
    golden = _golden_after(found, parts, stored)
    before = {group_id: _as_seen(values, sight) for group_id, values in stored.items()}
    after = {at: _as_seen(values, sight) for at, values in golden.items()}
    protections = standing.protections_by(_protecting(found, parts, place))
    return tuple(
        ContactAfter(
            group_id=part.group_id,
            name=after[at].get("name", ""),
            record_ids=part.members,
            golden=after[at],
            changes=_changes(part, after[at], before, came_from={place[pk] for pk in part.members}),
            protections=protections.get(at, ()),
        )
        for at, part in enumerate(parts)
    )


def _kind(found: Planned, concerned: Sequence[int]) -> str:
    kinds = {found.now.contacts[pk].kind for pk in concerned if pk in found.now.contacts}
    return COMPANY if kinds == {COMPANY} else PERSON


def _as_seen(golden: Mapping[str, str], sight: Sight) -> dict[str, str]:
    told = {
        field: sight.name(text) if field == NAME else sight.of(field, text) for field, text in golden.items()
    }
    return {field: text for field, text in told.items() if text}


def _concerned(parts: Sequence[Part], place: Mapping[int, int]) -> list[int]:
    """GroupIDs there are, of what is shown: those that go on, then those that System Refs come from."""
    filled = set(place.values())
    goes_on = [part.group_id for part in parts if part.group_id in filled]
    come_from = (place[pk] for part in parts for pk in part.members)
    return list(dict.fromkeys([*goes_on, *come_from]))[: 4 * MOST_SHOWN]


def _golden_after(
    found: Planned, parts: Sequence[Part], before: Mapping[int, dict[str, str]]
) -> dict[int, dict[str, str]]:
    """By place in `parts`. Where no System Ref moves, contacts stay as they are stored."""
    if not found.moving():
        return {at: before.get(part.group_id or 0, {}) for at, part in enumerate(parts)}
    supposed = [
        Supposed(
            key=at,
            record_ids=part.members,
            primary_record_id=_chosen(found, part),
            leading_record_ids=part.leading,
        )
        for at, part in enumerate(parts)
    ]
    return assembly.preview_supposed(supposed, kept=_kept(found), withdrawn=_withdrawn(found))


def _kept(found: Planned) -> pl.DataFrame | None:
    """The opt-outs kept with it. Undoing keeps none, but brings back those that an undoing took away."""
    if found.undone is not None:
        return opt_outs.coming_back(operation_id=found.undone.pk)
    part_of = {pk: at for at, part in enumerate(found.change.parts) for pk in part.members}
    apart = [
        group_id
        for group_id, contact in found.now.contacts.items()
        if len({part_of.get(pk) for pk in contact.members}) > 1
    ]
    return opt_outs.to_keep(apart) if apart else None


def _withdrawn(found: Planned) -> pl.DataFrame | None:
    """The opt-outs that undoing takes away: what the operation kept, where another no stands beside it."""
    if found.undone is None:
        return None
    placed = [(pk, at) for at, part in enumerate(found.change.parts) for pk in part.members]
    return opt_outs.going([pk for pk, _ in placed], [at for _, at in placed], operation_id=found.undone.pk)


def _protecting(
    found: Planned, parts: Sequence[Part], place: Mapping[int, int]
) -> dict[int, tuple[int, ...]]:
    """By place in `parts` the System Refs whose protections it has: what comes apart is as protected as the
    whole was. Undoing copies nothing.
    """
    if found.undone is not None:
        return {at: part.members for at, part in enumerate(parts)}
    came_from = {at: {place[pk] for pk in part.members} for at, part in enumerate(parts)}
    return {
        at: tuple(pk for group_id in group_ids for pk in found.now.contacts[group_id].members)
        for at, group_ids in came_from.items()
    }


def _chosen(found: Planned, part: Part) -> int | None:
    """Only a person's choice counts here; who is first otherwise, assembly knows itself."""
    if part.group_id is None:
        return None
    if part.group_id in found.change.chosen:
        return found.change.chosen[part.group_id]
    contact = found.now.contacts[part.group_id]
    return contact.primary if contact.primary_chosen and contact.primary in part.members else None


def _changes(
    part: Part,
    after: Mapping[str, str],
    before: Mapping[int, Mapping[str, str]],
    *,
    came_from: Iterable[int],
) -> tuple[GoldenChange, ...]:
    if part.group_id is None:
        return ()
    was = before.get(part.group_id, {})
    others = [before[pk] for pk in sorted(came_from) if pk != part.group_id and pk in before]
    changes = (
        GoldenChange(
            field=field,
            label=label,
            before=was.get(field, ""),
            after=after.get(field, ""),
            lost=_lost(field, after.get(field, ""), others),
        )
        for field, label in FIELD_LABELS.items()
    )
    return tuple(one for one in changes if one.before != one.after or one.lost)


def _lost(field: str, after: str, others: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    if field in LIST_FIELDS:
        # All of them stay, in one list.
        return ()
    values = (other.get(field, "") for other in others)
    return tuple(dict.fromkeys(value for value in values if value and value != after))


def _earlier(lifted: Sequence[Said]) -> tuple[EarlierDecision, ...]:
    pairs: dict[tuple[int, bool], int] = {}
    for one in lifted:
        pairs[one.operation_id, one.apart] = pairs.get((one.operation_id, one.apart), 0) + 1
    operations = Operation.objects.in_bulk({operation_id for operation_id, _ in pairs})
    return tuple(
        EarlierDecision(
            operation_id=operation_id,
            verdict="Kept apart" if apart else "Kept together",
            by=operations[operation_id].actor,
            at=operations[operation_id].at,
            reason=operations[operation_id].reason,
            pairs=count,
        )
        for (operation_id, apart), count in sorted(pairs.items())
    )


def _moved(found: Planned) -> Moved:
    moving = [pk for pk, _ in found.moving()]
    transactions = SourceTransaction.objects.filter(record_id__in=moving).count() if moving else 0
    return Moved(system_refs=len(moving), transactions=transactions, along=_along(moving))


def _along(moving: Sequence[int]) -> tuple[Along, ...]:
    registered: tuple[MovesWith, ...] = import_string(settings.KITH_MOVES_WITH) if moving else ()
    counted = ((one, one.count(moving)) for one in registered)
    return tuple(Along(one.one if number == 1 else one.many, number) for one, number in counted if number)
