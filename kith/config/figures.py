"""The figures of the frame and of Home: few queries, none that grows with the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache
from django.db import connection

from kith.kernel.clock import today

KEPT_SECONDS: Final = 30
EXACT_BELOW: Final = 50_000
"""Above this many contacts the planner's estimate is shown: counting a million rows is not worth it."""
CAPPED_AT: Final = 100_000

# After a finished run only what changed since can be unplaced; to look at all records takes time that grows.
_UNPLACED: Final = f"""
SELECT count(*) FROM (SELECT 1 FROM {{0}} r WHERE NOT EXISTS
    (SELECT 1 FROM sources_membership m WHERE m.record_id = r.{{1}}) LIMIT {CAPPED_AT}) AS counted
"""
# The partial index over active contacts has its own estimate; retired GroupIDs are not in it.
FIGURES: Final = f"""
WITH estimate AS (
    SELECT coalesce((SELECT reltuples FROM pg_class WHERE oid = to_regclass('contact_active_by_id')), 0) AS n
)
SELECT
    (SELECT CASE WHEN n >= {EXACT_BELOW} THEN n::bigint
            ELSE (SELECT count(*) FROM contacts_contact WHERE state = 'active') END
     FROM estimate) AS contacts,
    (SELECT count(*) FROM sources_sourcesystem) AS sources,
    (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed') AS failed_jobs,
    (SELECT count(*) FROM runs_run WHERE state = 'held') AS held_runs,
    (SELECT count(*) FROM sources_import WHERE state = 'draft') AS drafts,
    (SELECT count(*) FROM stewardship_request WHERE state = 'awaiting_second') AS requests_to_decide,
    (SELECT count(*) FROM (SELECT 1 FROM stewardship_reviewitem WHERE state = 'open' LIMIT {CAPPED_AT})
        AS asked) AS questions,
    (SELECT count(*) FROM stewardship_case WHERE state IN ('open', 'in_progress')) AS open_cases,
    (SELECT count(*) FROM delivery_endpoint WHERE state = 'broken') AS broken_webhooks,
    (SELECT count(*) FROM privacy_erasure WHERE state IN ('waits_second', 'blocked', 'stuck'))
        AS erasures_waiting,
    (SELECT count(*) FROM elsewhere_elsewheretask WHERE state = 'open') AS erasures_elsewhere,
    (SELECT count(*) FROM register_personrequest WHERE state IN ('received', 'identified', 'in_work')
        AND due_on < %(today)s) AS person_requests_overdue,
    (SELECT CASE WHEN all_placed THEN ({_UNPLACED.format("sources_change", "record_id")})
            ELSE ({_UNPLACED.format("sources_sourcerecord", "id")}) END
     FROM (SELECT coalesce((SELECT state = 'done' FROM runs_run ORDER BY id DESC LIMIT 1), false)
           AS all_placed) AS last) AS unplaced
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    contacts: int
    sources: int
    failed_jobs: int
    held_runs: int
    drafts: int
    requests_to_decide: int
    questions: int
    """At most `CAPPED_AT`."""
    open_cases: int
    broken_webhooks: int
    erasures_waiting: int
    erasures_elsewhere: int
    person_requests_overdue: int
    unplaced: int
    """At most `CAPPED_AT`."""


def figures() -> Figures:
    with connection.cursor() as cursor:
        cursor.execute(FIGURES, {"today": today()})
        rows = cursor.fetchall()
    return Figures(**dict(zip(Figures.__dataclass_fields__, rows[0], strict=True)))


def kept_figures() -> Mapping[str, int]:
    """By name, at most 30 s old."""
    found = cache.get("frame-figures")
    if found is None:
        fresh = figures()
        found = {name: getattr(fresh, name) for name in Figures.__dataclass_fields__}
        cache.set("frame-figures", found, KEPT_SECONDS)
    return dict(found)
