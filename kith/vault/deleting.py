from __future__ import annotations

from typing import Final

from django.db import connection

from kith.kernel.leaving import DeletedWith, Leaving
from kith.vault import keys


def _deletes(leaving: Leaving) -> None:
    """The keys too: what of them lies in a backup cannot be opened any more."""
    keys.destroy(leaving.record_ids)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM vault_sealeddetail WHERE record_id = ANY(%s)", [list(leaving.record_ids)])


DELETED_WITH: Final = DeletedWith(room="vault", deletes=_deletes)
