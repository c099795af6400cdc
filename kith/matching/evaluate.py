"""Clusters against a known truth: pairwise and B-cubed precision, recall and F1, over sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Shares from 0 to 1. Where there was nothing to find or nothing was found, a share is 1."""

    precision: float
    recall: float
    bcubed_precision: float
    bcubed_recall: float
    persons: int
    groups: int

    @property
    def f1(self) -> float:
        return _f1(self.precision, self.recall)

    @property
    def bcubed_f1(self) -> float:
        return _f1(self.bcubed_precision, self.bcubed_recall)


def evaluate(truth: pa.Table, clusters: pa.Table) -> Scores:
    """`truth`: record_id, person. `clusters`: record_id, cluster. Records in only one are left out."""
    with duckdb.connect() as db:
        db.register("truth", truth)
        db.register("clusters", clusters)
        persons, groups, both, found, true, precise, recalled = db.execute(_SCORES).fetchall()[0]
    return Scores(
        precision=both / found if found else 1.0,
        recall=both / true if true else 1.0,
        bcubed_precision=precise if precise is not None else 1.0,
        bcubed_recall=recalled if recalled is not None else 1.0,
        persons=persons,
        groups=groups,
    )


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


# A cell is the records of one person in one cluster; B-cubed weighs each record by its cell's share.
_SCORES: Final = """
WITH cell AS (
    SELECT person, cluster, count(*)::DOUBLE AS n
    FROM truth JOIN clusters USING (record_id) GROUP BY person, cluster
),
shared AS (
    SELECT n, person, cluster, sum(n) OVER (PARTITION BY person) AS in_person,
        sum(n) OVER (PARTITION BY cluster) AS in_cluster
    FROM cell
),
people AS (SELECT person, sum(n) AS n FROM cell GROUP BY person),
groups AS (SELECT cluster, sum(n) AS n FROM cell GROUP BY cluster)
SELECT (SELECT count(*) FROM people), (SELECT count(*) FROM groups),
    (SELECT sum(n * (n - 1) / 2) FROM cell),
    (SELECT sum(n * (n - 1) / 2) FROM groups),
    (SELECT sum(n * (n - 1) / 2) FROM people),
    (SELECT sum(n * n / in_cluster) / sum(n) FROM shared),
    (SELECT sum(n * n / in_person) / sum(n) FROM shared)
"""
