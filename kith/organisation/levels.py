"""The three levels of the tree, in words and in tables."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from kith.organisation.models import Community, OrgGroup, Unit


class Level(StrEnum):
    COMMUNITY = "community"
    TEAM = "team"
    UNIT = "unit"

    @property
    def label(self) -> str:
        return self.value.capitalize()

    @property
    def above(self) -> Level | None:
        return {Level.TEAM: Level.COMMUNITY, Level.UNIT: Level.TEAM}.get(self)

    @property
    def below(self) -> Level | None:
        return {Level.COMMUNITY: Level.TEAM, Level.TEAM: Level.UNIT}.get(self)


AnyPart = Community | OrgGroup | Unit
MODELS: Final[dict[Level, type[Community] | type[OrgGroup] | type[Unit]]] = {
    Level.COMMUNITY: Community,
    Level.TEAM: OrgGroup,
    Level.UNIT: Unit,
}
PARENT: Final = {Level.TEAM: "community", Level.UNIT: "org_group"}
"""The column that leads up."""
