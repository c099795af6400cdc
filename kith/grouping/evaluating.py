"""The contacts as they are against a truth that somebody knows: figures, and the worst errors explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import polars as pl

from kith import bulk
from kith.grouping.engine.records import arrow_records
from kith.grouping.recipe.in_force import matching_in_force
from kith.kernel.errors import Refused
from kith.matching.comparable import comparables
from kith.matching.evaluate import Scores, evaluate
from kith.matching.explain import explain_pair
from kith.matching.explainer import PairExplanation

TRUTH_COLUMNS: Final = ("source", "system_ref", "person")

_MEMBERS: Final = """
SELECT source.code, record.system_ref, record.id, membership.contact_id
FROM sources_membership membership
JOIN sources_sourcerecord record ON record.id = membership.record_id
JOIN sources_sourcesystem source ON source.id = record.source_id
"""
_MEMBER: Final[dict[str, pl.DataType]] = {
    "source": pl.String(),
    "system_ref": pl.String(),
    "record_id": pl.Int64(),
    "cluster": pl.Int64(),
}
_EVIDENCE: Final[dict[str, pl.DataType]] = {
    "left_id": pl.Int64(),
    "right_id": pl.Int64(),
    "weight": pl.Float64(),
}


@dataclass(frozen=True, slots=True)
class WrongPair:
    left: str
    """Source and System Ref."""
    right: str
    explanation: PairExplanation


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    scores: Scores
    known: int
    """System Refs of the truth that have a GroupID."""
    unknown: int
    """Lines of the truth whose System Ref is not here, or has no GroupID yet."""
    joined: tuple[WrongPair, ...]
    """Two persons in one contact, by the strongest evidence."""
    parted: tuple[WrongPair, ...]
    """One person in two contacts, by the strongest evidence that was not enough."""


def read_truth(path: Path) -> pl.DataFrame:
    """TRUTH_COLUMNS as text. Raises Refused with a sentence that names what is wrong with the file."""
    try:
        truth = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise Refused(f"{path.name} cannot be read as a CSV file in UTF-8.") from error
    missing = [name for name in TRUTH_COLUMNS if name not in truth.columns]
    if missing:
        raise Refused(
            f"{path.name} has no column {', '.join(missing)}. A truth has the columns "
            "source (its code), system_ref, and person: the same text for all System Refs of one person."
        )
    whole = truth.select(TRUTH_COLUMNS).drop_nulls()
    twice = whole.filter(pl.struct("source", "system_ref").is_duplicated())
    if twice.height:
        raise Refused(f"{path.name} names {twice.height:,} System Refs more than once.")
    return whole


def evaluate_contacts(truth: pl.DataFrame, *, worst: int) -> Evaluation:
    """Raises Refused when none of the truth is here."""
    members = bulk.fetch(_MEMBERS, schema=_MEMBER)
    both = truth.join(members, on=["source", "system_ref"]).with_columns(
        person=pl.col("person").rank("dense").cast(pl.Int64)
    )
    if both.is_empty():
        raise Refused("No System Ref of the truth has a GroupID here. Are the sources named by their codes?")
    level = pl.CompatLevel.oldest()
    scores = evaluate(
        both.select("record_id", "person").to_arrow(compat_level=level),
        both.select("record_id", "cluster").to_arrow(compat_level=level),
    )
    joined, parted = _worst(both, worst=worst)
    return Evaluation(
        scores=scores,
        known=both.height,
        unknown=truth.height - both.height,
        joined=_explained(joined, both),
        parted=_explained(parted, both),
    )


def _worst(both: pl.DataFrame, *, worst: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs with evidence that ended wrong: (joined, parted), the strongest first."""
    pairs = bulk.fetch("SELECT left_id, right_id, weight FROM grouping_evidence", schema=_EVIDENCE)
    side = both.select("record_id", "person", "cluster")
    told = pairs.join(side, left_on="left_id", right_on="record_id").join(
        side, left_on="right_id", right_on="record_id", suffix="_right"
    )
    same_person = pl.col("person") == pl.col("person_right")
    same_cluster = pl.col("cluster") == pl.col("cluster_right")
    ranked = told.sort(["weight", "left_id", "right_id"], descending=[True, False, False])
    return (
        ranked.filter(~same_person & same_cluster).head(worst),
        ranked.filter(same_person & ~same_cluster).head(worst),
    )


def _explained(pairs: pl.DataFrame, both: pl.DataFrame) -> tuple[WrongPair, ...]:
    ids = sorted({*pairs["left_id"].to_list(), *pairs["right_id"].to_list()})
    if not ids:
        return ()
    sides = {one.record_id: one for one in comparables(arrow_records(ids=ids))}
    names = _names(both, ids)
    decides = matching_in_force()
    return tuple(
        WrongPair(
            names[left],
            names[right],
            explain_pair(sides[left], sides[right], recipe=decides.recipe, figures=decides.figures),
        )
        for left, right in pairs.select("left_id", "right_id").iter_rows()
    )


def _names(both: pl.DataFrame, ids: Sequence[int]) -> dict[int, str]:
    rows = both.filter(pl.col("record_id").is_in(ids)).select("record_id", "source", "system_ref")
    return {record_id: f"{source} {ref}" for record_id, source, ref in rows.iter_rows()}
