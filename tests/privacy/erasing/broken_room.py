"""A room whose part of an erasure fails for the contacts in `BROKEN`."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from kith.config.erased_with import ROOMS as REAL
from kith.kernel.erasing import ErasedWith
from kith.kernel.leaving import Leaving

BROKEN: Final[list[int]] = []


def _erases(leaving: Leaving, erasure: UUID) -> None:
    len(leaving.record_ids) // (0 if set(leaving.group_ids) & set(BROKEN) else 1)


ROOMS: Final = (*REAL, ErasedWith(room="broken", erases=_erases))
