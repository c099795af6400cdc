"""A small organisation: one community, two teams, a unit each."""

from __future__ import annotations

from dataclasses import dataclass

from kith.access.actors import COMMAND_LINE
from kith.access.models import User
from kith.organisation import actions
from kith.organisation.levels import AnyPart, Level


@dataclass(frozen=True)
class Organisation:
    community: AnyPart
    sales: AnyPart
    support: AnyPart
    sales_unit: AnyPart
    support_unit: AnyPart


def organisation() -> Organisation:
    def add(level: Level, name: str, parent: AnyPart | None = None) -> AnyPart:
        parent_id = parent.pk if parent else None
        return actions.add_part(actor=COMMAND_LINE, level=level, name=name, parent_id=parent_id)

    community = add(Level.COMMUNITY, "Cyprus")
    sales, support = add(Level.TEAM, "Sales", community), add(Level.TEAM, "Support", community)
    return Organisation(
        community=community,
        sales=sales,
        support=support,
        sales_unit=add(Level.UNIT, "Box office", sales),
        support_unit=add(Level.UNIT, "Phones", support),
    )


def place(user: User, unit: AnyPart) -> None:
    actions.place_user(actor=COMMAND_LINE, user_id=user.pk, unit_id=unit.pk)
