"""One run of the process at a time, whoever starts it: a lock that dies with the process that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

_KEY: Final = 5_287_414_931


@contextmanager
def name_day_lock() -> Iterator[bool]:
    """True while this connection holds it; False when another process does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_KEY])
        (row,) = cursor.fetchall()
    try:
        yield bool(row[0])
    finally:
        if row[0] and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_KEY])
