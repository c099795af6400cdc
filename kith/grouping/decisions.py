"""Decisions of people in force, as the engine and the planning read them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import polars as pl
from django.db import connection

from kith import bulk
from kith.grouping.planning import Pair, Said

PAIRS: Final[dict[str, pl.DataType]] = {
    "left_id": pl.Int64(),
    "right_id": pl.Int64(),
    "apart": pl.Boolean(),
}
_COLUMNS: Final = "left_id, right_id, verdict = 'apart'"


def in_force(record_ids: Iterable[int] | None = None) -> pl.DataFrame:
    """PAIRS with at least one of these System Refs, each once; None: all there are."""
    if record_ids is None:
        return bulk.fetch(
            f"SELECT {_COLUMNS} FROM grouping_decision WHERE lifted_by_id IS NULL", [], schema=PAIRS
        )
    asked = list(record_ids)
    return bulk.fetch(
        f"SELECT {_COLUMNS} FROM grouping_decision WHERE lifted_by_id IS NULL AND left_id = ANY(%s)"
        f" UNION SELECT {_COLUMNS} FROM grouping_decision WHERE lifted_by_id IS NULL AND right_id = ANY(%s)",
        [asked, asked],
        schema=PAIRS,
    )


def pairs(said: pl.DataFrame) -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """(together, apart), as clustering takes them."""
    ends = ["left_id", "right_id"]
    together, apart = said.filter(~pl.col("apart")), said.filter("apart")
    return tuple(together.select(ends).rows()), tuple(apart.select(ends).rows())


def pairs_in_force() -> tuple[tuple[Pair, ...], tuple[Pair, ...]]:
    """(together, apart) of all System Refs."""
    return pairs(in_force())


def said_of(record_ids: Iterable[int]) -> tuple[Said, ...]:
    """Those that hold at least one of these System Refs, oldest first."""
    asked = list(record_ids)
    return _read("lifted_by_id IS NULL AND (left_id = ANY(%s) OR right_id = ANY(%s))", [asked, asked])


def lifted_by(operation_id: int) -> tuple[Said, ...]:
    return _read("lifted_by_id = %s", [operation_id])


def made_by(operation_id: int) -> frozenset[int]:
    """Ids of those in force, those among them that an undoing has said again for it."""
    where = "lifted_by_id IS NULL AND (operation_id = %s OR first_said_id = %s)"
    return frozenset(one.id for one in _read(where, [operation_id, operation_id]))


def _read(where: str, parameters: list[int | list[int]]) -> tuple[Said, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id, {_COLUMNS}, coalesce(first_said_id, operation_id) FROM grouping_decision"
            f" WHERE {where} ORDER BY id",
            parameters,
        )
        return tuple(Said(*row) for row in cursor.fetchall())
