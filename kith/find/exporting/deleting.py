"""A contact that is deleted leaves the exports under way. Files made before hold it until they expire."""

from __future__ import annotations

from typing import Final

from kith.find.exporting.actions import forget_contacts
from kith.kernel.leaving import DeletedWith, Leaving


def _deletes(leaving: Leaving) -> None:
    forget_contacts(contact_ids=leaving.group_ids)


DELETED_WITH: Final = DeletedWith(room="exports", deletes=_deletes)
