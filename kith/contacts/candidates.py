"""The stored System Refs that share a match key with one record, by the index on the keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import numpy as np
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from kith.matching.comparable import Comparable
from kith.matching.evidence import EngineOptions
from kith.matching.keys import caps_of
from kith.matching.records import MATCHED

MOST: Final = 500
"""Of more, those that share the most keys."""

FAR_TOO_MANY: Final = 5_000
"""Of a key that more records hold, the index gives about as many: enough to see that it is cut. To walk all
of a million would take a quarter of a second."""

_MATCHED: Final = ", ".join(f"r.{name}" for name in MATCHED)
_COLUMNS: Final = ("record_id", *MATCHED)
# One more than may be compared is read of each key: a block that would be cut by the engine says nothing here
# either. The key may have a million members, and LIMIT stops at what is asked for.
_SHARING: Final = f"""SELECT m.contact_id, r.source_id, r.system_ref, r.id, {_MATCHED}
FROM (
    SELECT id FROM (
        SELECT one.id, k.most, count(*) OVER (PARTITION BY k.key) AS members
        FROM unnest(%s::bigint[], %s::int[]) AS k(key, most)
        CROSS JOIN LATERAL (
            SELECT id FROM sources_sourcerecord WHERE match_keys @> ARRAY[k.key] LIMIT k.most + 1
        ) one
    ) held
    WHERE members <= most GROUP BY id ORDER BY count(*) DESC, id LIMIT {MOST}
) nearest
JOIN sources_sourcerecord r ON r.id = nearest.id JOIN sources_membership m ON m.record_id = nearest.id
ORDER BY r.id
"""

# The planner knows nothing of the keys asked for and may take a scan of all records for cheap.
_SET: Final = "SELECT set_config('enable_seqscan', %s, true), set_config('gin_fuzzy_search_limit', %s, true)"


@dataclass(frozen=True, slots=True)
class Candidate:
    record: Comparable
    contact_id: int
    source_id: int
    system_ref: str


def candidates_of(keys: Sequence[int]) -> list[Candidate]:
    """Those with a GroupID. The record itself would be one more of each block, as in a run."""
    if not keys:
        return []
    caps = caps_of(np.array(keys), cap=EngineOptions().max_block_size) - 1
    with _reading_by_key() as cursor:
        cursor.execute(_SHARING, [list(keys), caps.tolist()])
        rows = cursor.fetchall()
    return [Candidate(_comparable(row[3:]), *row[:3]) for row in rows]


@contextmanager
def _reading_by_key() -> Iterator[CursorWrapper]:
    """The settings hold for the one query."""
    inside_another = connection.in_atomic_block
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        cursor.execute(_SET, ["off", str(FAR_TOO_MANY)])
        yield cursor
        if inside_another:
            cursor.execute(_SET, ["on", "0"])


def _comparable(row: Sequence[object]) -> Comparable:
    return Comparable.from_row(dict(zip(_COLUMNS, row, strict=True)))
