"""A few known pairs out of a truth: the hard ones, where evidence and truth are easily at odds."""

from __future__ import annotations

from typing import Final

import polars as pl

from kith import bulk
from kith.grouping.what_if.actions import PairSaid
from kith.grouping.what_if.choosing import mixed_up

_RECORDS: Final = """
SELECT source.code, record.system_ref, record.id FROM sources_sourcerecord record
JOIN sources_sourcesystem source ON source.id = record.source_id
"""
_RECORD: Final[dict[str, pl.DataType]] = {
    "source": pl.String(),
    "system_ref": pl.String(),
    "record_id": pl.Int64(),
}
_PAIR: Final[dict[str, pl.DataType]] = {"left_id": pl.Int64(), "right_id": pl.Int64()}


def pairs_of_truth(truth: pl.DataFrame, *, each: int, note: str) -> list[PairSaid]:
    """`truth`: source, system_ref, person. At most `each` that are one, and as many that are two although
    there is evidence between them; always the same ones.
    """
    here = truth.join(bulk.fetch(_RECORDS, schema=_RECORD), on=["source", "system_ref"])
    persons = here.select("record_id", "person")
    same = persons.join(persons, on="person", suffix="_right").filter(
        pl.col("record_id") < pl.col("record_id_right")
    )
    pairs = bulk.fetch("SELECT left_id, right_id FROM grouping_evidence", schema=_PAIR)
    told = pairs.join(persons, left_on="left_id", right_on="record_id").join(
        persons, left_on="right_id", right_on="record_id", suffix="_right"
    )
    two = told.filter(pl.col("person") != pl.col("person_right")).select("left_id", "right_id")
    one = same.select(left_id="record_id", right_id="record_id_right")
    return [
        PairSaid(left_id=left, right_id=right, same=verdict, note=note)
        for found, verdict in ((one, True), (two, False))
        for left, right in mixed_up(found, key="left_id").head(each).iter_rows()
    ]
