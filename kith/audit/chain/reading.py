"""Entries in the order in which they are sealed, as a stream: a journal has millions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from django.db import connection

from kith.audit.chain.canonical import Said, canonical_detail

Entries = Iterator[Said]
BEFORE_ALL: Final = -(2**63)
"""No id is less: of the first epoch are all entries, whatever somebody numbered them."""
AFTER_ALL: Final = 2**63 - 1
_AT_ONCE: Final = 5_000
_SOME: Final = """
SELECT id, tx, (extract(epoch FROM at) * 1000000)::bigint, user_id, actor, event, subject_type, subject_id,
    group_id, detail::text
FROM audit_entry WHERE id > %s AND id <= %s AND tx >= %s AND tx < %s ORDER BY tx, id
"""


def entries(
    *,
    after_id: int = BEFORE_ALL,
    upto_id: int = AFTER_ALL,
    from_tx: int = BEFORE_ALL,
    upto_tx: int = AFTER_ALL,
) -> Entries:
    """Of one epoch; `upto_tx` itself is not in it, `upto_id` is."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(_SOME, [after_id, upto_id, from_tx, upto_tx])
        while rows := cursor.fetchmany(_AT_ONCE):
            for row in rows:
                yield Said._make((*row[:9], _canonical(row[9])))


@lru_cache(maxsize=4_096)
def _canonical(stored: str) -> str:
    """Many entries in a row say the same."""
    return canonical_detail(json.loads(stored))


def microseconds(at: datetime) -> int:
    """Since 1970, UTC; exact."""
    return (at - _EPOCH) // timedelta(microseconds=1)


_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
