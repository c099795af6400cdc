from __future__ import annotations

from collections.abc import Collection

from kith.kernel.decision import Decision


def may_become(*, label: str, value: str, choices: Collection[str], may_clear: bool) -> Decision:
    if not value and not may_clear:
        return Decision((f"choose what “{label}” is to be",))
    if value and value not in choices:
        return Decision((f"there is no such choice for “{label}”",))
    return Decision(())


def may_start(*, total: int, live: int) -> Decision:
    reasons = []
    if not total:
        reasons.append("the search finds nobody")
    if live:
        reasons.append("another bulk change is under way; wait for it, or cancel it")
    return Decision(tuple(reasons))
