"""The default engine: each rule compiled to set-based SQL, run in one DuckDB in memory."""

from __future__ import annotations

import time
from collections.abc import Callable
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, Self

import duckdb
import pyarrow as pa

from kith.matching.blocking import blocking_of
from kith.matching.engines import tables
from kith.matching.engines.sql import rule_sql
from kith.matching.evidence import (
    PAIRS,
    Cancelled,
    CutBlock,
    EngineOptions,
    Evidence,
    FrequentValues,
    Progress,
    Report,
    RulePairs,
)
from kith.matching.records import COMPANY, PERSON
from kith.matching.rules import Rule, RuleSet

_LISTED_BLOCKS: Final = 20

_GATHER: Final = """
SELECT left_id, right_id, if(any_value(company), 'company', 'person') AS kind,
    min(rule) AS rule, list_sort(list(rule)) AS rules
FROM found GROUP BY left_id, right_id ORDER BY left_id, right_id
"""


class DuckDBEngine:
    def __init__(self, options: EngineOptions, *, progress: Callable[[Progress], None] | None = None) -> None:
        self._options = options
        self._progress = progress
        self._seconds: dict[str, float] = {}
        self._step, self._started = "", time.perf_counter()
        # Spilled records are personal data: a folder of our own, readable by us alone, gone with the engine.
        self._spill = TemporaryDirectory(prefix="kith-matching-", dir=options.temp_directory)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": options.memory_limit,
            "threads": options.threads,
            "preserve_insertion_order": False,
            "temp_directory": self._spill.name,
        }
        self._db = duckdb.connect(config=settings)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._db.close()
        self._spill.cleanup()

    def find(self, records: pa.Table | pa.RecordBatchReader, *, rules: RuleSet) -> Evidence:
        enabled = _enabled(rules)
        total = len(enabled) + 3
        self._at("load", done=0, total=total)
        count = tables.load(self._db, records)
        self._at("frequent values", done=1, total=total)
        frequent = tables.drop_frequent(self._db, options=self._options)
        tables.add_derived(self._db, rules=tuple(rule for _, _, rule in enabled))
        self._db.execute(
            "CREATE TEMP TABLE found (left_id BIGINT, right_id BIGINT, rule SMALLINT, company BOOLEAN)"
        )
        cuts: list[CutBlock] = []
        counts: list[RulePairs] = []
        cut_count = 0
        for done, (kind, position, rule) in enumerate(enabled, start=2):
            self._at(f"{kind} rule {position + 1}", done=done, total=total)
            counts.append(self._apply(rule, kind=kind, position=position))
            listed, number = self._cut_blocks(rule, kind=kind)
            cuts += listed
            cut_count += number
        self._at("gather", done=total - 1, total=total)
        pairs = self._db.sql(_GATHER).to_arrow_table().cast(PAIRS)
        self._at("done", done=total, total=total)
        return Evidence(pairs, self._report(count, counts, cuts, cut_count, frequent))

    def _report(
        self,
        records: int,
        counts: list[RulePairs],
        cuts: list[CutBlock],
        cut_count: int,
        frequent: tuple[FrequentValues, ...],
    ) -> Report:
        return Report(
            records=records,
            rules=tuple(counts),
            cut_blocks=tuple(cuts),
            cut_block_count=cut_count,
            frequent=frequent,
            seconds_by_step=dict(self._seconds),
        )

    def _apply(self, rule: Rule, *, kind: str, position: int) -> RulePairs:
        cap = self._options.max_block_size
        sql = rule_sql(rule, kind=kind, cap=cap)
        self._db.execute(sql.create_block)
        large = tables.count(self._db, f"SELECT count(*) FROM block WHERE size > {cap}")
        before = tables.count(self._db, "SELECT count(*) FROM found")
        parts = [sql.full_pairs, *((sql.narrowed_pairs, sql.chained_pairs) if large else ())]
        # One pair may come from a small and from a large block (two shared e-mails), so once more distinct.
        union = " UNION ".join(f"({part})" for part in parts)
        self._db.execute(
            f"INSERT INTO found SELECT left_id, right_id, {position}, {kind == COMPANY} FROM ({union})"
        )
        after = tables.count(self._db, "SELECT count(*) FROM found")
        return RulePairs(kind=kind, position=position, name=rule.name, pairs=after - before)

    def _cut_blocks(self, rule: Rule, *, kind: str) -> tuple[list[CutBlock], int]:
        cap = self._options.max_block_size
        rows = self._db.execute(
            f"""SELECT any_value(size), min(rid), max(narrow_size) > {cap}, count(*) OVER ()
            FROM block WHERE size > {cap} GROUP BY bkey ORDER BY 1 DESC, 2 LIMIT {_LISTED_BLOCKS}"""
        ).fetchall()
        blocking = blocking_of(rule)
        keyed = (*blocking.equal, *((blocking.shared,) if blocking.shared else ()))
        fields = tuple(criterion.field.value for criterion in keyed)
        cuts = [
            CutBlock(
                kind=kind,
                rule=rule.name,
                fields=fields,
                records=size,
                example_record_id=first,
                chained=chained,
            )
            for size, first, chained, _ in rows
        ]
        return cuts, int(rows[0][3]) if rows else 0

    def _at(self, step: str, *, done: int, total: int) -> None:
        now = time.perf_counter()
        if self._step:
            self._seconds[self._step] = round(now - self._started, 3)
        self._step, self._started = step, now
        if self._progress:
            self._progress(Progress(step, done, total))
        if self._options.cancelled and self._options.cancelled():
            raise Cancelled


def _enabled(rules: RuleSet) -> list[tuple[str, int, Rule]]:
    return [
        (kind, position, rule)
        for kind in (PERSON, COMPANY)
        for position, rule in enumerate(rules.of_kind(kind))
        if rule.enabled
    ]
