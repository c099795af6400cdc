"""The doors behind somebody who is anonymised, closed in the transaction that erases."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import connection

from kith.sources import tombstones
from kith.sources.doors.identity import COLUMNS, identity_keys
from kith.sources.models import SourceRecord

_REFS: Final = """
INSERT INTO sources_tombstone (kind, why, source_id, digest, erasure)
SELECT 'ref', 'erased', n.source_id, n.digest, %s
FROM unnest(%s::bigint[], %s::bytea[]) AS n(source_id, digest)
ON CONFLICT ON CONSTRAINT tombstone_once DO UPDATE SET why = 'erased', erasure = excluded.erasure
"""
_IDENTITIES: Final = """
INSERT INTO sources_tombstone (kind, why, digest, erasure)
SELECT 'identity', 'erased', digest, %s FROM unnest(%s::bytea[]) AS digest
ON CONFLICT ON CONSTRAINT tombstone_once DO NOTHING
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """E-mails and phones, as they are cleaned, that whoever it is had before, or that somebody typed."""

    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


NOTHING_MORE: Final = Reached()


@dataclass(frozen=True, slots=True)
class Digests:
    refs: tuple[bytes, ...]
    sources: tuple[str, ...]
    """Code of each one's source."""
    identities: tuple[bytes, ...]


def digests_of(record_ids: Sequence[int], *, reached: Reached = NOTHING_MORE) -> Digests:
    """What will keep them out, while the System Refs still say whose they are."""
    _, digests = _said(record_ids, reached)
    return digests


def close_doors(*, record_ids: Sequence[int], erasure: UUID, reached: Reached = NOTHING_MORE) -> int:
    """While the System Refs still say whose they are. Returns how many digests keep them out."""
    sources, digests = _said(record_ids, reached)
    with connection.cursor() as cursor:
        cursor.execute(_REFS, [erasure, sources, list(digests.refs)])
        cursor.execute(tombstones.LET_IN_NO_MORE, [sources, list(digests.refs)])
    close_identities(digests.identities, erasure=erasure)
    return len(digests.refs) + len(digests.identities)


def _said(record_ids: Sequence[int], reached: Reached) -> tuple[list[int], Digests]:
    """(source of each System Ref, digests)"""
    records = SourceRecord.objects.filter(pk__in=record_ids, erased_at=None).order_by("pk")
    rows = list(records.values("source_id", "source__code", "system_ref", *COLUMNS))
    said = (
        {**row, "emails": [*row["emails"], *reached.emails], "phones": [*row["phones"], *reached.phones]}
        for row in rows
    )
    keys = frozenset[str]().union(*map(identity_keys, said))
    refs = tuple(tombstones.digest(row["source__code"], row["system_ref"]) for row in rows)
    identities = tuple(tombstones.identity_digest(key) for key in sorted(keys))
    return [row["source_id"] for row in rows], Digests(
        refs, tuple(row["source__code"] for row in rows), identities
    )


def close_identities(digests: Collection[bytes], *, erasure: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_IDENTITIES, [erasure, list(digests)])
