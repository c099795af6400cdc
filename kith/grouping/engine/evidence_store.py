"""Kept evidence and doubts in PostgreSQL, and what a delta asks of all System Refs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import numpy as np
import polars as pl
import pyarrow as pa
from django.db import connection, transaction

from kith import bulk
from kith.grouping import decisions
from kith.grouping.engine.delta import EVIDENCE, KEYS
from kith.grouping.engine.records import arrow_records
from kith.matching.prepared import Ints

_COLUMNS: Final = ", ".join(EVIDENCE)
_PAIR: Final = ["left_id", "right_id"]
_DOUBTS: Final[dict[str, pl.DataType]] = {
    "left_id": pl.Int64(),
    "right_id": pl.Int64(),
    "weight": pl.Float64(),
    "doubt": pl.String(),
}


class PostgresStore:
    """A `delta.Store`."""

    def keys_of(self, ids: Ints) -> pl.DataFrame:
        return bulk.fetch(
            "SELECT id, unnest(match_keys) FROM sources_sourcerecord WHERE id = ANY(%s)",
            [ids.tolist()],
            schema=KEYS,
        )

    def members(self, keys: Ints, most: Ints) -> pl.DataFrame:
        return bulk.fetch(MEMBERS, [keys.tolist(), most.tolist()], schema=KEYS)

    def records(self, ids: Ints) -> pa.Table:
        return arrow_records(ids=ids.tolist()).sort_by("record_id")

    def evidence_of(self, ids: Ints) -> pl.DataFrame:
        asked = ids.tolist()
        return _read(
            f"SELECT {_COLUMNS} FROM grouping_evidence WHERE left_id = ANY(%s)"
            f" UNION SELECT {_COLUMNS} FROM grouping_evidence WHERE right_id = ANY(%s)",
            [asked, asked],
        )

    def decisions_of(self, ids: Ints) -> pl.DataFrame:
        return decisions.in_force(ids.tolist())

    def contact_mates(self, ids: Ints) -> Ints:
        mates = bulk.fetch(
            "SELECT record_id FROM sources_membership WHERE contact_id IN"
            " (SELECT contact_id FROM sources_membership WHERE record_id = ANY(%s))",
            [ids.tolist()],
            schema={"record_id": pl.Int64()},
        )
        return np.asarray(mates["record_id"].to_numpy(), dtype=np.int64)


# A key may have a million members: LIMIT stops at what is asked for.
MEMBERS: Final = """
SELECT unnest(CASE WHEN cardinality(found.ids) > k.most THEN '{NULL}' ELSE found.ids END), k.key
FROM unnest(%s::bigint[], %s::int[]) AS k(key, most)
CROSS JOIN LATERAL (
    SELECT ARRAY(
        SELECT id FROM sources_sourcerecord WHERE match_keys @> ARRAY[k.key] LIMIT k.most + 1
    ) AS ids
) AS found
"""


@contextmanager
def one_moment() -> Iterator[None]:
    """All reading inside is of one moment, whatever others write meanwhile."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def read_by_index() -> None:
    """Until the transaction ends. The planner knows nothing of the keys asked for, and takes a scan of all
    records for cheap.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL jit = off")


def tidy_keys() -> None:
    """New keys wait in a list that every look-up by key would read through."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('source_record_by_match_key')")


def all_evidence() -> pl.DataFrame:
    return _read(f"SELECT {_COLUMNS} FROM grouping_evidence", [])


def _read(select: str, parameters: list[bulk.Parameter]) -> pl.DataFrame:
    # Real numbers read as double ones: back to the thousandths that were meant.
    return bulk.fetch(select, parameters, schema=EVIDENCE).with_columns(pl.col("weight").round(3))


def replace_evidence(before: pl.DataFrame, found: pl.DataFrame) -> tuple[int, int]:
    """Write only what differs; how many pairs came and how many went."""
    dropped = before.join(found, on=list(EVIDENCE), how="anti", nulls_equal=True)
    added = found.join(before, on=list(EVIDENCE), how="anti", nulls_equal=True)
    _delete("grouping_evidence", dropped)
    bulk.append(added, "grouping_evidence")
    return added.join(before, on=_PAIR, how="anti").height, dropped.join(found, on=_PAIR, how="anti").height


def replace_doubts(found: pl.DataFrame, *, among: Ints | None) -> None:
    """`among`: of these System Refs, which are whole components; None: of all."""
    select, parameters = f"SELECT {', '.join(_DOUBTS)} FROM grouping_doubt", list[bulk.Parameter]()
    if among is not None:
        # Both ends of a doubt stand in one component.
        select, parameters = f"{select} WHERE left_id = ANY(%s)", [among.tolist()]
    kept = bulk.fetch(select, parameters, schema=_DOUBTS).with_columns(pl.col("weight").round(3))
    said = list(_DOUBTS)
    found = found.unique(_PAIR, keep="first", maintain_order=True).select(said)
    _delete("grouping_doubt", kept.join(found, on=said, how="anti"))
    bulk.append(found.join(kept, on=said, how="anti"), "grouping_doubt")


def _delete(table: str, pairs: pl.DataFrame) -> None:
    if pairs.is_empty():
        return
    bulk.load(pairs, "dropped_now", columns={"left_id": "bigint", "right_id": "bigint"})
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {table} e USING dropped_now d"
            " WHERE e.left_id = d.left_id AND e.right_id = d.right_id"
        )
    bulk.drop("dropped_now")
