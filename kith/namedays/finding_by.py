"""Who celebrates when, as a criterion of the search (C25)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db.models import Q

from kith.contacts.asking import SearchCriterion, Shape, Value
from kith.contacts.rights.rules import Sight
from kith.namedays.queries import LONGEST, celebrating_between


def finding_by() -> tuple[SearchCriterion, ...]:
    return (
        SearchCriterion(
            key="name_day",
            label="Name day",
            heading="Who",
            shape=Shape.DAYS,
            condition=_celebrates,
            fields=("name_day",),
        ),
    )


_DAYS: Final = date(1900, 1, 1), date(2199, 12, 31)
"""Easter is computed for these."""


def _celebrates(value: Value, sight: Sight) -> Q | None:
    """One day where only one is given; movable days fall where they fall in those years."""
    first, last = value.first or value.last, value.last or value.first
    if first is None or last is None:
        return None
    first, last = max(first, _DAYS[0]), min(last, _DAYS[1])
    if last < first:
        return None
    return celebrating_between(first, min(last, first + LONGEST - timedelta(days=1)))
