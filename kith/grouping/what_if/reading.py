"""Reading that cannot write: PostgreSQL itself refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from kith.grouping.engine.evidence_store import one_moment


@contextmanager
def reading() -> Iterator[None]:
    """All inside is of one moment, whatever others write meanwhile."""
    is_outermost = not connection.in_atomic_block
    with one_moment():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION READ ONLY")
        yield
