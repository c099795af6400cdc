"""One moment of the database, for everything that a backup reads of it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from django.db import connection, transaction

from kith.backups.postgres import KEYS_TABLE
from kith.kernel import clock
from kith.privacy import ledger
from kith.privacy.ledger import LedgerHead
from kith.privacy.models import Erasure
from kith.sources.doors import lock

KEY_COLUMNS: Final = "record_id, wrapped, master_version, made_at, destroyed_at"
UNPROVED: Final = (Erasure.State.ERASED, Erasure.State.FILES_GONE, Erasure.State.SETTLED)
_POLL_SECONDS: Final = 0.5
_STORED: Final = """
SELECT key FROM attachments_storedfile UNION ALL
SELECT preview_key FROM attachments_storedfile WHERE preview_key <> ''
"""


@dataclass(frozen=True, slots=True)
class Snapshot:
    name: str
    """For pg_dump, while this lasts."""
    at: datetime
    ledger: LedgerHead
    unproved: int
    """Erasures whose proof was under way all the while: restored, it cannot be gone on with."""
    cursor: Any
    """psycopg's, in the transaction that holds the moment."""

    def data_keys(self) -> Iterator[bytes]:
        """Lines of COPY."""
        with self.cursor.copy(f"COPY (SELECT {KEY_COLUMNS} FROM {KEYS_TABLE}) TO STDOUT") as copied:
            for block in copied:
                yield bytes(block)

    def stored(self) -> set[str]:
        """Names in the store that attached files need."""
        self.cursor.execute(_STORED)
        return {cast("str", row[0]) for row in self.cursor.fetchall()}


@contextmanager
def one_moment(*, wait_seconds: float) -> Iterator[Snapshot]:
    """In which the rows of nobody are half erased; it waits so long for proofs that are under way."""
    other = connection.copy()
    other.ensure_connection()
    try:
        with other.connection.cursor() as cursor:
            yield _taken(cursor, wait_seconds=wait_seconds)
    finally:
        other.close()


def _taken(cursor: Any, *, wait_seconds: float) -> Snapshot:
    ends_at = time.monotonic() + wait_seconds
    while True:
        with transaction.atomic():
            lock.shared()
            unproved = Erasure.objects.filter(state__in=UNPROVED).count()
            if not unproved or time.monotonic() > ends_at:
                cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SELECT pg_export_snapshot()")
                return Snapshot(cursor.fetchall()[0][0], clock.now(), ledger.head(), unproved, cursor)
        time.sleep(_POLL_SECONDS)
