"""Which values of a contact people had retired at a moment."""

from __future__ import annotations

from datetime import datetime

import polars as pl
from django.db.models import Q

from kith.golden.assembly import Supposed
from kith.golden.models import ValueStatement
from kith.golden.retired import RETIRED


def retired_at(headed: Supposed, *, at: datetime) -> pl.DataFrame | None:
    """As `kith.golden.retired.retired_of` reads those of today; None when there are none."""
    still = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    said = ValueStatement.objects.filter(
        still, record_id__in=list(headed.record_ids), about=ValueStatement.STATE, at__lte=at
    )
    newest = {(one.field, one.key): one.said for one in said.order_by("id")}
    gone = [pair for pair, state in newest.items() if state != ValueStatement.State.ACTIVE]
    rows = [{"contact_id": headed.key, "field": field, "value": key} for field, key in gone]
    return pl.DataFrame(rows, schema=RETIRED) if rows else None
