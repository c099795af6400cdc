"""How `Contact.leading_record_ids` reads."""

from __future__ import annotations

from collections.abc import Sequence


def tier_of(record_id: int, leading: Sequence[int]) -> int | None:
    """From 0; each tier is ended by a 0. None: it does not lead."""
    return list(leading[: leading.index(record_id)]).count(0) if record_id in leading else None
