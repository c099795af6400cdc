"""When a printout may be e-mailed, and when to try again."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from kith.kernel.decision import Decision
from kith.printouts.models import Sending

Trouble = Sending.Trouble

WAITS: Final = tuple(timedelta(minutes=one) for one in (1, 5, 30, 120, 360))
"""After the first, second … failure; the last attempt is eight hours and a half after the first."""
_TRIED_AGAIN: Final = frozenset({Trouble.UNREACHABLE, Trouble.SETTINGS})


def may_send(*, standing: Decision, email: str) -> Decision:
    """`standing`: whether the contact may be reached by e-mail; `email`: its primary one."""
    reasons = list(standing.reasons)
    if not email:
        reasons.append(_words(Trouble.NO_EMAIL))
    return Decision(tuple(reasons))


def _words(trouble: Trouble) -> str:
    return f"{trouble.label[:1].lower()}{trouble.label[1:]}"


def wait_after(attempts: int, trouble: Trouble) -> timedelta | None:
    """None: it is given up."""
    if trouble not in _TRIED_AGAIN or attempts > len(WAITS):
        return None
    return WAITS[attempts - 1]
