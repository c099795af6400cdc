from __future__ import annotations

from typing import Final
from uuid import UUID

from kith.delivery.announcing import announce_anonymised
from kith.kernel.erasing import ErasedWith
from kith.kernel.leaving import Leaving


def _erases(leaving: Leaving, erasure: UUID) -> None:
    announce_anonymised(leaving.group_ids)


ERASED_WITH: Final = ErasedWith(room="delivery", erases=_erases)
