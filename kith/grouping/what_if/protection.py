"""Who would become suppressed by joining somebody who is."""

from __future__ import annotations

import polars as pl

from kith import bulk
from kith.contacts.may.asking import SUPPRESSED
from kith.grouping.what_if.placement import Placement


def newly_suppressed(placed: Placement) -> pl.DataFrame:
    """now, then: contacts that nothing forbids to reach now, and the suppressed one they would be part of.

    A contact that comes apart leaves what it carries on every part, so what is with a suppressed one of now
    is suppressed then. (Its opt-outs likewise: `golden_changes`.)
    """
    if placed.touched.is_empty():
        return pl.DataFrame(schema={"now": pl.Int64(), "then": pl.Int64()})
    suppressed = bulk.fetch(SUPPRESSED, schema={"now": pl.Int64()})
    pairs = placed.touched.select("now", "then").drop_nulls().unique()
    then = pairs.join(suppressed, on="now", how="semi").select("then").unique()
    return pairs.join(then, on="then", how="semi").join(suppressed, on="now", how="anti")
