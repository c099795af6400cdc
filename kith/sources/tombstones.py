"""System Refs that were deleted for good. What is kept of each is a keyed digest: it tells whether a System
Ref in hand was deleted, and cannot be read backwards without the key, which is not in the database.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from kith.sources.models import SourceRecord, SourceSystem, Tombstone

REASON = "This System Ref was deleted in Kith and does not come back."


def digest(source_code: str, system_ref: str) -> bytes:
    said = f"{source_code}\x1f{system_ref}".encode()
    return hmac.new(settings.TOMBSTONE_KEY.encode(), said, hashlib.sha256).digest()


def keep(record_ids: Sequence[int]) -> None:
    """Of System Refs that are there still, in the transaction that deletes them."""
    rows = SourceRecord.objects.filter(pk__in=record_ids)
    said = list(rows.values_list("source_id", "source__code", "system_ref"))
    sources = [source_id for source_id, _, _ in said]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [sources, [digest(code, ref) for _, code, ref in said]])


_KEEP = """
INSERT INTO sources_tombstone (source_id, digest) SELECT * FROM unnest(%s::bigint[], %s::bytea[])
ON CONFLICT DO NOTHING
"""


def deleted_among(source: SourceSystem, system_refs: Iterable[str]) -> frozenset[str]:
    """Costs one short query while nothing of the source was ever deleted."""
    kept: QuerySet[Tombstone] = Tombstone.objects.filter(source=source)
    if not kept.exists():
        return frozenset()
    by_digest = {digest(source.code, ref): ref for ref in system_refs}
    found = kept.filter(digest__in=list(by_digest)).values_list("digest", flat=True)
    return frozenset(by_digest[bytes(one)] for one in found)
