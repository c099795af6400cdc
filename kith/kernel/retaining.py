"""What a room keeps for a time and removes by itself when that is over.

Every room that keeps such a thing declares a `Retained`; `kith.config.retained` lists them (KITH_RETAINED),
and the retention rules say for how long.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Retained:
    key: str
    """In the settings; never changes."""
    label: str
    """`Files of imports`."""
    since: str
    """What its time runs from: `the import ended`."""
    days: int
    """As shipped."""
    is_on: bool = True
    """As shipped; what is off is kept for ever."""
    older: Callable[[datetime], int]
    """How many would go; reads only."""
    removes: Callable[[datetime], int]
    """Atomic, journaled by the room; how many went."""
