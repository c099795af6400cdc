"""The way of one System Ref through GroupIDs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from kith.contacts.models import Contact
from kith.grouping.history.telling import Told, as_of_url, just_before, told
from kith.grouping.models import Move


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """From one move to the next."""

    group_id: int
    came_from: int | None
    since: datetime
    until: datetime | None
    """None: it is there now."""
    told: Told

    @property
    def mark(self) -> str:
        """'person', 'run' or 'placed'."""
        if self.told.run_id is not None:
            return "run"
        return "placed" if self.came_from is None else "person"

    @property
    def before_url(self) -> str:
        """Where it came from, as that stood."""
        return "" if self.came_from is None else as_of_url(self.came_from, at=just_before(self.since))

    @property
    def after_url(self) -> str:
        return as_of_url(self.group_id, at=self.since)


def stays_of(record_id: int) -> tuple[Stay, ...]:
    """Oldest first. One query."""
    related = Move.objects.select_related("user", "operation__undone_by")
    moves = list(related.filter(record_id=record_id).order_by("id"))
    ends = [*(move.at for move in moves[1:]), None]
    return tuple(
        Stay(
            group_id=move.to_contact_id,
            came_from=move.from_contact_id,
            since=move.at,
            until=until,
            told=told(move),
        )
        for move, until in zip(moves, ends[: len(moves)], strict=True)
    )


def retired_of(stays: tuple[Stay, ...]) -> frozenset[int]:
    """Of the GroupIDs on the way, those that are retired."""
    ids = {stay.group_id for stay in stays}
    retired = Contact.objects.filter(pk__in=ids, state=Contact.State.RETIRED)
    return frozenset(retired.values_list("pk", flat=True))
