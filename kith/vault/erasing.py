from __future__ import annotations

from typing import Final
from uuid import UUID

from kith.kernel.erasing import ErasedWith
from kith.kernel.leaving import Leaving
from kith.vault import keys


def _erases(leaving: Leaving, erasure: UUID) -> None:
    """What of them lies in a backup cannot be opened any more."""
    keys.destroy(leaving.record_ids)


ERASED_WITH: Final = ErasedWith(room="vault", erases=_erases)
