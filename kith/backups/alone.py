"""One backup of this database at a time, whoever makes it: the night, a command, another machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

from kith.kernel.errors import Conflict

_LOCK: Final = "SELECT pg_try_advisory_lock(hashtextextended('backup', 0))"


@contextmanager
def alone() -> Iterator[None]:
    """Held by a connection of its own: it ends with the process, however that ends."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(_LOCK)
            if not cursor.fetchall()[0][0]:
                raise Conflict("A backup is being made already. Wait until it has ended.")
        yield
    finally:
        other.close()
