"""The queue kept up to date: rebuilt by every run, refreshed at once where a person changed who is who."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import connection, transaction

from kith import bulk
from kith.grouping import membership
from kith.runs.steps import Counts, StepContext
from kith.stewardship.review.candidates import questions
from kith.stewardship.review.patterns import patterns_of
from kith.stewardship.review.priority import with_priority

COMES_BACK_AFTER_DAYS: Final = 7
"""A skipped question then stands in its old place again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebuilt:
    open: int
    new: int
    gone: int


def review(context: StepContext) -> Counts:
    """Step "review" of the overnight run."""
    context.tracker.at(0, None, "Review queue")
    found = rebuild()
    return {"questions_open": found.open, "questions_new": found.new, "questions_gone": found.gone}


def rebuild() -> Rebuilt:
    """All questions. Reading holds no lock."""
    return _write(_complete(questions()), scope=None)


def refresh_after(operation_id: int) -> None:
    """What a person's operation changed: the questions about the contacts of its moves and decisions.

    A few milliseconds; joins the running transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OF_OPERATION, [operation_id] * 5)
        refresh_for([int(row[0]) for row in cursor.fetchall()])


_OF_OPERATION: Final = """
SELECT record_id FROM grouping_move WHERE operation_id = %s AND run_id IS NULL
UNION SELECT left_id FROM grouping_decision WHERE operation_id = %s
UNION SELECT right_id FROM grouping_decision WHERE operation_id = %s
UNION SELECT left_id FROM grouping_decision WHERE lifted_by_id = %s
UNION SELECT right_id FROM grouping_decision WHERE lifted_by_id = %s
"""


def refresh_for(record_ids: Sequence[int]) -> None:
    """The questions about the contacts of these System Refs, those they came from included."""
    refresh_about(_contacts_of(record_ids))


def refresh_about(contact_ids: Sequence[int]) -> None:
    """The questions that have one of these contacts at an end."""
    scope = list(contact_ids)
    if scope:
        _write(_complete(questions(contact_ids=scope)), scope=scope)


def _contacts_of(record_ids: Sequence[int]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_CONCERNED, [list(record_ids), list(record_ids)])
        return [int(row[0]) for row in cursor.fetchall()]


# Where they are and were, and where all came from that is there now.
_CONCERNED: Final = """
WITH here AS MATERIALIZED (
    SELECT contact_id FROM sources_membership WHERE record_id = ANY(%s)
    UNION
    SELECT from_contact_id FROM grouping_move WHERE record_id = ANY(%s) AND from_contact_id IS NOT NULL
)
SELECT contact_id FROM here
UNION
SELECT v.from_contact_id FROM here JOIN sources_membership m ON m.contact_id = here.contact_id
JOIN grouping_move v ON v.record_id = m.record_id
WHERE v.from_contact_id IS NOT NULL
"""

_PAIR: Final = ["left_record_id", "right_record_id"]
_KEPT: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys(_PAIR, pl.Int64()),
    "weight": pl.Float64(),
    "pattern": pl.String(),
}


def _complete(asked: pl.DataFrame) -> pl.DataFrame:
    """With priorities and patterns; only pairs that are new or weigh otherwise are compared for it."""
    kept = bulk.fetch(
        "SELECT left_record_id, right_record_id, weight, pattern FROM stewardship_reviewitem"
        " WHERE state = 'open' AND left_record_id = ANY(%s) AND pattern <> ''"
        if asked.height < _FEW
        else "SELECT left_record_id, right_record_id, weight, pattern FROM stewardship_reviewitem"
        " WHERE state = 'open' AND pattern <> ''",
        [asked["left_record_id"].to_list()] if asked.height < _FEW else [],
        schema=_KEPT,
    )
    known = asked.join(kept.unique([*_PAIR, "weight"]), on=[*_PAIR, "weight"], how="left")
    new = known.filter(pl.col("pattern").is_null()).select(_PAIR)
    found = known.join(patterns_of(new), on=_PAIR, how="left", suffix="_new")
    whole = found.with_columns(pattern=pl.coalesce("pattern", "pattern_new", pl.lit(""))).drop("pattern_new")
    return with_priority(whole)


_FEW: Final = 1000
_COLUMNS: Final = {
    "left_contact_id": "bigint",
    "right_contact_id": "bigint",
    "left_record_id": "bigint",
    "right_record_id": "bigint",
    "kind": "text",
    "contact_kind": "text",
    "weight": "real",
    "probability": "real",
    "uncertainty": "real",
    "harm": "real",
    "priority": "double precision",
    "pattern": "text",
    "source_ids": "text",
}


@transaction.atomic
def _write(asked: pl.DataFrame, *, scope: list[int] | None) -> Rebuilt:
    membership.lock(seconds=None if scope is None else membership.WAIT_SECONDS)
    bulk.load(asked, "asked_now", columns=_COLUMNS)
    chosen = "(i.left_contact_id = ANY(%s) OR i.right_contact_id = ANY(%s))" if scope is not None else "true"
    within = [scope, scope] if scope is not None else []
    with connection.cursor() as cursor:
        for statement in (_CARRIED_OUT, _NOT_CARRIED_OUT):
            cursor.execute(statement.format(chosen=chosen), within)
        if scope is None:
            cursor.execute(_BACK_IN_PLACE, [COMES_BACK_AFTER_DAYS])
        cursor.execute(_GONE.format(chosen=chosen), within)
        gone = cursor.rowcount
        cursor.execute(_CHANGED)
        cursor.execute(_NEW)
        new = cursor.rowcount
    bulk.drop("asked_now")
    return Rebuilt(open=asked.height, new=new, gone=gone)


_CARRIED_OUT: Final = """
UPDATE stewardship_reviewitem i SET state = 'decided', operation_id = r.operation_id
FROM stewardship_request r
WHERE i.state = 'waiting' AND r.id = i.request_id AND r.state = 'applied' AND {chosen}
"""
_NOT_CARRIED_OUT: Final = """
UPDATE stewardship_reviewitem i
SET state = 'open', answer = '', decided_by_id = NULL, decided_at = NULL, request_id = NULL
FROM stewardship_request r
WHERE i.state = 'waiting' AND r.id = i.request_id AND r.state IN ('failed', 'rejected', 'cancelled')
    AND {chosen}
