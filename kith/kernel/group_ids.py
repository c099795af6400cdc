"""What people write for a GroupID."""

from __future__ import annotations

import re
from typing import Final

SMALLEST: Final = 1_000_001
_WRITTEN: Final = re.compile(r"^(?:group\s*id:?\s*|#)?([\d\s.,]{7,24})$", re.IGNORECASE)


def read_group_id(text: str) -> int | None:
    """`1 048 576`, `1048576`, `GroupID 1,048,576`; None for a number too small or too large to be one."""
    found = _WRITTEN.match(text.strip())
    digits = re.sub(r"\D", "", found[1]) if found else ""
    return int(digits) if digits and SMALLEST <= int(digits) < 2**63 else None
