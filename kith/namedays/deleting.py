from __future__ import annotations

from typing import Final

from django.db import connection

from kith.kernel.leaving import DeletedWith, Leaving


def _deletes(leaving: Leaving) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM namedays_nameday WHERE contact_id = ANY(%s)", [list(leaving.group_ids)])


DELETED_WITH: Final = DeletedWith(room="namedays", deletes=_deletes)
