"""What is held is neither anonymised nor deleted."""

from __future__ import annotations

from typing import Final

from django.urls import reverse

from kith.kernel.erasing import Blocker, ErasedWith
from kith.kernel.leaving import DeletedWith, Leaving
from kith.privacy.holds.queries import in_force


def _blocks(leaving: Leaving) -> tuple[Blocker, ...]:
    url = reverse("holds:contact", args=(leaving.group_ids[0],)) if leaving.group_ids else ""
    return tuple(
        Blocker(code="legal_hold", sentence=f"legal hold {hold.pk} is in force", url=url)
        for hold in in_force(leaving.record_ids)
    )


def _reasons(leaving: Leaving) -> tuple[str, ...]:
    return tuple(one.sentence for one in _blocks(leaving))


ERASED_WITH: Final = ErasedWith(room="holds", blocks=_blocks)
DELETED_WITH: Final = DeletedWith(room="holds", blocks=_reasons)
