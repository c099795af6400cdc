"""Cleaned records in files -> clusters in files, here or on a cluster: what `kith resolve` does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from kith.matching.engines.spark import Resolved, UnusableRecords, resolve_on_spark
from kith.matching.engines.spark_session import SessionOptions, spark_session
from kith.matching.engines.spark_work import COLUMNS
from kith.matching.evidence import EngineOptions, Progress, Recipe, Report, resolve
from kith.matching.figures import Figures, count
from kith.matching.prepared import prepare

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PARTS: Final = ("clusters", "evidence", "doubts")
"""Folders of parquet files that are written into the output folder."""

Said: TypeAlias = Callable[[Progress], None]


class OutputExists(ValueError):
    """The sentence may be shown to the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    records: str
    """A parquet file or a folder of them; on a cluster any address that all of its machines can read."""
    output: str
    recipe: Recipe
    figures: Figures | None = None
    options: EngineOptions = field(default_factory=EngineOptions)


def resolve_files(task: Task) -> tuple[Report, Figures]:
    """In the memory of this machine. Raises UnusableRecords, OutputExists."""
    output = Path(task.output)
    _refuse_existing([part for part in PARTS if (output / part).exists()], output=task.output)
    if not Path(task.records).exists():
        raise UnusableRecords(f"There is nothing to read at {task.records}.")
    given = ds.dataset(task.records, format="parquet")
    missing = sorted(set(COLUMNS) - set(given.schema.names))
    if missing:
        raise UnusableRecords(f"The records lack these columns: {', '.join(missing)}.")
    records = given.to_table(columns=list(COLUMNS))
    figures = task.figures or _counted(records, task.options)
    clustering, evidence = resolve(records, recipe=task.recipe, figures=figures, options=task.options)
    for part, table in zip(PARTS, (clustering.table, evidence.pairs, clustering.doubts), strict=True):
        (output / part).mkdir(parents=True)
        pq.write_table(table, output / part / "part-0.parquet")
    return evidence.report, figures


def _counted(records: pa.Table, options: EngineOptions) -> Figures:
    return count(
        prepare(records), frequent_records=options.frequent_records, frequent_names=options.frequent_names
    )


def resolve_files_on_spark(
    task: Task,
    *,
    master: str,
    session: SessionOptions | None = None,
    checkpoints: str | None = None,
    progress: Said | None = None,
) -> tuple[Report, Figures]:
    """`checkpoints`: a folder that all machines share; with it the loss of a worker costs one step at most.

    Raises SparkUnavailable, UnusableRecords, OutputExists.
    """
    with spark_session(master=master, options=session) as spark:
        if checkpoints:
            spark.sparkContext.setCheckpointDir(checkpoints)
        _refuse_existing(
            [part for part in PARTS if _there(spark, f"{task.output}/{part}")], output=task.output
        )
        if not _there(spark, task.records):
            raise UnusableRecords(f"There is nothing to read at {task.records}.")
        found = resolve_on_spark(
            spark.read.parquet(task.records),
            recipe=task.recipe,
            figures=task.figures,
            options=task.options,
            progress=progress,
        )
        _write(found, task.output)
        return found.report, found.figures


def _write(found: Resolved, output: str) -> None:
    for part, frame in zip(PARTS, (found.clusters, found.evidence, found.doubts), strict=True):
        frame.write.parquet(f"{output}/{part}")


def _there(spark: SparkSession, address: str) -> bool:
    """On whatever file system the address names, as the cluster sees it."""
    hadoop = spark._jvm.org.apache.hadoop  # Spark has no other door to file systems
    path = hadoop.fs.Path(address)
    return bool(path.getFileSystem(spark._jsc.hadoopConfiguration()).exists(path))


def _refuse_existing(parts: list[str], *, output: str) -> None:
    if parts:
        raise OutputExists(f"{output} holds {parts[0]} already; name a folder where nothing is overwritten.")
