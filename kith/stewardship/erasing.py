from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.db import connection
from django.urls import reverse

from kith.kernel.erasing import Blocker, ErasedWith
from kith.kernel.leaving import Leaving
from kith.stewardship.models import RequestContact

_REASONS: Final = """
UPDATE stewardship_request SET reason = '' WHERE reason <> '' AND id IN (
    SELECT request_id FROM stewardship_requestcontact WHERE contact_id = ANY(%s))
"""


def _blocks(leaving: Leaving) -> tuple[Blocker, ...]:
    return tuple(_waiting(leaving))


def _waiting(leaving: Leaving) -> Iterator[Blocker]:
    waits = RequestContact.objects.filter(contact_id__in=leaving.group_ids, waits=True)
    for pk in sorted(set(waits.values_list("request_id", flat=True))):
        yield Blocker(
            code="waiting", sentence=f"request {pk} waits", url=reverse("requests:detail", args=(pk,))
        )


def _erases(leaving: Leaving, erasure: UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_REASONS, [list(leaving.group_ids)])


ERASED_WITH: Final = ErasedWith(room="stewardship", blocks=_blocks, erases=_erases)
