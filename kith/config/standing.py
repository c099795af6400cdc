"""What Home shows: a fixed number of queries, none of which reads the store record by record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import TruncDate

from kith.kernel import clock
from kith.kernel.clock import now
from kith.runs.models import RunStep
from kith.sources.models import Import, SourceRecord, SourceSystem

GROWTH_DAYS: Final = 30
STALE_AFTER: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStanding:
    id: int
    code: str
    name: str
    colour: str
    is_paused: bool
    received_at: datetime | None
    """Its newest claim."""
    is_stale: bool
    records: int | None
    """None where the last run did not know the source yet."""
    contacts: int | None
    shared: int | None
    """Contacts that another source knows too."""

    @property
    def duplicates(self) -> int | None:
        if self.records is None or self.contacts is None:
            return None
        return self.records - self.contacts


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What the last finished run counted."""

    at: datetime | None
    figures: Mapping[str, int]

    @property
    def records(self) -> int:
        return self.figures.get("records", 0)

    @property
    def contacts(self) -> int:
        return self.figures.get("contacts", 0)


def counted() -> Counted:
    step = (
        RunStep.objects.filter(name="figures", state=RunStep.State.DONE)
        .order_by("-run__started_at")
        .values_list("finished_at", "counts")
        .first()
    )
    return Counted(at=step[0], figures=step[1]) if step else Counted(at=None, figures={})


def sources(figures: Mapping[str, int]) -> list[SourceStanding]:
    newest = (
        SourceRecord.objects.filter(source=OuterRef("pk")).order_by("-received_at").values("received_at")[:1]
    )
    rows = SourceSystem.objects.annotate(newest=Subquery(newest)).order_by("priority", "name", "id")
    limit = now() - STALE_AFTER
    return [
        SourceStanding(
            id=row.pk,
            code=row.code,
            name=row.name,
            colour=row.colour,
            is_paused=row.paused_at is not None,
            received_at=row.newest,
            is_stale=row.newest is not None and row.newest < limit and row.kind != SourceSystem.Kind.LOCAL,
            records=figures.get(f"source_{row.pk}_records"),
            contacts=figures.get(f"source_{row.pk}_contacts"),
            shared=figures.get(f"source_{row.pk}_shared"),
        )
        for row in rows
    ]


def growth() -> list[int]:
    """New System Refs of each of the last 30 days, oldest first, as the imports counted them."""
    today = clock.today()
    first = today - timedelta(days=GROWTH_DAYS - 1)
    days = (
        Import.objects.filter(kind=Import.Kind.CONTACTS, finished_at__date__gte=first)
        .annotate(day=TruncDate("finished_at"))
        .values("day")
        .annotate(new=Sum("new_count"))
        .values_list("day", "new")
    )
    by_day = dict(days)
    return [by_day.get(first + timedelta(days=n), 0) for n in range(GROWTH_DAYS)]
