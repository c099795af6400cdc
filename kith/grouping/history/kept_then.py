"""Opt-outs kept when a contact came apart, as that stood at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from django.db.models import Exists, OuterRef, Q

from kith.contacts.models import Contact, KeptOptOut
from kith.golden.opt_outs import KEPT
from kith.golden.rules import AUTHORISATIONS
from kith.grouping.models import Move
from kith.sources.models import SourceRecord


def kept_at(records: Sequence[SourceRecord], *, at: datetime) -> pl.DataFrame:
    """As `opt_outs.KEPT`. `records`: as they stood then."""
    said = {one.pk: one for one in records}
    undoing = Move.objects.filter(operation_id=OuterRef("withdrawn_by"), at__lte=at)
    kept = KeptOptOut.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=at), ~Exists(undoing), record_id__in=list(said), at__lte=at
    )
    rows = [(one.record_id, one.field) for one in kept if getattr(said[one.record_id], one.field) == one.said]
    return pl.DataFrame(rows, schema=KEPT, orient="row")


def kept_by_then(
    contact: Contact, records: Sequence[SourceRecord], *, at: datetime
) -> dict[str, frozenset[int]]:
    """As `opt_outs.kept_by`. `contact`: as it stood then."""
    if all(getattr(contact, name) is not False for name in AUTHORISATIONS):
        return {}
    kept = kept_at(records, at=at)
    return {name: frozenset(kept.filter(pl.col("field") == name)["record_id"]) for name in AUTHORISATIONS}
