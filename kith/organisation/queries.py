"""The tree, who belongs where, and which team owns a System Ref."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from kith.access.actors import Actor, require
from kith.access.models import User
from kith.access.permissions import Permission
from kith.kernel.errors import NotFound
from kith.organisation.levels import MODELS, AnyPart, Level
from kith.organisation.models import Community, OrgGroup, Unit, UserPlace
from kith.sources.models import Membership


@dataclass(frozen=True, slots=True)
class PartDetails:
    """What can be edited of a part."""

    name: str
    contact: int | None


@dataclass(frozen=True, slots=True)
class PlaceDetails:
    """Of a user: the unit, and the contact who the user is."""

    unit: int | None
    contact: int | None


@dataclass(frozen=True, slots=True)
class NamedContact:
    group_id: int
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A user of a unit."""

    user_id: int
    name: str
    contact: NamedContact | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    level: Level
    id: int
    name: str
    contact: NamedContact | None
    below: tuple[Node, ...] = ()
    users: tuple[Placed, ...] = ()


@dataclass(frozen=True, slots=True)
class Owner:
    id: int
    name: str
    community: str

    def __str__(self) -> str:
        return f"{self.name} ({self.community})"


def tree(*, actor: Actor) -> tuple[Node, ...]:
    """Five queries, whatever it holds."""
    require(actor, Permission.SETTINGS_VIEW)
    communities = list(Community.objects.order_by("name", "pk"))
    teams = list(OrgGroup.objects.order_by("name", "pk"))
    units = list(Unit.objects.order_by("name", "pk"))
    places = list(UserPlace.objects.select_related("user").order_by("user__name", "user_id"))
    parts: list[AnyPart] = [*communities, *teams, *units]
    named = contacts_named([*(one.record_id for one in parts), *(one.record_id for one in places)])
    users: dict[int | None, list[Placed]] = defaultdict(list)
    for place in places:
        users[place.unit_id].append(_placed(place, named))
    of_team: dict[int, list[Node]] = defaultdict(list)
    for unit in units:
        of_team[unit.org_group_id].append(_node(Level.UNIT, unit, named, users=users[unit.pk]))
    of_community: dict[int, list[Node]] = defaultdict(list)
    for team in teams:
        of_community[team.community_id].append(_node(Level.TEAM, team, named, below=of_team[team.pk]))
    return tuple(_node(Level.COMMUNITY, one, named, below=of_community[one.pk]) for one in communities)


def _node(
    level: Level,
    part: AnyPart,
    named: Mapping[int, NamedContact],
    *,
    below: Sequence[Node] = (),
    users: Sequence[Placed] = (),
) -> Node:
    contact = named.get(part.record_id or 0)
    return Node(
        level=level, id=part.pk, name=part.name, contact=contact, below=tuple(below), users=tuple(users)
    )


def _placed(place: UserPlace, named: Mapping[int, NamedContact]) -> Placed:
    return Placed(user_id=place.user_id, name=place.user.name, contact=named.get(place.record_id or 0))


def contacts_named(record_ids: Iterable[int | None]) -> dict[int, NamedContact]:
    """By record id the contact it belongs to now."""
    wanted = {pk for pk in record_ids if pk is not None}
    rows = Membership.objects.filter(record_id__in=wanted)
    return {
        pk: NamedContact(group_id, _without_email(name))
        for pk, group_id, name in rows.values_list("record_id", "contact_id", "contact__name")
    }


def _without_email(name: str) -> str:
    """Whoever has no name is called by an e-mail, which not everybody may read; who may is known above."""
    return "" if "@" in name and " " not in name else name


def part_of(level: Level, part_id: int, *, actor: Actor) -> AnyPart:
    require(actor, Permission.SETTINGS_VIEW)
    found: AnyPart | None = MODELS[level].objects.filter(pk=part_id).first()
    if found is None:
        raise NotFound(f"There is no such {level}.")
    return found


def part_details(part: AnyPart) -> PartDetails:
    return PartDetails(name=part.name, contact=group_id_of(part.record_id))


def place_details(user_id: int) -> PlaceDetails:
    place = UserPlace.objects.filter(user_id=user_id).first()
    return PlaceDetails(place.unit_id, group_id_of(place.record_id)) if place else PlaceDetails(None, None)


def user_of(user_id: int, *, actor: Actor) -> User:
    require(actor, Permission.SETTINGS_VIEW)
    found = User.objects.select_related("place").filter(pk=user_id).first()
    if found is None:
        raise NotFound("There is no such user.")
    return found


def users(*, actor: Actor) -> list[tuple[User, str]]:
    """Active users by name, each with unit and team in words."""
    require(actor, Permission.SETTINGS_VIEW)
    rows = User.objects.filter(is_active=True).select_related("place__unit__org_group")
    return [(one, _place_words(one)) for one in rows.order_by("name", "pk")]


def _place_words(user: User) -> str:
    place = getattr(user, "place", None)
    unit = place.unit if isinstance(place, UserPlace) else None
    return f"{unit.org_group.name} / {unit.name}" if unit else ""


def group_id_of(record_id: int | None) -> int | None:
    """The contact of a System Ref, for a form."""
    if record_id is None:
        return None
    return Membership.objects.filter(record_id=record_id).values_list("contact_id", flat=True).first()


def team_of_user(user_id: int | None) -> int | None:
    if user_id is None:
        return None
    places = UserPlace.objects.filter(user_id=user_id, unit__isnull=False)
    return places.values_list("unit__org_group_id", flat=True).first()


def teams() -> list[Owner]:
    """Every team there is, by community and name."""
    rows = OrgGroup.objects.select_related("community").order_by("community__name", "name", "pk")
    return [Owner(one.pk, one.name, one.community.name) for one in rows]


def owners_of(contact_ids: Sequence[int]) -> dict[int, Owner]:
    """By GroupID: the team of the primary System Ref; else of the one that has had a team for longest."""
    with connection.cursor() as cursor:
        cursor.execute(_OWNERS, [list(contact_ids)])
        return {group_id: Owner(*owner) for group_id, *owner in cursor.fetchall()}


_OWNERS: Final = """
SELECT DISTINCT ON (m.contact_id) m.contact_id, g.id, g.name, y.name
FROM sources_membership m JOIN organisation_ownership o ON o.record_id = m.record_id
JOIN organisation_orggroup g ON g.id = o.org_group_id
JOIN organisation_community y ON y.id = g.community_id
JOIN contacts_contact c ON c.id = m.contact_id
WHERE m.contact_id = ANY(%s)
ORDER BY m.contact_id, m.record_id = c.primary_record_id DESC, o.since, m.record_id
"""


def named_by(record_ids: Sequence[int]) -> tuple[str, ...]:
    """Who in the organisation names one of these System Refs' contacts, in words."""
    named = [
        f"the {level} {name}"
        for level, model in MODELS.items()
        for name in model.objects.filter(record_id__in=record_ids).values_list("name", flat=True)
    ]
    users_named = UserPlace.objects.filter(record_id__in=record_ids).values_list("user__name", flat=True)
    return (*named, *(f"the user {name}" for name in users_named))
