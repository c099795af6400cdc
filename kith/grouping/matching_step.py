"""Step "match" of the overnight run: find the evidence and keep what is new, drop what no longer holds."""

from __future__ import annotations

import logging
from typing import Final

import polars as pl
from django.db import connection, transaction

from kith import bulk
from kith.grouping.actions import number_rules
from kith.grouping.records import records
from kith.grouping.versions import rules_in_force
from kith.matching.evidence import Evidence, Progress, find_evidence
from kith.runs.steps import Counts, StepContext

log = logging.getLogger(__name__)

_PAIR: Final = ("left_id", "right_id")
_KEPT: Final[dict[str, pl.DataType]] = {
    "left_id": pl.Int64(),
    "right_id": pl.Int64(),
    "rules": pl.List(pl.Int64()),
    "rules_version_id": pl.Int64(),
}


def match(context: StepContext) -> Counts:
    """Compare all records by the rules in force and store the pairs that hold, with their rules."""
    in_force = rules_in_force()
    version = number_rules(actor=context.actor, in_force=in_force)
    read = records()

    def report(progress: Progress) -> None:
        context.tracker.at(progress.done, progress.total, progress.step)

    evidence = find_evidence(read.to_arrow(), rules=in_force.rules, progress=report)
    found = _as_kept(evidence, version=version)
    added, dropped = _store(found)
    _log_cuts(evidence)
    return {
        "records": read.height,
        "pairs": found.height,
        "pairs_added": added,
        "pairs_dropped": dropped,
        "blocks_cut": evidence.report.cut_block_count,
        "frequent_values_ignored": sum(value.values for value in evidence.report.frequent),
    }


def _as_kept(evidence: Evidence, *, version: int) -> pl.DataFrame:
    pairs = pl.DataFrame(evidence.pairs)
    return pairs.select(
        "left_id",
        "right_id",
        pl.col("rules").cast(pl.List(pl.Int64)),
        rules_version_id=pl.lit(version, pl.Int64),
    )


@transaction.atomic
def _store(found: pl.DataFrame) -> tuple[int, int]:
    """Write only the difference, so that a night without news writes nothing."""
    kept = bulk.fetch(
        f"SELECT left_id, right_id, {bulk.listed('rules')}, rules_version_id FROM grouping_evidence",
        schema=_KEPT,
    )
    said = ["left_id", "right_id", "rules_version_id", "said"]
    found, kept = (frame.with_columns(said=_rules_as_text()) for frame in (found, kept))
    dropped = kept.join(found, on=said, how="anti")
    added = found.join(kept, on=said, how="anti")
    with connection.cursor() as cursor:
        if dropped.height:
            bulk.load(dropped, "dropped_now", columns={"left_id": "bigint", "right_id": "bigint"})
            cursor.execute(
                "DELETE FROM grouping_evidence e USING dropped_now d"
                " WHERE e.left_id = d.left_id AND e.right_id = d.right_id"
            )
            bulk.drop("dropped_now")
        if added.height:
            types = {"left_id": "bigint", "right_id": "bigint", "rules": "text", "rules_version_id": "bigint"}
            bulk.load(added, "added_now", columns=types)
            cursor.execute(
                "INSERT INTO grouping_evidence (left_id, right_id, rules, rules_version_id)"
                f" SELECT left_id, right_id, {bulk.opened('rules', 'smallint')}, rules_version_id"
                " FROM added_now"
            )
            bulk.drop("added_now")
    return added.join(kept, on=_PAIR, how="anti").height, dropped.join(found, on=_PAIR, how="anti").height


def _rules_as_text() -> pl.Expr:
    return pl.col("rules").list.eval(pl.element().cast(pl.String)).list.join(",")


def _log_cuts(evidence: Evidence) -> None:
    for cut in evidence.report.cut_blocks:
        log.warning(
            "a block of %s records was cut in rule %s (%s)", cut.records, cut.rule, ",".join(cut.fields)
        )
