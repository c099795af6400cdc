"""Who of a list is known, and which System Refs it means."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection

from kith.contacts.suppressions import known
from kith.contacts.suppressions.bodies import Body, Entry
from kith.contacts.suppressions.lists.reading import BAD_SHOWN, Bad, NamedRef, Said
from kith.sources.models import SourceRecord

_MEANT: Final = """
SELECT n.place, min(r.id), count(*)
FROM unnest(%s::int[], %s::text[], %s::text[]) AS n(place, source, ref)
JOIN sources_sourcerecord r ON r.system_ref = n.ref AND r.erased_at IS NULL
JOIN sources_sourcesystem s ON s.id = r.source_id AND (n.source = '' OR upper(s.code) = upper(n.source))
JOIN sources_membership m ON m.record_id = r.id
GROUP BY n.place
"""
_UNKNOWN: Final = "no contact has this System Ref"
_SEVERAL: Final = "several sources have this System Ref: add a column Source with its code"


@dataclass(frozen=True, slots=True)
class Found:
    body: Body
    known: int
    unknown: int
    repeated: int
    bad: int
    bad_shown: tuple[Bad, ...]


def found_of(said: Said) -> Found:
    records, bad = _meant(said.refs)
    bad = sorted([*said.bad, *bad], key=lambda one: one.row)
    there = len(known.found_among(said.values)) if said.values else 0
    return Found(
        body=Body(tuple(map(Entry.of, said.values)), tuple(records)),
        known=there + len(records),
        unknown=len(said.values) - there,
        repeated=said.repeated,
        bad=len(bad),
        bad_shown=tuple(bad[:BAD_SHOWN]),
    )


def is_ref(text: str) -> bool:
    """Some contact has it."""
    return SourceRecord.objects.filter(
        system_ref=text, erased_at__isnull=True, membership__isnull=False
    ).exists()


def _meant(refs: Sequence[NamedRef]) -> tuple[list[int], list[Bad]]:
    """Their record ids, and those that mean nothing or several. A System Ref that is not there yet cannot be
    suppressed: what it will be is not known.
    """
    if not refs:
        return [], []
    with connection.cursor() as cursor:
        cursor.execute(
            _MEANT, [list(range(len(refs))), [one.source for one in refs], [one.ref for one in refs]]
        )
        meant = {place: (record_id, number) for place, record_id, number in cursor.fetchall()}
    found, bad = [], []
    for place, one in enumerate(refs):
        record_id, number = meant.get(place, (0, 0))
        if number == 1:
            found.append(record_id)
        else:
            bad.append(Bad(one.row, one.column, _SEVERAL if number else _UNKNOWN))
    return sorted(set(found)), bad
