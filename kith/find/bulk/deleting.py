from __future__ import annotations

from typing import Final

from kith.find.bulk.actions import forget_contacts
from kith.kernel.leaving import DeletedWith, Leaving


def _deletes(leaving: Leaving) -> None:
    forget_contacts(contact_ids=leaving.group_ids, record_ids=leaving.record_ids)


DELETED_WITH: Final = DeletedWith(room="bulk changes", deletes=_deletes)
