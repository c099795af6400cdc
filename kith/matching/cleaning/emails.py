"""E-mail addresses: lower-case, one address, of a shape that can exist. No DNS is asked."""

from __future__ import annotations

import re
from typing import Final

from email_validator import EmailNotValidError, validate_email

PLAIN: Final = r"^[a-z0-9]+(?:[._+\-][a-z0-9]+)*@(?:[a-z0-9]+(?:-[a-z0-9]+)*\.)+[a-z]{2,16}$"
"""Sure, up to `LONGEST_PLAIN`, without asking the library; Python and Rust read it alike."""

_SURE: Final = re.compile(PLAIN)
LONGEST_PLAIN: Final = 64
_IN_BRACKETS: Final = re.compile(r"<\s*([^<>\s]+@[^<>\s]+)\s*>")
_AROUND: Final = " \t\"'<>()[],;:."

NOT_ONE: Final = "not a valid e-mail address"


def clean_email(text: str) -> str | None:
    """The address in lower case, or None where there is none. Dots and +tags stay as they are."""
    lowered = text.strip().lower()
    if len(lowered) <= LONGEST_PLAIN and _SURE.match(lowered):
        return lowered
    return _asked(_bare(lowered))


def _bare(text: str) -> str:
    inside = _IN_BRACKETS.search(text)
    if inside:
        return inside[1]
    return text.removeprefix("mailto:").strip(_AROUND)


def _asked(text: str) -> str | None:
    if "@" not in text or len(text) > 254:
        return None
    try:
        found = validate_email(text, check_deliverability=False, globally_deliverable=False)
    except (EmailNotValidError, UnicodeError, ValueError):
        return None
    lowered = found.normalized.lower()
    return lowered if "." in found.domain else None


_DOTLESS: Final = frozenset({"gmail.com", "googlemail.com"})
"""Hosts that deliver a.b@ and ab@ to one mailbox."""


def mailbox(email: str) -> str:
    """The cleaned address without its +tag, and at Google without dots: for comparing, never to write to."""
    local, _, host = email.rpartition("@")
    bare = local.partition("+")[0] or local
    if host in _DOTLESS:
        return f"{bare.replace('.', '') or bare}@gmail.com"
    return f"{bare}@{host}" if host else email
