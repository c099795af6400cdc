"""The organisation tree, who belongs where, and which team owns what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.models import User
from kith.access.permissions import Permission
from kith.audit import journal
from kith.audit.taken_once import taken_once
from kith.kernel.clock import now
from kith.kernel.errors import NotFound, Refused
from kith.kernel.seen import unless_changed
from kith.organisation import rules
from kith.organisation.default_owner import First, default_owner, owner_of
from kith.organisation.levels import MODELS, PARENT, AnyPart, Level
from kith.organisation.models import OrgGroup, Ownership, Unit, UserPlace
from kith.organisation.queries import PartDetails, PlaceDetails, part_details, place_details, team_of_user
from kith.sources.models import Membership, SourceRecord

_TAKEN: Final = "Somebody took this name at this moment."
NO_CONTACT = "There is no active contact with this GroupID."


@transaction.atomic
def add_part(
    *, actor: Actor, level: Level, name: str, parent_id: int | None = None, group_id: int | None = None
) -> AnyPart:
    """`parent_id`: of the level above. `group_id`: the contact it names."""
    require(actor, Permission.SETTINGS_EDIT)
    model = MODELS[level]
    up = {f"{PARENT[level]}_id": parent_id} if level in PARENT else {}
    beside = model.objects.filter(name__iexact=name.strip(), **up)
    rules.may_keep(
        level=level,
        name=name.strip(),
        is_taken=beside.exists(),
        parent_is_there=_is_there(level.above, parent_id),
    ).or_raise()
    with taken_once(_TAKEN, field="name"):
        part: AnyPart = model.objects.create(name=name.strip(), record_id=_record_of(group_id), **up)
    _journal("OrganisationPartAdded", actor=actor, level=level, part=part)
    return part


@transaction.atomic
def edit_part(
    *,
    actor: Actor,
    level: Level,
    part_id: int,
    name: str,
    group_id: int | None = None,
    seen: str = "",
) -> AnyPart:
    """Name and contact; a part stays where it is in the tree. `seen`: `state_of` of the `part_details` that
    the person looked at; Conflict when it is another by now.
    """
    require(actor, Permission.SETTINGS_EDIT)
    part = _locked(level, part_id)
    unless_changed(part_details(part), seen=seen, wanted=PartDetails(name.strip(), group_id))
    up = {PARENT[level]: getattr(part, PARENT[level])} if level in PARENT else {}
    beside = MODELS[level].objects.filter(name__iexact=name.strip(), **up).exclude(pk=part_id)
    rules.may_keep(level=level, name=name.strip(), is_taken=beside.exists(), parent_is_there=True).or_raise()
    part.name, part.record_id = name.strip(), _record_of(group_id)
    with taken_once(_TAKEN, field="name"):
        part.save(update_fields=["name", "record_id"])
    _journal("OrganisationPartEdited", actor=actor, level=level, part=part)
    return part


@transaction.atomic
def remove_part(*, actor: Actor, level: Level, part_id: int, seen: str = "") -> None:
    require(actor, Permission.SETTINGS_EDIT)
    part = _locked(level, part_id)
    unless_changed(part_details(part), seen=seen)
    below = MODELS[level.below].objects.filter(**{PARENT[level.below]: part_id}) if level.below else None
    users = UserPlace.objects.filter(unit_id=part_id) if level is Level.UNIT else None
    owned = Ownership.objects.filter(org_group_id=part_id) if level is Level.TEAM else None
    rules.may_remove(
        level=level,
        below=below.count() if below is not None else 0,
        users=users.count() if users is not None else 0,
        owned=owned.count() if owned is not None else 0,
        is_default=level is Level.TEAM and part_id in default_owner().teams,
    ).or_raise()
    _journal("OrganisationPartRemoved", actor=actor, level=level, part=part)
    part.delete()


@transaction.atomic
def place_user(
    *, actor: Actor, user_id: int, unit_id: int | None, group_id: int | None = None, seen: str = ""
) -> UserPlace | None:
    """A user belongs to one unit, or to none; `group_id`: the contact who the user is. None: says nothing.
    `seen`: `state_of` of the `place_details` that somebody looked at.
    """
    require(actor, Permission.SETTINGS_EDIT)
    if not User.objects.select_for_update().filter(pk=user_id).exists():
        raise NotFound("There is no such user.")
    unless_changed(place_details(user_id), seen=seen, wanted=PlaceDetails(unit_id, group_id))
    if unit_id is not None and not Unit.objects.filter(pk=unit_id).exists():
        raise Refused("There is no such unit.", fields={"unit": "There is no such unit."})
    record_id = _record_of(group_id)
    journal.record(
        "UserPlaced", by=actor, subject_type="user", subject_id=user_id, detail={"unit": unit_id or 0}
    )
    if unit_id is None and record_id is None:
        UserPlace.objects.filter(user_id=user_id).delete()
        return None
    place, _ = UserPlace.objects.update_or_create(
        user_id=user_id, defaults={"unit_id": unit_id, "record_id": record_id}
    )
    return place


@transaction.atomic
def own_new(*, actor: Actor, record_id: int) -> None:
    """What somebody typed in belongs to the team of whoever typed it, or to that of its area (C20); to none
    where there is none."""
    require(actor, Permission.CONTACT_EDIT)
    _own([record_id], user_id=actor.user_id)


@transaction.atomic
def own_imported(*, actor: Actor, record_ids: Sequence[int], user_id: int | None) -> None:
    """What somebody took in from a file into Kith's own source, as if they had typed it."""
    require(actor, Permission.IMPORT_RUN)
    _own(record_ids, user_id=user_id)


