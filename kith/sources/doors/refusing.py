"""Asked by every way in, in the transaction that would write."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Final

import pyarrow as pa
from django.db import connection

from kith.kernel import clock
from kith.sources import tombstones
from kith.sources.claims import header_of
from kith.sources.doors import lock
from kith.sources.doors.admitting import admitted_among
from kith.sources.doors.identities import keys_of_all
from kith.sources.mapping import SYSTEM_REF
from kith.sources.models import Import, SourceSystem, Tombstone
from kith.sources.reading import BadRow

Refused = Mapping[int, int]
"""By place among the rows asked about: the tombstone that keeps it out."""

_THERE: Final = """
SELECT EXISTS (
    SELECT 1 FROM sources_tombstone WHERE kind = %s AND (source_id IS NULL OR source_id = %s))
"""
_AMONG: Final = """
SELECT n.place, min(t.id) FROM unnest(%s::int[], %s::bytea[]) AS n(place, digest)
JOIN sources_tombstone t ON t.digest = n.digest AND t.kind = %s
    AND t.source_id IS NOT DISTINCT FROM %s
GROUP BY n.place
"""
_FETCHED: Final = """
SELECT digest, id FROM sources_tombstone WHERE kind = %s AND source_id IS NOT DISTINCT FROM %s LIMIT %s
"""
MOST_FETCHED: Final = 200_000
MOST_SENT: Final = 2_000
_COUNT: Final = """
INSERT INTO sources_stopped AS s (source_id, month, tombstone_id, times)
SELECT %s, %s, id, count(*) FROM unnest(%s::bigint[]) AS id GROUP BY id
ON CONFLICT (source_id, month, tombstone_id) DO UPDATE SET times = s.times + excluded.times, last_at = now()
"""


def refused_among(source: SourceSystem, refs: Sequence[str], cleaned: pa.Table | None = None) -> Refused:
    """Rows of System Refs, and of people, who may not come in. `cleaned`: row for row with `refs`; without it
    only System Refs are looked at. Costs two short queries while nobody was ever deleted or anonymised.
    """
    lock.shared()
    found: dict[int, int] = {}
    if _there(Tombstone.Kind.REF, source.pk):
        digests = tombstones.digests(f"{source.code}\x1f{ref}" for ref in refs)
        found |= _among(list(range(len(refs))), digests, Tombstone.Kind.REF, source.pk)
    if cleaned is not None and _there(Tombstone.Kind.IDENTITY, None):
        keys = keys_of_all(cleaned)
        digests = tombstones.identity_digests(keys["key"])
        found = _among(keys["place"].to_list(), digests, Tombstone.Kind.IDENTITY, None) | found
    if found:
        let_in = admitted_among(source, {refs[place] for place in found})
        found = {place: tombstone for place, tombstone in found.items() if refs[place] not in let_in}
    return found


def silenced(job: Import, bad: Sequence[BadRow]) -> list[BadRow]:
    """Rejected rows as they are kept, whatever they were rejected for: of a System Ref that was deleted or
    anonymised nothing is repeated, and its source is counted."""
    rows = list(bad)
    if not Tombstone.objects.filter(kind=Tombstone.Kind.REF).exists():
        return rows
    ref_header, source_header = header_of(SYSTEM_REF, job.mapping), header_of("source", job.mapping)
    by_source: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        if row.values.get(ref_header):
            code = row.values.get(source_header, "").strip() or job.source.code
            by_source.setdefault(code, []).append(place)
    for source in SourceSystem.objects.filter(code__in=list(by_source)):
        places = by_source[source.code]
        found = refused_among(source, [rows[place].values[ref_header].strip() for place in places])
        count_stopped(source, found.values())
        for at in found:
            row = rows[places[at]]
            rows[places[at]] = replace(row, reason=tombstones.REASON, column=ref_header, values={})
    return rows


def count_stopped(source: SourceSystem, tombstone_ids: Collection[int]) -> None:
    """For the sentence on the source's page. Of whom: by number of the tombstone only."""
    if tombstone_ids:
        month = clock.today().replace(day=1)
        with connection.cursor() as cursor:
            cursor.execute(_COUNT, [source.pk, month, list(tombstone_ids)])


def people_stopped(*, month: date) -> Mapping[int, int]:
    """By source: how many people who were anonymised it sent again in the month of this day."""
    with connection.cursor() as cursor:
        cursor.execute(_PEOPLE, [month.replace(day=1)])
        return dict(cursor.fetchall())


_PEOPLE: Final = """
SELECT s.source_id, count(DISTINCT t.erasure)
FROM sources_stopped s JOIN sources_tombstone t ON t.id = s.tombstone_id
WHERE s.month = %s AND t.erasure IS NOT NULL GROUP BY s.source_id
"""


def _there(kind: str, source_id: int | None) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(_THERE, [kind, source_id])
        return bool(cursor.fetchall()[0][0])


def _among(places: list[int], digests: list[bytes], kind: str, source_id: int | None) -> dict[int, int]:
    """Of many, the tombstones are fetched and compared here, unless those are far too many; few are sent."""
    with connection.cursor() as cursor:
        if len(digests) > MOST_SENT:
            cursor.execute(_FETCHED, [kind, source_id, MOST_FETCHED + 1])
            kept = {bytes(digest): pk for digest, pk in cursor.fetchall()}
            if len(kept) <= MOST_FETCHED:
                return _compared(places, digests, kept)
        cursor.execute(_AMONG, [places, digests, kind, source_id])
        return dict(cursor.fetchall())


def _compared(places: list[int], digests: list[bytes], kept: Mapping[bytes, int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for place, digest in zip(places, digests, strict=True):
        tombstone = kept.get(digest)
        if tombstone is not None:
            found[place] = min(tombstone, found.get(place, tombstone))
    return found
