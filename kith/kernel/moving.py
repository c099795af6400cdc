"""What goes along when System Refs change their contact, for previews to count.

Every room whose things hang on System Refs declares a `MovesWith`; `kith.config.moves_with` lists them
(KITH_MOVES_WITH).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class MovesWith:
    one: str
    """`relation`."""
    many: str
    count: Callable[[Sequence[int]], int]
    """By ids of System Refs; one query."""
