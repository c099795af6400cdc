"""Which System Refs changed since matching last looked.

Whoever writes a claim notes it here in the same transaction (`noting`, `note`); matching reads what waits
(`changed`) and, once its findings are stored, takes away exactly what it read (`settle`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from django.db import connection, transaction

from kith import bulk

CHANGED: Final[dict[str, pl.DataType]] = {
    "record_id": pl.Int64(),
    "seq": pl.Int64(),
    "old_keys": pl.List(pl.Int64()),
}
# A claim changed again gets a new number, or settling the earlier change would lose the later one. Its keys
# add up: nobody knows whether matching has seen the claim in between.
_CHANGED_AGAIN: Final = """
ON CONFLICT (record_id) DO UPDATE SET seq = nextval('sources_change_seq'), old_keys = CASE
    WHEN kept.old_keys @> excluded.old_keys THEN kept.old_keys
    ELSE ARRAY(SELECT DISTINCT unnest(kept.old_keys || excluded.old_keys)) END
"""


def noting(select: str) -> str:
    """SQL that notes what `select` yields: record id, the match keys it had until now ('{}' when new).

    Ordered by id, or two writers could wait for each other.
    """
    return f"INSERT INTO sources_change AS kept (record_id, old_keys) {select} {_CHANGED_AGAIN}"


_NOTE_ONE: Final = noting("VALUES (%s, %s::bigint[])")


def note(record_id: int, *, old_keys: Sequence[int]) -> None:
    """One claim was written in the running transaction. `old_keys`: those it had before; empty when new."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_ONE, [record_id, list(old_keys)])


def changed_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sources_change")
        return int(cursor.fetchall()[0][0])


def changed() -> pl.DataFrame:
    """What waits, in the columns of `CHANGED`. Read it before the claims: a claim read earlier than its
    entry may be the old one, and settling the entry would then lose the change.
    """
    return bulk.fetch(
        f"SELECT record_id, seq, {bulk.listed('old_keys')} FROM sources_change ORDER BY record_id",
        schema=CHANGED,
    )


@transaction.atomic
def settle(read: pl.DataFrame) -> int:
    """Take away what `changed` gave, but for System Refs that changed again since; returns how many went.

    In the transaction that stores what matching found, or a kill between the two loses the changes.
    """
    if read.is_empty():
        return 0
    bulk.load(read, "settled_now", columns={"record_id": "bigint", "seq": "bigint"})
    with connection.cursor() as cursor:
        cursor.execute(_LOCK)
        cursor.execute(_SETTLE)
        gone = int(cursor.rowcount)
    bulk.drop("settled_now")
    return gone


# In the order in which writers take them. A row that one of them holds is looked at again when it is free.
_LOCK: Final = """
SELECT count(*) FROM (
    SELECT c.record_id FROM sources_change c JOIN settled_now s USING (record_id)
    ORDER BY c.record_id FOR UPDATE OF c
) AS locked
"""
_SETTLE: Final = """
DELETE FROM sources_change c USING settled_now s WHERE c.record_id = s.record_id AND c.seq = s.seq
"""
