"""Which pairs of records are one, by which rules: the front door of matching. Sets in, sets out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa

from kith.matching.rules import RuleSet, validate

PAIRS: Final = pa.schema(
    [
        ("left_id", pa.int64()),
        ("right_id", pa.int64()),
        ("kind", pa.string()),
        ("rule", pa.int16()),
        ("rules", pa.list_(pa.int16())),
    ]
)
"""left_id < right_id; `rule` is the first that held, `rules` all that were found to hold, as positions in
`RuleSet.of_kind(kind)` counted from 0 (switched-off rules keep their position)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineOptions:
    memory_limit: str = "1500MB"
    threads: int = 2
    temp_directory: str | None = None
    """Where a private folder for spilling is made; None is the system's own."""
    max_block_size: int = 200
    """In larger blocks only equal first (or company) names are compared, and neighbours in sorted order:
    records equal in all that a rule compares are still joined, however many."""
    frequent_records: int = 12
    frequent_names: int = 8
    """An e-mail or phone on more records than this, with more distinct names than this, is a switchboard."""
    cancelled: Callable[[], bool] | None = None
    """Asked between steps; yes raises Cancelled."""


@dataclass(frozen=True, slots=True)
class Progress:
    step: str
    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RulePairs:
    kind: str
    position: int
    name: str
    pairs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CutBlock:
    """A block beyond the cap. `chained`: even those of equal first names were too many, neighbours only."""

    kind: str
    rule: str
    fields: tuple[str, ...]
    records: int
    example_record_id: int
    chained: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FrequentValues:
    """How many values of a field were ignored as switchboards, and on how many records; never which."""

    field: str
    values: int
    records: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    records: int
    rules: tuple[RulePairs, ...]
    cut_blocks: tuple[CutBlock, ...] = ()
    """The largest of each rule; `cut_block_count` counts all."""
    cut_block_count: int = 0
    frequent: tuple[FrequentValues, ...] = ()
    seconds_by_step: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    pairs: pa.Table
    report: Report


class Cancelled(Exception):
    """The caller asked to stop; nothing was produced."""


class UnusableRules(ValueError):
    """The sentences of `rules.validate`, one a line."""


def find_evidence(
    records: pa.Table | pa.RecordBatchReader,
    *,
    rules: RuleSet,
    options: EngineOptions | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Evidence:
    """`records` holds `record_id` (int64, unique) and the columns of `records.MATCHED`."""
    from kith.matching.engines.duckdb import DuckDBEngine

    problems = validate(rules)
    if problems:
        raise UnusableRules("\n".join(problems))
    with DuckDBEngine(options or EngineOptions(), progress=progress) as engine:
        return engine.find(records, rules=rules)
