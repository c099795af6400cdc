"""Known pairs, and what now and a candidate make of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from kith import bulk
from kith.grouping.what_if.result import Known

_PAIR: Final[dict[str, pl.DataType]] = {
    "id": pl.Int64(),
    "left_id": pl.Int64(),
    "right_id": pl.Int64(),
    "same": pl.Boolean(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownFound:
    same: Known
    different: Known
    wrong: tuple[int, ...]
    changed: tuple[int, ...]


def known_found(refs: pl.DataFrame) -> KnownFound:
    """`refs`: record_id, now, then. Pairs of which a System Ref is gone say nothing."""
    pairs = bulk.fetch("SELECT id, left_id, right_id, verdict = 'same' FROM grouping_knownpair", schema=_PAIR)
    told = pairs.join(refs, left_on="left_id", right_on="record_id").join(
        refs, left_on="right_id", right_on="record_id", suffix="_right"
    )
    together = [
        (pl.col(when) == pl.col(f"{when}_right")).fill_null(value=False).eq(pl.col("same"))
        for when in ("now", "then")
    ]
    judged = told.select("id", "same", right_now=together[0], right_then=together[1]).sort("id")
    return KnownFound(
        same=_known(judged.filter("same")),
        different=_known(judged.filter(~pl.col("same"))),
        wrong=tuple(judged.filter(~pl.col("right_then"))["id"]),
        changed=tuple(judged.filter(pl.col("right_now") != pl.col("right_then"))["id"]),
    )


def _known(judged: pl.DataFrame) -> Known:
    return Known(
        pairs=judged.height,
        right_now=int(judged["right_now"].sum()),
        right_then=int(judged["right_then"].sum()),
    )
