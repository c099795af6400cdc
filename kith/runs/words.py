"""How the figures of a step read. A step may count what is not listed here: its own name is shown then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

WORDS: Final[Mapping[str, str]] = {
    "edits": "edits of golden values came into force",
    "changed": "System Refs new or changed",
    "touched": "System Refs looked at",
    "records": "System Refs",
    "compared": "pairs compared",
    "pairs": "pairs that belong together",
    "pairs_added": "of them new",
    "pairs_dropped": "that no longer hold",
    "doubts": "doubts for a person",
    "blocks_cut": "blocks too large to compare in full",
    "frequent_values_ignored": "e-mails and phones ignored as switchboards",
    "placed": "System Refs got their first GroupID",
    "moved": "System Refs changed GroupID",
    "golden_records": "golden records assembled",
    "contacts": "contacts",
}
MAY_BE_ZERO: Final = ("placed", "moved", "golden_records")
"""Figures that say something even when nothing happened."""


def in_words(counts: Mapping[str, int]) -> str:
    """`1,204 pairs that belong together, 12 of them new`; '' when there is nothing to say."""
    known = [name for name in WORDS if name in counts]
    others = [
        name
        for name in counts
        if name not in WORDS and not name.startswith("source_") and not name.endswith("_ms")
    ]
    said = [
        f"{counts[name]:,} {WORDS.get(name, name.replace('_', ' '))}"
        for name in (*known, *others)
        if counts[name] or name in MAY_BE_ZERO
    ]
    return ", ".join(said)
