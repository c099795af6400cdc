"""One run at a time, whoever starts it: a lock that dies with the process that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_KEY = 5_287_414_901


@contextmanager
def run_lock() -> Iterator[bool]:
    """True while this connection holds the lock; False when another process has it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_KEY])
        row = cursor.fetchone()
    held = bool(row and row[0])
    try:
        yield held
    finally:
        if held and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEY])


def is_held() -> bool:
    """Whether a run is under way in any process, as far as can be told without holding it up."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD, [_KEY >> 32, _KEY & 0xFFFFFFFF])
        return bool(cursor.fetchall()[0][0])


_HELD = """
SELECT EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s
    AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
"""
