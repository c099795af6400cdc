"""One set of records, matched on a cluster and in memory."""

from __future__ import annotations

import pyarrow as pa

from kith.matching.engines.spark import resolve_on_spark
from kith.matching.evidence import EngineOptions, Recipe, resolve
from kith.matching.figures import count
from kith.matching.prepared import prepare

BY_PAIR = [("left_id", "ascending"), ("right_id", "ascending")]


def assert_the_same(
    session: object, records: pa.Table, *, recipe: Recipe | None = None, options: EngineOptions | None = None
) -> None:
    options = options or EngineOptions()
    clustering, evidence = resolve(records, recipe=recipe, options=options)
    found = resolve_on_spark(session.createDataFrame(records), recipe=recipe, options=options)
    assert found.clusters.toArrow().sort_by("record_id").to_pylist() == clustering.table.to_pylist()
    assert found.evidence.toArrow().sort_by(BY_PAIR).to_pylist() == evidence.pairs.to_pylist()
    assert (
        found.doubts.toArrow().sort_by(BY_PAIR).to_pylist() == clustering.doubts.sort_by(BY_PAIR).to_pylist()
    )
    counted = count(
        prepare(records), frequent_records=options.frequent_records, frequent_names=options.frequent_names
    )
    assert found.figures.to_bytes() == counted.to_bytes()
    assert found.report.compared == evidence.report.compared
    assert found.report.cut_count == evidence.report.cut_count
    assert evidence.pairs.num_rows
