"""The storage below the rows. What was changed or deleted stays in pages of tables until they are written
anew, and in the write-ahead log until its segments go: no query shows it, a look at the disk would.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import OperationalError, ProgrammingError, connection
from psycopg import errors

from kith.kernel.clock import now
from kith.kernel.erasing import Fate
from kith.privacy.erasing.places import places

_WAIT: Final = "3s"
"""For a table that somebody works on: then it is left, and the next night tries again."""
_BESIDE: Final = (
    "privacy_erasure",
    "sources_import",
    "sources_rejectedrow",
    "find_storedsearch",
    "django_session",
    "pg_catalog.pg_statistic",
)
"""Where the erasure itself, the sweeping and the planner change rows."""
_LOG: Final = ("CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT")
"""Afterwards no segment of the write-ahead log is older than the second checkpoint, unless some are kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    began_at: datetime
    """What was erased before it is no longer below the rows, if it is complete."""
    tables: int
    bytes: int
    """After it."""
    busy: tuple[str, ...]
    """Tables that somebody worked on."""
    old_transaction: bool
    """One that began before may still see what was deleted, so the pages keep it."""
    log_is_kept: str
    """Why the write-ahead log may hold it still; '' where it does not."""

    @property
    def has_tables(self) -> bool:
        return not (self.busy or self.old_transaction)

    @property
    def is_complete(self) -> bool:
        return self.has_tables and not self.log_is_kept


def touched() -> tuple[str, ...]:
    """Tables in which anonymising changes or deletes rows."""
    changed = [
        place.table
        for place in places()
        if any(treatment.fate is not Fate.STAYS for treatment in place.rule.fields.values())
    ]
    return tuple(dict.fromkeys([*changed, *_BESIDE]))


def size() -> int:
    """Bytes on disk of the tables that would be rewritten."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(pg_total_relation_size(to_regclass(n))), 0) FROM unnest(%s::text[]) AS n",
            [list(touched())],
        )
        return int(cursor.fetchall()[0][0])


def rewrite(report: Callable[[int, int, str], None] = lambda done, total, name: None) -> Scrubbed:
    """Outside every transaction. Each table is locked while it is rewritten."""
    began_at, tables = now(), touched()
    busy = []
    for number, name in enumerate(tables):
        report(number, len(tables), name)
        if not _is_rewritten(name):
            busy.append(name)
    log_is_kept = turn_the_log()
    return Scrubbed(
        began_at=began_at,
        tables=len(tables) - len(busy),
        bytes=size(),
        busy=tuple(busy),
        old_transaction=_looks_back_before(began_at),
        log_is_kept=log_is_kept,
    )


def _is_rewritten(table: str) -> bool:
    assert not connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [_WAIT])
        try:
            cursor.execute(f"VACUUM (FULL, ANALYZE) {table}")
        except OperationalError as error:
            if not isinstance(error.__cause__, errors.LockNotAvailable):
                raise
            return False
        finally:
            cursor.execute("SELECT set_config('lock_timeout', '0', false)")
    return True


def _looks_back_before(moment: datetime) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND backend_xmin IS NOT NULL AND xact_start < %s AND pid <> pg_backend_pid())",
            [moment],
        )
        return bool(cursor.fetchall()[0][0])


def turn_the_log() -> str:
    """Why the write-ahead log may hold it still; '' where it does not."""
    with connection.cursor() as cursor:
        cursor.execute(_KEPT)
        kept = str(cursor.fetchall()[0][0])
    try:
        with connection.cursor() as cursor:
            for statement in _LOG:
                cursor.execute(statement)
    except ProgrammingError as error:
        if not isinstance(error.__cause__, errors.InsufficientPrivilege):
            raise
        return "this database user may not end its segments"
    return kept


_KEPT: Final = """
SELECT concat_ws('; ',
    CASE WHEN current_setting('archive_mode') <> 'off' THEN 'segments are archived' END,
    CASE WHEN current_setting('wal_keep_size') <> '0' THEN 'segments are kept for replicas' END,
    CASE WHEN current_setting('wal_recycle') = 'on' THEN 'segments are used again with their old bytes' END,
    CASE WHEN EXISTS (SELECT 1 FROM pg_replication_slots) THEN 'a replication slot keeps segments' END)
"""
