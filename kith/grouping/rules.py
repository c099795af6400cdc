"""What a run may change unasked."""

from __future__ import annotations

from kith.kernel.decision import Decision


def may_change_unasked(*, changed: int, active: int, percent: int, minimum: int) -> Decision:
    """The circuit breaker (promise 11): `percent` of the active GroupIDs, but never fewer than `minimum`."""
    if changed < minimum or not active or changed * 100 <= active * percent:
        return Decision()
    share = changed * 100 // active
    return Decision(
        (f"This run would change {changed:,} of {active:,} GroupIDs ({share} %); the limit is {percent} %.",)
    )
