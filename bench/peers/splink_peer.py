"""Splink 5 on DuckDB with two threads, from cleaned columns to clusters.

A model is trained on the very records it then resolves, without labels, as a user would. Only the threshold
comes from labels: picked for each model on the development seed (`python -m bench.peers.splink_peer`).
"""

from __future__ import annotations

import json
import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from splink import DuckDBAPI, Linker
from splink.internals.splink_dataframe import SplinkDataFrame

from bench.peers.peer import Resolved, Stopwatch
from bench.peers.splink_columns import THREADS, prepare
from bench.peers.splink_models import TERM_FREQUENCIES
from bench.peers.splink_training import corrected, trained
from kith.matching.evaluate import Scores, evaluate

THRESHOLDS: Final = {"tutorial": 11.0, "tuned": 13.0}
"""Match weights with the best sum of pair F1 and B-cubed F1, over 100,000 and 1,000,000 records of the
development seed. The best for each size alone: tutorial 10 and 12, tuned 10 and 16 by pair F1."""
TRIED: Final = (4.0, 6.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0, 14.0, 16.0, 18.0)
COUNTED: Final = ("term frequencies and blocking", "scoring", "clustering")


@dataclass(frozen=True, slots=True)
class Scored:
    linker: Linker
    pairs: SplinkDataFrame
    connection: duckdb.DuckDBPyConnection

    def clusters(self, *, threshold: float) -> pa.Table:
        made = self.linker.clustering.cluster_pairwise_predictions_at_threshold(
            self.pairs, threshold_match_weight=threshold
        )
        query = f"SELECT unique_id AS record_id, cluster_id AS cluster FROM {made.physical_name}"
        return self.connection.sql(query).to_arrow_table()


def resolve_as_tutorials(records: pa.Table, _truth: pa.Table) -> Resolved:
    return _resolve(records, style="tutorial")


def resolve_tuned(records: pa.Table, _truth: pa.Table) -> Resolved:
    return _resolve(records, style="tuned")


def _resolve(records: pa.Table, *, style: str) -> Resolved:
    watch = Stopwatch()
    threshold = THRESHOLDS[style]
    with quiet():
        scored = _score(records, style=style, lowest=threshold, watch=watch)
        with watch.stage("clustering"):
            clusters = scored.clusters(threshold=threshold)
    return Resolved(clusters, watch.seconds, COUNTED)


def _score(records: pa.Table, *, style: str, lowest: float, watch: Stopwatch) -> Scored:
    connection = duckdb.connect()
    connection.execute(f"SET threads = {THREADS}")
    with watch.stage("registration"):
        prepare(connection, records, without_frequent=style == "tuned")
        api = DuckDBAPI(connection=connection)
        table = api.register("prepared")
    with watch.stage("training"):
        model = trained(table, style=style, connection=connection)
        if style == "tuned":
            model = corrected(model, connection=connection)
    linker = Linker(table, json.loads(model), log_level=None)
    with watch.stage("term frequencies and blocking"):
        for column in TERM_FREQUENCIES[style]:
            linker.table_management.compute_tf_table(column)
        linker.inference.compute_blocked_pairs_for_predict()
    with watch.stage("scoring"):
        pairs = linker.inference.predict(threshold_match_weight=lowest, warning_mode="never")
    return Scored(linker, pairs, connection)


@contextmanager
def quiet() -> Iterator[None]:
    """Without Splink's advice on levels it saw too seldom to train: those keep its defaults."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def tried(records: pa.Table, truth: pa.Table, *, style: str) -> Iterator[tuple[float, Scores]]:
    """The scores at every threshold tried, to pick `THRESHOLDS` by. Never on the report seed."""
    with quiet():
        scored = _score(records, style=style, lowest=min(TRIED), watch=Stopwatch())
        for threshold in TRIED:
            yield threshold, evaluate(truth, scored.clusters(threshold=threshold))


def main(folder: Path) -> None:
    records, truth = (pq.read_table(folder / f"{name}.parquet") for name in ("records", "truth"))
    for style in THRESHOLDS:
        for threshold, scores in tried(records, truth, style=style):
            print(
                f"{style:9} {threshold:5.1f}  P {scores.precision:.4f} R {scores.recall:.4f} "
                f"F1 {scores.f1:.4f}  B-cubed {scores.bcubed_f1:.4f}",
                flush=True,
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
