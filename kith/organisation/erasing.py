from __future__ import annotations

from typing import Final

from django.urls import reverse

from kith.kernel.erasing import Blocker, ErasedWith
from kith.kernel.leaving import Leaving
from kith.organisation.queries import named_by

_CODES: Final = {"user": "user", "team": "group", "group": "group", "unit": "unit", "community": "community"}


def _blocks(leaving: Leaving) -> tuple[Blocker, ...]:
    """Who is a colleague, or stands for a part of the organisation (C41)."""
    return tuple(
        Blocker(code=_code(who), sentence=f"{who} names it", url=reverse("organisation:tree"))
        for who in named_by(leaving.record_ids)
    )


def _code(who: str) -> str:
    return next((code for word, code in _CODES.items() if who.startswith(f"the {word} ")), "group")


ERASED_WITH: Final = ErasedWith(room="organisation", blocks=_blocks)
