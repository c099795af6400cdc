"""Matching on a Spark cluster, for what one machine cannot hold: the same partition as `evidence.resolve`.

Spark brings together the rows that belong together (those of one key, both sides of a pair, one component);
what happens to them then is done by the very functions of the engine in memory (`spark_work`). Whole records
cross the network twice: once beside each pair, once beside their component.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import pyarrow as pa

from kith.matching.engines import spark_work as work
from kith.matching.engines.spark_components import components
from kith.matching.evidence import Cut, EngineOptions, Progress, Recipe, Report, UnusableRules
from kith.matching.figures import COUNTED, LEAST_COUNT, SWITCHBOARDS, Figures
from kith.matching.rules import validate

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

log = logging.getLogger(__name__)

STEPS: Final = ("read", "figures", "keys", "pairs", "compare", "components", "clusters")
_LISTED_CUTS: Final = 20
_RECORDS_AT_ONCE: Final = 50_000
"""Records whose components one task settles at a time."""


class UnusableRecords(ValueError):
    """The sentence may be shown to the user."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """Frames stay on the cluster until they are read or written, and last as long as the session."""

    clusters: DataFrame
    """record_id, cluster: the smallest record id in it. Every record once."""
    evidence: DataFrame
    """As `evidence.PAIRS`."""
    doubts: DataFrame
    """As `clusters.DOUBTS`."""
    figures: Figures
    report: Report


def resolve_on_spark(
    records: DataFrame,
    *,
    recipe: Recipe | None = None,
    figures: Figures | None = None,
    options: EngineOptions | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Resolved:
    """`records`: `record_id` (unique, never null) and the columns of `records.MATCHED`; their session works.

    Raises UnusableRecords, UnusableRules. `figures`: counted from the records when not given.
    """
    recipe = recipe or Recipe.shipped()
    problems = validate(recipe.rules)
    if problems:
        raise UnusableRules("\n".join(problems))
    return _Resolving(records, recipe, options or EngineOptions(), progress).resolve(figures)


def settled(frame: DataFrame) -> DataFrame:
    """Worked out once; how it came about is forgotten. In a checkpoint folder it survives a lost worker."""
    if frame.sparkSession.sparkContext.getCheckpointDir():
        return frame.checkpoint()
    return frame.localCheckpoint()


class _Resolving:
    def __init__(
        self,
        records: DataFrame,
        recipe: Recipe,
        options: EngineOptions,
        progress: Callable[[Progress], None] | None,
    ) -> None:
        self._given = records
        self._recipe = recipe
        self._options = options
        self._progress = progress
        self._seconds: dict[str, float] = {}

    def resolve(self, figures: Figures | None) -> Resolved:
        with self._step("read"):
            records = settled(_dealt(_fitting(self._given)))
            number = _refuse_repeated(records)
        with self._step("figures"):
            figures = figures or self._counted(records)
        orders = work.Orders(self._recipe, figures.to_bytes())
        with self._step("keys"):
            keys = settled(_keys(records, orders))
        with self._step("pairs"):
            candidates = settled(_candidates(keys, cap=self._options.max_block_size))
            pairs = candidates.where("records = 0").select("left_id", "right_id")
            compared = pairs.count()
        with self._step("compare"):
            evidence = settled(_evidence(pairs, records, orders))
        strong = evidence.where("groups")
        with self._step("components"):
            joined = settled(components(strong.select("left_id", "right_id"), settled=settled))
        with self._step("clusters"):
            rows = settled(_settled_components(strong, records, joined, orders))
        cut, cut_count = _cuts(candidates)
        return Resolved(
            clusters=_with_singles(records, rows),
            evidence=evidence,
            doubts=rows.where("doubt IS NOT NULL").selectExpr(
                "one_id AS left_id", "other_id AS right_id", "weight", "doubt"
            ),
            figures=figures,
            report=Report(
                records=number,
                compared=compared,
                cut=cut,
                cut_count=cut_count,
                ignored=sum(len(hashes) for hashes in figures.ignored.values()),
                seconds_by_step=dict(self._seconds),
            ),
        )

    def _counted(self, records: DataFrame) -> Figures:
        from pyspark.sql import functions as f

        options = self._options
        held = records.mapInArrow(work.tally, work.TALLY)
        by_name = held.groupBy("what", "value", "name").agg(f.sum("records").alias("records"))
        by_value = by_name.groupBy("what", "value").agg(
            f.sum("records").alias("records"), f.count("*").alias("names")
        )
        switchboard = f"records > {options.frequent_records} AND names > {options.frequent_names}"
        told = by_value.where(
            f"what >= {len(COUNTED) + len(SWITCHBOARDS)}"
            f" OR (what < {len(COUNTED)} AND records >= {LEAST_COUNT})"
            f" OR (what >= {len(COUNTED)} AND {switchboard})"
        )
        return work.figures_of(told.select("what", "value", "records").toArrow())

    @contextmanager
    def _step(self, name: str) -> Iterator[None]:
        if self._options.cancelled is not None and self._options.cancelled():
            from kith.matching.evidence import Cancelled

            raise Cancelled
        if self._progress is not None:
            self._progress(Progress(name, STEPS.index(name), len(STEPS)))
        started = time.perf_counter()
        yield
        self._seconds[name] = time.perf_counter() - started
        log.info("%s: %.1f s", name, self._seconds[name])


def _fitting(records: DataFrame) -> DataFrame:
    from pyspark.sql import functions as f

    missing = sorted(set(work.COLUMNS) - set(records.columns))
    if missing:
        raise UnusableRecords(f"The records lack these columns: {', '.join(missing)}.")
    return records.select(f.col("record_id").cast("bigint").alias("record_id"), *work.COLUMNS[1:])


def _dealt(records: DataFrame) -> DataFrame:
    """Evenly over the cluster: a file may come in one piece."""
    return records.repartition(_parts(records.sparkSession), "record_id")


def _parts(session: SparkSession) -> int:
    return int(session.conf.get("spark.sql.shuffle.partitions") or 8)


def _refuse_repeated(records: DataFrame) -> int:
    """How many there are."""
    from pyspark.sql import functions as f

    counted = records.groupBy("record_id").agg(f.count("*").alias("times"))
    number, distinct, without = counted.agg(
        f.coalesce(f.sum("times"), f.lit(0)), f.count("*"), f.count_if(f.col("record_id").isNull())
    ).collect()[0]
    if without:
        raise UnusableRecords("Some records have no record_id.")
    if number != distinct:
        raise UnusableRecords(
            f"{number - distinct:,} records have the record_id of another; it must be unique."
        )
    return int(number)


def _keys(records: DataFrame, orders: work.Orders) -> DataFrame:
    keys = records.mapInArrow(partial(work.keys, orders=orders), work.KEYS)
    return keys.repartition(_parts(records.sparkSession), "key").sortWithinPartitions("key", "record_id")


def _candidates(keys: DataFrame, *, cap: int) -> DataFrame:
    return keys.mapInArrow(partial(work.candidates, cap=cap), work.CANDIDATES).distinct()


def _cuts(candidates: DataFrame) -> tuple[tuple[Cut, ...], int]:
    large = candidates.where("records > 0")
    rows = large.orderBy("records", "left_id", ascending=[False, True]).limit(_LISTED_CUTS).collect()
    listed = tuple(
        Cut(kind=work.kind_of(row["kind"]), records=row["records"], example_record_id=row["left_id"])
        for row in rows
    )
    return listed, large.count()


def _evidence(pairs: DataFrame, records: DataFrame, orders: work.Orders) -> DataFrame:
    left, right = (
        records.selectExpr(*(f"{name} AS {side}{name}" for name in work.COLUMNS))
        for side in (work.LEFT, work.RIGHT)
    )
    beside = pairs.withColumnsRenamed({"left_id": "one", "right_id": "other"})
    both = beside.join(left, beside["one"] == left[f"{work.LEFT}record_id"])
    both = both.join(right, both["other"] == right[f"{work.RIGHT}record_id"]).drop("one", "other")
    return both.mapInArrow(partial(work.evidence, orders=orders), work.EVIDENCE)


def _settled_components(
    strong: DataFrame, records: DataFrame, joined: DataFrame, orders: work.Orders
) -> DataFrame:
    """Many components at a time: as SETTLED."""
    from pyspark.sql import functions as f

    lots = max(_parts(records.sparkSession), joined.count() // _RECORDS_AT_ONCE)

    def lots_of(node: str, *, lot: str) -> DataFrame:
        # Another name on each side: Spark takes columns of one origin for one column.
        number = f.pmod(f.xxhash64("component"), f.lit(lots))
        return joined.select(f.col("node").alias(node), number.alias(lot))

    links = strong.join(lots_of("left_id", lot="lot"), "left_id")
    members = records.join(lots_of("record_id", lot="of_lot"), "record_id")

    def settle(one: pa.Table, other: pa.Table) -> pa.Table:
        return work.settle(one, other, orders=orders)

    return links.groupBy("lot").cogroup(members.groupBy("of_lot")).applyInArrow(settle, work.SETTLED)


def _with_singles(records: DataFrame, rows: DataFrame) -> DataFrame:
    from pyspark.sql import functions as f

    grouped = rows.where("doubt IS NULL").selectExpr("one_id AS record_id", "other_id AS cluster")
    everyone = records.select("record_id").join(grouped, "record_id", "left")
    return everyone.select("record_id", f.coalesce("cluster", "record_id").alias("cluster"))
