from __future__ import annotations

from typing import Final

from kith.delivery.announcing import announce_deleted
from kith.kernel.leaving import DeletedWith, Leaving


def _deletes(leaving: Leaving) -> None:
    for group_id in leaving.group_ids:
        announce_deleted(group_id)


DELETED_WITH: Final = DeletedWith(room="delivery", deletes=_deletes)
