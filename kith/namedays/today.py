"""Whose name day it is today and this week, for Home."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.kernel.clock import today
from kith.namedays import queries
from kith.namedays.queries import MOST_COUNTED, Celebrating

SHOWN: Final = 5
WEEK: Final = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class NameDaysNow:
    today: list[Celebrating]
    """The first few."""
    today_count: int
    week_count: int
    """Today and the six days after."""

    @property
    def today_words(self) -> str:
        return _bounded(self.today_count)

    @property
    def week_words(self) -> str:
        return _bounded(self.week_count)


def name_days_now(*, actor: Actor) -> NameDaysNow | None:
    """None for whoever may not see contacts."""
    if not actor.may(Permission.CONTACT_VIEW):
        return None
    day, known = today(), queries.days_known()
    now = queries.celebrating(day, day, actor=actor, known=known)
    of_week = queries.celebrating(day, day + WEEK, actor=actor, known=known)
    most = MOST_COUNTED + 1
    ids = list(now.values_list("pk", flat=True)[:most])
    first = Contact.objects.only("name", "name_day").filter(pk__in=ids[:SHOWN]).order_by("pk")
    shown = queries.with_dates(list(first), day, day)
    return NameDaysNow(shown, len(ids), len(of_week.values_list("pk", flat=True)[:most]))


def _bounded(number: int) -> str:
    return f"more than {MOST_COUNTED:,}" if number > MOST_COUNTED else f"{number:,}"
