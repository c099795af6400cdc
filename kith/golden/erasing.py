from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection

from kith.kernel.erasing import ErasedWith
from kith.kernel.leaving import Leaving

_END: Final = """
UPDATE golden_goldenoverride SET state = 'ended', ended_at = now()
WHERE record_id = ANY(%s) AND state <> 'ended'
"""


def _erases(leaving: Leaving, erasure: UUID) -> None:
    """That somebody edited it stays; nothing of it is in force or waits."""
    with connection.cursor() as cursor:
        cursor.execute(_END, [list(leaving.record_ids)])


ERASED_WITH: Final = ErasedWith(room="golden", erases=_erases)
