"""What the club sold to whom: transactions of ticketing, shop and hospitality over the last four years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
import polars as pl

from kith.demo.people import EPOCH
from kith.demo.pools import Random

YEARS: Final = 4
REFUNDS: Final = 0.03


@dataclass(frozen=True, slots=True)
class Shop:
    """`items`: what is sold; `price`: the median, in euro; `spread`: sigma of its logarithm."""

    kind: str
    items: tuple[str, ...]
    price: float
    spread: float
    prefix: str


SHOPS: Final = {
    "ticketing": Shop(
        "ticket", ("League match", "Cup match", "Derby", "Season ticket", "European night"), 34.0, 0.7, "TK"
    ),
    "retail": Shop(
        "purchase", ("Home shirt", "Away shirt", "Scarf", "Mug", "Kids' kit", "Cap"), 42.0, 0.6, "SO"
    ),
    "hospitality": Shop(
        "booking", ("Box for a match", "Lounge seats", "Season box", "Gala dinner"), 640.0, 0.8, "HB"
    ),
}


def make(rng: Random, *, source: str, system_refs: pl.Series, as_of: date) -> pl.DataFrame:
    """About 1.5 per System Ref; a third of them never bought anything."""
    shop = SHOPS[source]
    often = rng.poisson(rng.gamma(1.0, 1.5, len(system_refs)))
    buyer = np.repeat(np.arange(len(system_refs)), often)
    count = len(buyer)
    back = rng.random(count) < REFUNDS
    cents = np.maximum(np.exp(rng.normal(np.log(shop.price * 100), shop.spread, count)), 100).astype(np.int64)
    days = (as_of - EPOCH).days - rng.integers(0, YEARS * 365, count)
    return pl.DataFrame(
        {
            "source": pl.Series([source], dtype=pl.String).new_from_index(0, count),
            "system_ref": system_refs.gather(buyer),
            "date": pl.Series(days).cast(pl.Int32).cast(pl.Date),
            "amount": pl.Series(np.where(back, -cents, cents)).cast(pl.Decimal(14, 0)).cast(pl.Decimal(14, 2))
            / 100,
            "currency": pl.Series(["EUR", "GBP"]).gather((rng.random(count) < 0.08).astype(np.int64)),
            "kind": pl.Series([shop.kind, "refund"]).gather(back.astype(np.int64)),
            "description": pl.Series(shop.items).gather(rng.integers(0, len(shop.items), count)),
            "reference": f"{shop.prefix}-" + pl.Series(np.arange(count) + 100_001).cast(pl.String),
        }
    )
