"""The organisation for other systems: its tree, and who belongs where."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.kernel.seen import state_of
from kith.organisation import actions, queries
from kith.organisation.levels import Level
from kith.organisation.queries import Node, PartDetails, Placed, PlaceDetails
from kith.organisation.schemas import (
    CommunityOut,
    OrganisationOut,
    PartChanged,
    PartEdit,
    PartIn,
    PlacedUser,
    TeamOut,
    UnitOut,
    UserPlaced,
    UserPlaceIn,
)
from kith.users.key_door import with_key
from kith.web.api import CHANGES, WITH_BODY, WITH_ID, ApiRequest, Id, SeenAsked, answers

organisation: Final = Router(tags=["organisation"])


@organisation.get(
    "",
    summary="Show the organisation",
    auth=with_key(Permission.SETTINGS_VIEW),
    response=answers(OrganisationOut),
)
def show_organisation(request: ApiRequest) -> OrganisationOut:
    """Communities, their teams, the teams' units and the users in them."""
    return OrganisationOut(communities=[_community(one) for one in queries.tree(actor=request.auth)])


@organisation.post(
    "/parts",
    summary="Add a community, team or unit",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(PartChanged, *WITH_BODY, *CHANGES, status=HTTPStatus.CREATED),
)
def add_organisation_part(request: ApiRequest, given: PartIn) -> Status[PartChanged]:
    part = actions.add_part(
        actor=request.auth,
        level=given.level,
        name=given.name,
        parent_id=given.parent,
        group_id=given.contact,
    )
    return Status(HTTPStatus.CREATED, PartChanged(level=given.level, id=part.pk))


@organisation.put(
    "/parts/{level}/{part_id}",
    summary="Edit a community, team or unit",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(PartChanged, *WITH_ID, *WITH_BODY, *CHANGES),
)
def edit_organisation_part(request: ApiRequest, level: Level, part_id: Id, given: PartEdit) -> PartChanged:
    """Its name and the contact it names; it stays where it is."""
    actions.edit_part(
        actor=request.auth,
        level=level,
        part_id=part_id,
        name=given.name,
        group_id=given.contact,
        seen=given.seen,
    )
    return PartChanged(level=level, id=part_id)


@organisation.delete(
    "/parts/{level}/{part_id}",
    summary="Remove a community, team or unit",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(PartChanged, *WITH_ID, *CHANGES),
)
def remove_organisation_part(
    request: ApiRequest, level: Level, part_id: Id, asked: Query[SeenAsked]
) -> PartChanged:
    """422 while it holds anything: a part below it, a user, a contact."""
    actions.remove_part(actor=request.auth, level=level, part_id=part_id, seen=asked.seen)
    return PartChanged(level=level, id=part_id)


@organisation.put(
    "/users/{user_id}",
    summary="Place a user",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(UserPlaced, *WITH_ID, *WITH_BODY, *CHANGES),
)
def place_organisation_user(request: ApiRequest, user_id: Id, given: UserPlaceIn) -> UserPlaced:
    """What the user types in belongs to the team of this unit from now on."""
    actions.place_user(
        actor=request.auth, user_id=user_id, unit_id=given.unit, group_id=given.contact, seen=given.seen
    )
    return UserPlaced(user_id=user_id, unit=given.unit)


def _community(node: Node) -> CommunityOut:
    return CommunityOut(
        id=node.id,
        name=node.name,
        contact=_contact(node),
        seen=_state(node),
        teams=[_team(one) for one in node.below],
    )


def _team(node: Node) -> TeamOut:
    return TeamOut(
        id=node.id,
        name=node.name,
        contact=_contact(node),
        seen=_state(node),
        units=[_unit(one) for one in node.below],
    )


def _unit(node: Node) -> UnitOut:
    return UnitOut(
        id=node.id,
        name=node.name,
        contact=_contact(node),
        seen=_state(node),
        users=[_user(one, unit_id=node.id) for one in node.users],
    )


def _user(placed: Placed, *, unit_id: int) -> PlacedUser:
    contact = _contact(placed)
    state = state_of(PlaceDetails(unit_id, contact))
    return PlacedUser(id=placed.user_id, name=placed.name, contact=contact, seen=state)


def _state(node: Node) -> str:
    return state_of(PartDetails(node.name, _contact(node)))


def _contact(named: Node | Placed) -> int | None:
    return named.contact.group_id if named.contact else None
