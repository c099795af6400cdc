"""Contacts that may have a duplicate (K12): known above this room, asked by the setting's name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True, kw_only=True)
class PossibleDuplicates:
    among: Callable[[Sequence[int]], frozenset[int]]
    """Those of these GroupIDs. One query."""
    condition: Callable[[], Q]
    """Of `Contact`."""


def possible_duplicates() -> PossibleDuplicates:
    """Declared in the setting KITH_POSSIBLE_DUPLICATES."""
    found = import_string(settings.KITH_POSSIBLE_DUPLICATES)
    assert isinstance(found, PossibleDuplicates)
    return found