"""
_BACK_IN_PLACE: Final = """
UPDATE stewardship_reviewitem SET turn = 0, skipped_at = NULL
WHERE state = 'open' AND turn > 0 AND skipped_at < now() - make_interval(days => %s)
"""
_GONE: Final = """
UPDATE stewardship_reviewitem i SET state = 'gone'
WHERE i.state = 'open' AND {chosen} AND NOT EXISTS (
    SELECT 1 FROM asked_now n
    WHERE n.left_contact_id = i.left_contact_id AND n.right_contact_id = i.right_contact_id
)
"""
_SAID: Final = (
    "left_record_id",
    "right_record_id",
    "kind",
    "weight",
    "probability",
    "uncertainty",
    "harm",
    "priority",
    "pattern",
)
_SOURCES: Final = bulk.opened("n.source_ids", "bigint")
_CHANGED: Final = f"""
UPDATE stewardship_reviewitem i
SET {", ".join(f"{name} = n.{name}" for name in _SAID)}, source_ids = {_SOURCES}
FROM asked_now n
WHERE i.state = 'open' AND n.left_contact_id = i.left_contact_id AND n.right_contact_id = i.right_contact_id
    AND ({", ".join(f"i.{name}" for name in _SAID)}, i.source_ids)
        IS DISTINCT FROM ({", ".join(f"n.{name}" for name in _SAID)}, {_SOURCES})
"""
# Who had the question about the same two System Refs, under other GroupIDs, still has it. What somebody
# decided between reading and writing is not asked.
_NEW: Final = f"""
INSERT INTO stewardship_reviewitem (left_contact_id, right_contact_id, contact_kind,
    {", ".join(_SAID)}, source_ids, state, turn, answer, assigned_to_id)
SELECT n.left_contact_id, n.right_contact_id, n.contact_kind, {", ".join(f"n.{name}" for name in _SAID)},
    {_SOURCES}, 'open', 0, '',
    (SELECT b.assigned_to_id FROM stewardship_reviewitem b
        WHERE b.left_record_id IN (n.left_record_id, n.right_record_id)
            AND b.right_record_id IN (n.left_record_id, n.right_record_id) AND b.state = 'gone'
        ORDER BY b.id DESC LIMIT 1)
FROM asked_now n
JOIN sources_membership l ON l.record_id = n.left_record_id AND l.contact_id = n.left_contact_id
JOIN sources_membership r ON r.record_id = n.right_record_id AND r.contact_id = n.right_contact_id
WHERE NOT EXISTS (
    SELECT 1 FROM stewardship_reviewitem i
    WHERE i.state IN ('open', 'waiting')
        AND i.left_contact_id = n.left_contact_id AND i.right_contact_id = n.right_contact_id
) AND NOT EXISTS (
    SELECT 1 FROM grouping_decision d
    WHERE d.left_id = least(n.left_record_id, n.right_record_id)
        AND d.right_id = greatest(n.left_record_id, n.right_record_id)
        AND d.verdict = 'apart' AND d.lifted_by_id IS NULL
)
ORDER BY n.priority DESC
ON CONFLICT DO NOTHING
"""
