"""Which GroupID a cluster keeps (promise 7), decided for all clusters at once.

Every old GroupID has one home: the cluster that holds most of its members, then the one with its master
record, then the one with the smallest record id. A cluster keeps, among the GroupIDs at home in it, the one
that most of its records had, then the one of the record a person made master, then the oldest (smallest). The
others retire and lead to it. A cluster at which no GroupID is at home gets a new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

MEMBERSHIP: Final = pa.schema(
    [
        ("record_id", pa.int64()),
        ("cluster", pa.int64()),
        ("old_group", pa.int64()),
        ("heads_old_group", pa.bool_()),
        ("heads_cluster", pa.bool_()),
    ]
)
"""One row per record. `old_group` is null for a new record; `heads_old_group` marks the master record of its
old group, `heads_cluster` the record a person named master when putting these together (both may be absent:
false or null)."""


@dataclass(frozen=True, slots=True)
class Survival:
    clusters: pa.Table
    """cluster int64, group_id int64, is_new bool; in the order of cluster."""
    retired: pa.Table
    """group_id int64, successor int64; in the order of group_id."""
    next_id: int
    """The first GroupID that is still free."""


def assign(membership: pa.Table, *, next_id: int) -> Survival:
    """`next_id` must lie beyond every GroupID ever used: none is used twice."""
    with duckdb.connect() as db:
        db.register("membership", membership.select(MEMBERSHIP.names))
        db.execute(_HOMES)
        db.execute(_KEPT.format(next_id=int(next_id)))
        clusters = db.sql("SELECT cluster, group_id, is_new FROM assigned ORDER BY cluster")
        table = clusters.to_arrow_table()
        retired = db.sql(_RETIRED).to_arrow_table()
    fresh = int(pc.sum(table.column("is_new").cast(pa.int64())).as_py() or 0)
    return Survival(table, retired, next_id + fresh)


_HOMES: Final = """
CREATE TEMP TABLE home AS
SELECT cluster, old_group, members, named FROM (
    SELECT *, row_number() OVER (
        PARTITION BY old_group ORDER BY members DESC, heads DESC, first_record
    ) AS rank
    FROM (
        SELECT cluster, old_group, count(*) AS members, min(record_id) AS first_record,
            bool_or(coalesce(heads_old_group, false)) AS heads,
            bool_or(coalesce(heads_cluster, false)) AS named
        FROM membership WHERE old_group IS NOT NULL GROUP BY cluster, old_group
    )
) WHERE rank = 1
"""

_KEPT: Final = """
CREATE TEMP TABLE assigned AS
WITH kept AS (
    SELECT cluster, old_group FROM (
        SELECT *, row_number() OVER (
            PARTITION BY cluster ORDER BY members DESC, named DESC, old_group
        ) AS rank
        FROM home
    ) WHERE rank = 1
),
every AS (SELECT DISTINCT cluster FROM membership)
SELECT every.cluster, old_group IS NULL AS is_new,
    coalesce(
        old_group,
        {next_id} - 1 + row_number() OVER (PARTITION BY old_group IS NULL ORDER BY every.cluster)
    )::BIGINT AS group_id
FROM every LEFT JOIN kept ON every.cluster = kept.cluster
"""

_RETIRED: Final = """
SELECT old_group AS group_id, group_id AS successor
FROM home JOIN assigned USING (cluster) WHERE old_group <> group_id ORDER BY old_group
"""
