"""Which team a new contact belongs to (C20): that of whoever adds it, or that of the area it lives in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kith.matching.cleaning import fold
from kith.organisation.models import OrgGroup
from kith.settings.in_force import in_force
from kith.settings.sections import Section


class First(StrEnum):
    USER = "user"
    AREA = "area"


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """All that it says must hold of an address; '' says nothing."""

    team: int
    country: str = ""
    """ISO 3166 alpha-2."""
    postcode: str = ""
    """How it begins, whatever its spaces, signs and capitals."""


@dataclass(frozen=True, slots=True)
class DefaultOwner:
    first: First = First.USER
    areas: tuple[Area, ...] = ()
    """The first that holds."""

    @property
    def teams(self) -> frozenset[int]:
        return frozenset(one.team for one in self.areas)


Address = Mapping[str, str | None]
"""As cleaned: `country` and `postcode` are looked at."""


def owner_of(
    value: DefaultOwner, *, of_user: int | None, addresses: Sequence[Address], there: frozenset[int]
) -> int | None:
    """Id of a team, None for none. `there`: teams that exist."""
    of_area = _of_area(value, addresses, there)
    return (of_user or of_area) if value.first is First.USER else (of_area or of_user)


def _of_area(value: DefaultOwner, addresses: Sequence[Address], there: frozenset[int]) -> int | None:
    """By the first address that lies in an area."""
    holding = (
        one.team for address in addresses for one in value.areas if one.team in there and _holds(one, address)
    )
    return next(holding, None)


def _holds(area: Area, address: Address) -> bool:
    if area.country and area.country != (address.get("country") or "").upper():
        return False
    return fold(address.get("postcode") or "").startswith(fold(area.postcode))


def _problems(value: DefaultOwner) -> tuple[str, ...]:
    found = []
    for place, one in enumerate(value.areas, start=1):
        if not one.country and not fold(one.postcode):
            found.append(f"area {place} says nothing: give a country, or how its postcodes begin")
        if one.country and not (
            len(one.country) == 2
            and one.country.isascii()
            and one.country.isalpha()
            and one.country.isupper()
        ):
            found.append(f"area {place}: a country is two capital letters")
    return tuple(found)


def _refuses(before: DefaultOwner, after: DefaultOwner) -> tuple[str, ...]:
    there = set(OrgGroup.objects.filter(pk__in=after.teams).values_list("pk", flat=True))
    return tuple(f"there is no team {one}" for one in sorted(after.teams - there))


DEFAULT_OWNER: Final = Section(
    key="default_owner",
    label="Owning team of new contacts",
    about="Whose a contact is that somebody types, imports into Kith's own source, or adds through the API.",
    shape=DefaultOwner,
    shipped=DefaultOwner,
    url_name="organisation:default-owner",
    problems=_problems,
    refuses=_refuses,
)


def default_owner() -> DefaultOwner:
    return in_force(DEFAULT_OWNER)
