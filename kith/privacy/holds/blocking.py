"""What is held is neither anonymised nor deleted; a lifted hold goes with the last of its System Refs."""

from __future__ import annotations

from typing import Final

from django.db import connection
from django.urls import reverse

from kith.kernel.erasing import Blocker, ErasedWith
from kith.kernel.leaving import DeletedWith, Going, Leaving
from kith.privacy.holds.models import LegalHold
from kith.privacy.holds.queries import in_force


def _blocks(leaving: Leaving) -> tuple[Blocker, ...]:
    url = reverse("holds:contact", args=(leaving.group_ids[0],)) if leaving.group_ids else ""
    return tuple(
        Blocker(code="legal_hold", sentence=f"legal hold {hold.pk} is in force", url=url)
        for hold in in_force(leaving.record_ids)
    )


def _reasons(leaving: Leaving) -> tuple[str, ...]:
    return tuple(one.sentence for one in _blocks(leaving))


def _goes(leaving: Leaving) -> tuple[Going, ...]:
    """Those that no System Ref of somebody else keeps."""
    holds = LegalHold.objects.filter(record_ids__contained_by=list(leaving.record_ids))
    return (Going("legal holds that were lifted", holds.count()),)


_DELETE: Final = (
    "DELETE FROM holds_legalhold WHERE record_ids <@ %(records)s::bigint[]",
    """
    UPDATE holds_legalhold SET record_ids = ARRAY(
        SELECT one FROM unnest(record_ids) AS one WHERE one <> ALL(%(records)s) ORDER BY one)
    WHERE record_ids && %(records)s::bigint[]
    """,
)


def _deletes(leaving: Leaving) -> None:
    with connection.cursor() as cursor:
        for statement in _DELETE:
            cursor.execute(statement, {"records": list(leaving.record_ids)})


ERASED_WITH: Final = ErasedWith(room="holds", blocks=_blocks)
DELETED_WITH: Final = DeletedWith(room="holds", blocks=_reasons, goes=_goes, deletes=_deletes)
