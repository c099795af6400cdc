"""Who a source sent again: by number of an erasure, for of nobody more is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection
from django.db.models import QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.sources.models import Admission, SourceSystem

MOST: Final = 2_000
_STOPPED: Final = """
SELECT s.month, t.erasure IS NOT NULL, coalesce(bool_or(t.kind = 'ref'), false),
    coalesce(bool_or(t.kind = 'identity'), false), sum(s.times), max(s.last_at)
FROM sources_stopped s JOIN sources_tombstone t ON t.id = s.tombstone_id WHERE s.source_id = %s
GROUP BY s.month, t.erasure, CASE WHEN t.erasure IS NULL THEN t.id END
ORDER BY s.month DESC, max(s.last_at) DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class Sent:
    """One person, or one System Ref that was deleted, in one month."""

    month: date
    is_anonymised: bool
    by_ref: bool
    by_identity: bool
    rows: int
    last_at: datetime

    @property
    def known_by(self) -> str:
        if self.by_ref and self.by_identity:
            return "System Ref and details"
        return "System Ref" if self.by_ref else "Name with other details"


def stopped(source: SourceSystem, *, actor: Actor) -> list[Sent]:
    """The newest first."""
    require(actor, Permission.SOURCE_VIEW)
    with connection.cursor() as cursor:
        cursor.execute(_STOPPED, [source.pk, MOST])
        return [
            Sent(month, is_anonymised, by_ref, by_identity, int(rows), last_at)
            for month, is_anonymised, by_ref, by_identity, rows, last_at in cursor.fetchall()
        ]


def admissions(source: SourceSystem, *, actor: Actor) -> QuerySet[Admission]:
    require(actor, Permission.SOURCE_VIEW)
    return Admission.objects.filter(source=source).order_by("-at", "-pk")
