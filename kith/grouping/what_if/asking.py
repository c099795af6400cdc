"""Which pairs people would be asked about, now and then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl

from kith import bulk
from kith.grouping.what_if.placement import Placement

PAIR: Final = ["left_id", "right_id"]
_DOUBTS: Final[dict[str, pl.DataType]] = {"left_id": pl.Int64(), "right_id": pl.Int64()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """left_id, right_id, weight of each; `doubted` left_id, right_id."""

    newly: pl.DataFrame
    no_longer: pl.DataFrame
    doubted: pl.DataFrame


def asked(
    placed: Placement,
    *,
    before: pl.DataFrame,
    after: pl.DataFrame,
    doubts: pl.DataFrame,
    decided: pl.DataFrame,
) -> Asked:
    """`before`, `after`: evidence. A pair of which a person decided, or that is one contact, is not asked."""
    now = _open(before, placed.refs, decided, place="now")
    then = _open(after, placed.refs, decided, place="then")
    doubted_now = bulk.fetch("SELECT left_id, right_id FROM grouping_doubt", schema=_DOUBTS)
    return Asked(
        newly=then.join(now, on=PAIR, how="anti"),
        no_longer=now.join(then, on=PAIR, how="anti"),
        doubted=doubts.select(PAIR).unique().join(doubted_now, on=PAIR, how="anti"),
    )


def _open(evidence: pl.DataFrame, refs: pl.DataFrame, decided: pl.DataFrame, *, place: str) -> pl.DataFrame:
    there = refs.select("record_id", place)
    pairs = evidence.filter(~pl.col("groups")).select(*PAIR, "weight").join(decided, on=PAIR, how="anti")
    ends = pairs.join(there, left_on="left_id", right_on="record_id").join(
        there, left_on="right_id", right_on="record_id", suffix="_right"
    )
    return ends.filter(pl.col(place).ne_missing(pl.col(f"{place}_right"))).select(*PAIR, "weight")


def speaks_against(decisions: pl.DataFrame, evidence: pl.DataFrame) -> int:
    """Decisions between two of whom the evidence would say the opposite."""
    grouped = evidence.filter("groups").select(PAIR)
    apart, together = decisions.filter("apart"), decisions.filter(~pl.col("apart"))
    held = apart.join(grouped, on=PAIR, how="semi").height
    return held + together.join(grouped, on=PAIR, how="anti").height
