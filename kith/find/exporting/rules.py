from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import Final

from kith.kernel.decision import Decision

KEPT: Final = timedelta(days=7)
MOST_LIVE: Final = 3
"""Of one user at a time: each reads a whole result."""


def may_ask(*, unknown: Sequence[str], live: int, columns: Collection[str], is_card: bool) -> Decision:
    reasons = []
    if unknown:
        reasons.append(f"there is no column “{unknown[0]}”")
    if not is_card and not columns:
        reasons.append("choose at least one column")
    if live >= MOST_LIVE:
        reasons.append(f"{live} exports of yours are under way; wait for one of them, or cancel it")
    return Decision(tuple(reasons))
