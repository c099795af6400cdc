"""Waiting for what the database does a moment after a process was killed."""

from __future__ import annotations

import time

from django.db import connection


def wait_until_somebody_waits(*, of: str = "advisory", seconds: float = 10) -> None:
    """For a lock that somebody holds. `of`: its type, `transactionid` for one on a row."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = %s AND NOT granted", [of])
            if cursor.fetchall()[0][0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


def wait_until_what_is_written_can_be_sealed(*, seconds: float = 180) -> None:
    """The journal seals what no running transaction of the server may still precede, and tests beside this
    one run theirs on the same server."""
    ends_at, newest = time.monotonic() + seconds, _snapshot("xmax")
    while time.monotonic() < ends_at:
        if _snapshot("xmin") >= newest:
            return
        time.sleep(0.02)
    raise AssertionError("a transaction of another test never ends")


def _snapshot(bound: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_snapshot_{bound}(pg_current_snapshot())::text::bigint")
        return int(cursor.fetchall()[0][0])


def wait_until_released(*, seconds: float = 10) -> None:
    """PostgreSQL lets go of a killed process's advisory locks when it notices that the process is gone."""
    ends_at = time.monotonic() + seconds
    while time.monotonic() < ends_at:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            if cursor.fetchall()[0][0] == 0:
                return
        time.sleep(0.05)
    raise AssertionError("a killed process still holds its lock")
