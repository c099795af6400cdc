"""Claims that were replaced are kept, by whoever replaces them and in the same transaction.

Read through `as_it_stood`. Kept since this table was made: of what was replaced earlier nothing is known but
that it was (`first_received_at` lies before everything kept).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connection

from kith.sources.models import PastClaim, SourceRecord

_COLUMNS: Final = "record_id, claim, content_hash, claimed_at, received_at, gone_at, replaced_at"
_OLD: Final = "r.content_hash, r.claimed_at, r.received_at, r.gone_at"

# A statement sees rows as they were before it: `r` is what was replaced, and a new record is not there yet.
KEEP_MERGED: Final = f"""
INSERT INTO sources_pastclaim ({_COLUMNS})
SELECT r.id, CASE WHEN r.claim <> n.claim THEN r.claim END, {_OLD}, now()
FROM merged n JOIN sources_sourcerecord r ON r.id = n.id
"""
"""Of `merged` (id, claim as it is now), as a part of the statement that merges."""

_KEEP_ONE: Final = f"""
INSERT INTO sources_pastclaim ({_COLUMNS})
SELECT r.id, r.claim, {_OLD}, %s FROM sources_sourcerecord r WHERE r.id = %s
"""


def keep(record_id: int, *, replaced_at: datetime) -> None:
    """The claim as stored, which the running transaction is about to replace."""
    with connection.cursor() as cursor:
        cursor.execute(_KEEP_ONE, [replaced_at, record_id])


def replaced_before(moment: datetime) -> int:
    return PastClaim.objects.filter(replaced_at__lt=moment).count()


def remove_replaced_before(moment: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM sources_pastclaim WHERE replaced_at < %s", [moment])
        return int(cursor.rowcount)


def claim_of_version(record: SourceRecord, version: str) -> dict[str, str] | None:
    """The fields that the claim of this hash (hex) stated; None when it was not kept."""
    try:
        wanted = UUID(version)
    except ValueError:
        return None
    newer: dict[str, dict[str, str]] = record.claim
    for past in PastClaim.objects.filter(record_id=record.pk).order_by("-id"):
        newer = newer if past.claim is None else past.claim
        if past.content_hash == wanted:
            return newer.get("fields", {})
    return None
