"""What people said golden fields are, as that stood at a moment."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import polars as pl
from django.db.models import Q

from kith.golden.assembly import Supposed
from kith.golden.models import GoldenOverride
from kith.golden.standing import opened
from kith.grouping.history.tiers import tier_of

_COLUMNS: Final[dict[str, pl.DataType]] = {
    "override_id": pl.Int64(),
    "contact_id": pl.Int64(),
    "field": pl.String(),
    "is_pinned": pl.Boolean(),
    "made_at": pl.Datetime("us", "UTC"),
    "tier": pl.Int64(),
    "value": pl.String(),
}


def overrides_at(record_ids: Iterable[int], *, at: datetime) -> list[GoldenOverride]:
    """In force then: begun, and not ended by a person, by a later edit, or by its source."""
    still = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    found = GoldenOverride.objects.filter(still, record__in=list(record_ids), in_force_at__lte=at)
    return list(found.order_by("id"))


def as_frame(overrides: Sequence[GoldenOverride], *, headed: Supposed) -> pl.DataFrame | None:
    """As `kith.golden.standing.overrides_of` reads those of today; None when there are none."""
    if not overrides:
        return None
    rows = [
        {
            "override_id": one.pk,
            "contact_id": headed.key,
            "field": one.field,
            "is_pinned": one.mode == GoldenOverride.Mode.PINNED,
            "made_at": one.made_at,
            "tier": tier_of(one.record_id, headed.leading_record_ids),
            "value": json.dumps(one.value),
        }
        for one in overrides
    ]
    return opened(pl.DataFrame(rows, schema=_COLUMNS))
