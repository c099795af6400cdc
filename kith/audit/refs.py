"""How the rooms above are asked whom an entry concerns (`KITH_JOURNAL_REFS`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True, kw_only=True)
class Refs:
    record_of: Callable[[str], int | None]
    """A System Ref as it is typed: its record. None where there is none, or several."""
    contacts_of: Callable[[int], tuple[int, ...]]
    """A record: each GroupID that holds or held it."""
    led_here: Callable[[int], tuple[int, ...]]
    """A GroupID: it, and the retired ones that lead to it."""


def refs() -> Refs:
    found: Refs = import_string(settings.KITH_JOURNAL_REFS)
    return found
