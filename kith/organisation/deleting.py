from __future__ import annotations

from typing import Final

from django.db import connection

from kith.kernel.leaving import DeletedWith, Leaving
from kith.organisation.queries import named_by


def _blocks(leaving: Leaving) -> tuple[str, ...]:
    return tuple(f"{who} names it" for who in named_by(leaving.record_ids))


def _deletes(leaving: Leaving) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM organisation_ownership WHERE record_id = ANY(%s)", [list(leaving.record_ids)]
        )


DELETED_WITH: Final = DeletedWith(room="organisation", blocks=_blocks, deletes=_deletes)