def _own(record_ids: Sequence[int], *, user_id: int | None) -> None:
    """Addresses are read only where areas count."""
    value, of_user = default_owner(), team_of_user(user_id)
    there = frozenset(OrgGroup.objects.filter(pk__in=value.teams).values_list("pk", flat=True))
    if there and not (of_user and value.first is First.USER):
        rows = SourceRecord.objects.filter(pk__in=record_ids).values_list("pk", "addresses")
        owners = {
            pk: owner_of(value, of_user=of_user, addresses=addresses, there=there) for pk, addresses in rows
        }
    else:
        owners = dict.fromkeys(record_ids, of_user)
    Ownership.objects.bulk_create(
        [
            Ownership(record_id=pk, org_group_id=team, since=now())
            for pk, team in owners.items()
            if team is not None
        ],
        ignore_conflicts=True,
        batch_size=5_000,
    )


@transaction.atomic
def give(*, actor: Actor, record_ids: Sequence[int], team_id: int | None) -> int:
    """These System Refs belong to this team from now on, or to none; how many did not before.

    Rooms above choose the System Ref that stands for a contact, and journal what they did.
    """
    require(actor, Permission.CONTACT_OWN)
    if team_id is None:
        gone, _ = Ownership.objects.filter(record_id__in=record_ids).delete()
        return gone
    if not OrgGroup.objects.select_for_update().filter(pk=team_id).exists():
        raise Refused("There is no such team.", fields={"team": "There is no such team."})
    theirs = Ownership.objects.filter(record_id__in=record_ids, org_group_id=team_id)
    had = set(theirs.values_list("record_id", flat=True))
    fresh = [pk for pk in record_ids if pk not in had]
    Ownership.objects.bulk_create(
        [Ownership(record_id=pk, org_group_id=team_id, since=now()) for pk in fresh],
        update_conflicts=True,
        unique_fields=["record_id"],
        update_fields=["org_group", "since"],
    )
    return len(fresh)


def _locked(level: Level, part_id: int) -> AnyPart:
    found: AnyPart | None = MODELS[level].objects.select_for_update().filter(pk=part_id).first()
    if found is None:
        raise NotFound(f"There is no such {level}.")
    return found


def _is_there(level: Level | None, part_id: int | None) -> bool:
    if level is None or part_id is None:
        return False
    return MODELS[level].objects.select_for_update().filter(pk=part_id).exists()


def _record_of(group_id: int | None) -> int | None:
    """The primary System Ref of a contact; the first where it has none yet."""
    if group_id is None:
        return None
    rows = Membership.objects.filter(contact_id=group_id, contact__state="active")
    found = sorted(rows.values_list("record_id", "contact__primary_record_id"))
    if not found:
        raise Refused(NO_CONTACT, fields={"contact": NO_CONTACT})
    return next((pk for pk, primary in found if pk == primary), found[0][0])


def _journal(event: str, *, actor: Actor, level: Level, part: AnyPart) -> None:
    journal.record(
        event, by=actor, subject_type=level.value, subject_id=part.pk, detail={"level": level.value}
    )
