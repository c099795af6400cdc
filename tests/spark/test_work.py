"""What workers do, without Spark: the stream of keys is cut into the same blocks as in memory."""

from __future__ import annotations

from itertools import combinations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from kith.matching.engines import spark_work as work

_rows = st.lists(st.tuples(st.integers(0, 6), st.integers(1, 12)), max_size=60, unique=True)


@settings(max_examples=200, deadline=None)
@given(_rows, st.integers(1, 7), st.integers(2, 5))
def test_blocks_do_not_depend_on_where_the_stream_is_cut(
    rows: list[tuple[int, int]], size: int, cap: int
) -> None:
    rows = sorted(rows)
    stream = (_batch(rows[start : start + size]) for start in range(0, len(rows), size))
    found = [row for batch in work.candidates(stream, cap=cap) for row in batch.to_pylist()]
    blocks: dict[int, list[int]] = {}
    for key, record in rows:
        blocks.setdefault(key, []).append(record)
    pairs = {pair for ids in blocks.values() if len(ids) <= cap for pair in combinations(ids, 2)}
    cut = {(ids[0], key, len(ids)) for key, ids in blocks.items() if len(ids) > cap}
    assert {(row["left_id"], row["right_id"]) for row in found if not row["records"]} == pairs
    assert {(row["left_id"], row["right_id"], row["records"]) for row in found if row["records"]} == cut


def _batch(rows: list[tuple[int, int]]) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict(
        {
            "kind": pa.array([1] * len(rows), pa.int8()),
            "key": pa.array([key for key, _ in rows], pa.int64()),
            "record_id": pa.array([record for _, record in rows], pa.int64()),
        }
    )
