"""Somebody who is anonymised, as grouping sees it: lineage stays, for it is numbers only."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection

from kith.grouping.deleting import LOOK_AGAIN
from kith.kernel.erasing import ErasedWith
from kith.kernel.leaving import Leaving

_REASONS: Final = """
UPDATE grouping_operation SET reason = '' WHERE reason <> '' AND id IN (
    SELECT operation_id FROM grouping_move WHERE record_id = ANY(%(records)s)
    UNION SELECT operation_id FROM grouping_decision
        WHERE left_id = ANY(%(records)s) OR right_id = ANY(%(records)s)
    UNION SELECT lifted_by_id FROM grouping_decision
        WHERE left_id = ANY(%(records)s) OR right_id = ANY(%(records)s))
"""


def _erases(leaving: Leaving, erasure: UUID) -> None:
    """Reasons were typed about this person, whomever else it moved; neighbours are compared anew."""
    names = {"records": list(leaving.record_ids)}
    with connection.cursor() as cursor:
        cursor.execute(LOOK_AGAIN, names)
        cursor.execute(_REASONS, names)


ERASED_WITH: Final = ErasedWith(room="grouping", erases=_erases)
