"""What `kith` answers to the script that called it."""

from __future__ import annotations

from enum import IntEnum


class Exit(IntEnum):
    OK = 0
    PROBLEMS = 1
    """It finished, and something needs a look: rejected rows, a failing check."""
    USAGE = 2
    UNREACHABLE = 3
    """The database or another service does not answer, or may not be used."""
    INTERRUPTED = 130
