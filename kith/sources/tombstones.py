"""System Refs that were deleted for good. What is kept of each is a keyed digest: it tells whether a System
Ref in hand was deleted, and cannot be read backwards without the key, which is not in the database.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Sequence
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import QuerySet

from kith.sources.models import Admission, SourceRecord, SourceSystem, Tombstone

REASON = "This System Ref or person was deleted in Kith, or anonymised, and does not come back."


def digest(source_code: str, system_ref: str) -> bytes:
    return digests([f"{source_code}\x1f{system_ref}"])[0]


def digests(texts: Iterable[str]) -> list[bytes]:
    """Of texts made as `digest` makes them; a million in two seconds."""
    key = settings.TOMBSTONE_KEY.encode()
    return [hmac.digest(key, text.encode(), "sha256") for text in texts]


def identity_digests(keys: Iterable[str]) -> list[bytes]:
    return digests(f"\x1f{key}" for key in keys)


def identity_digest(key: str) -> bytes:
    """`key`: of `kith.sources.doors.identity`. No source has an empty code, so it is no System Ref's."""
    return digest("", key)


def mark(place: str, text: str) -> str:
    """What stands for a text that was anonymised; the same for the same text in the same place."""
    return f"erased-{digest(place, text).hex()[:32]}"


def keep(record_ids: Sequence[int]) -> None:
    """Of System Refs that are there still, in the transaction that deletes them."""
    rows = SourceRecord.objects.filter(pk__in=record_ids)
    said = list(rows.values_list("source_id", "source__code", "system_ref"))
    sources = [source_id for source_id, _, _ in said]
    digests = [digest(code, ref) for _, code, ref in said]
    with connection.cursor() as cursor:
        cursor.execute(_KEEP, [sources, digests])
        cursor.execute(LET_IN_NO_MORE, [sources, digests])


LET_IN_NO_MORE: Final = """
DELETE FROM sources_admission a USING unnest(%s::bigint[], %s::bytea[]) AS n(source_id, digest)
WHERE a.source_id = n.source_id AND a.digest = n.digest
"""
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
    let_in = Admission.objects.filter(source=source, digest__in=list(found)).values_list("digest", flat=True)
    return frozenset(by_digest[one] for one in {bytes(one) for one in found} - {bytes(one) for one in let_in})
