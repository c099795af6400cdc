"""Which question comes first: expected harm × uncertainty. Pure.

Harm is what a wrong answer would cost, either way: how many System Refs carry the wrong GroupID, how many
transactions and how much money would be told to the wrong person, whether a person who refuses to be
contacted would be contacted all the same, and how many facts that tell people apart would be drowned.
Uncertainty is the entropy of the match probability, in bits: 1 where nobody knows, 0 where it is plain. What
the engine itself did not dare to follow is doubtful whatever the weight says.
"""

from __future__ import annotations

from typing import Final

import polars as pl

REFS: Final = 0.5
"""Per doubling of the System Refs of a contact."""
TRANSACTIONS: Final = 0.5
"""Per tenfold number of transactions of both contacts."""
MONEY: Final = 0.25
"""Per tenfold amount, whatever the currency."""
CROSSES_PROTECTION: Final = 2.0
CONTRADICTION: Final = 1.0
"""For each: birth dates, identity numbers that differ."""
DOUBTFUL: Final = {"pair": 0.1, "too_large": 0.5, "bridge": 0.75, "contradiction": 1.0}
"""The least uncertainty, by kind of question."""

FACTS: Final[dict[str, pl.DataType]] = {
    "kind": pl.String(),
    "weight": pl.Float64(),
    "left_refs": pl.Int64(),
    "right_refs": pl.Int64(),
    "transactions": pl.Int64(),
    "money": pl.Float64(),
    "crosses_protection": pl.Boolean(),
    "contradictions": pl.Int64(),
}


def with_priority(facts: pl.DataFrame) -> pl.DataFrame:
    """Adds probability, uncertainty, harm and priority to a frame with the columns of `FACTS`."""
    found = facts.with_columns(probability=_probability(), harm=_harm())
    found = found.with_columns(uncertainty=_uncertainty())
    return found.with_columns(priority=pl.col("harm") * pl.col("uncertainty"))


def _probability() -> pl.Expr:
    """Of log2 odds."""
    return 1 / (1 + (-pl.col("weight").clip(-500, 500) * pl.lit(2.0).log()).exp())


def _uncertainty() -> pl.Expr:
    likely = pl.col("probability").clip(1e-9, 1 - 1e-9)
    unlikely = 1 - likely
    entropy = -(likely * likely.log(2) + unlikely * unlikely.log(2))
    return pl.max_horizontal(entropy, pl.col("kind").replace_strict(DOUBTFUL, return_dtype=pl.Float64))


def _harm() -> pl.Expr:
    refs = pl.col("left_refs").clip(1, None).log(2) + pl.col("right_refs").clip(1, None).log(2)
    return (
        1
        + REFS * refs
        + TRANSACTIONS * (1 + pl.col("transactions")).log10()
        + MONEY * (1 + pl.col("money").abs()).log10()
        + CROSSES_PROTECTION * pl.col("crosses_protection").cast(pl.Float64)
        + CONTRADICTION * pl.col("contradictions")
    )
