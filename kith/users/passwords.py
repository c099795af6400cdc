"""Passwords that Kith makes itself."""

from __future__ import annotations

import secrets

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""None that is mistaken for another when read aloud or copied by hand."""


def generated() -> str:
    """Four groups of five: 99 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(5)) for _ in range(4))
