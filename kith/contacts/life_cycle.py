"""Marketing or Financial (C29, A14): computed from accounts, by the room that has them; set by nobody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import cast

from django.conf import settings
from django.utils.module_loading import import_string


class LifeCycle(StrEnum):
    MARKETING = "marketing"
    FINANCIAL = "financial"

    @property
    def label(self) -> str:
        return self.value.capitalize()


def life_cycles_of(contact_ids: Sequence[int]) -> dict[int, LifeCycle]:
    """One query; every contact asked for has one."""
    among = cast(Callable[[Sequence[int]], frozenset[int]], import_string(settings.KITH_FINANCIAL_AMONG))
    financial = among(contact_ids)
    return {pk: LifeCycle.FINANCIAL if pk in financial else LifeCycle.MARKETING for pk in contact_ids}
