from __future__ import annotations

from typing import Final
from uuid import UUID

from kith.find.bulk.actions import forget_contacts
from kith.kernel.erasing import ErasedWith
from kith.kernel.leaving import Leaving


def _erases(leaving: Leaving, erasure: UUID) -> None:
    forget_contacts(contact_ids=leaving.group_ids, record_ids=leaving.record_ids)


ERASED_WITH: Final = ErasedWith(room="bulk changes", erases=_erases)
