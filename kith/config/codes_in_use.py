"""Who has which code of the settings. What is in use is made inactive, never removed (KITH_CODES_IN_USE)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

IN_USE: Final[Mapping[str, Callable[[Sequence[str]], Sequence[str]]]] = {}
"""By key of the section (`categories`, `industries`, `relation_types`, `attachment_classes`): which of these
codes are in use. One query."""
