"""A contact that is deleted: its reports are not fetched any more. Their files, which nobody can open
without the key, are swept the next night.
"""

from __future__ import annotations

from typing import Final

from kith.kernel.leaving import DeletedWith, Leaving
from kith.privacy.erasing.rows import contacts_of
from kith.privacy.information.actions import forget_links


def _deletes(leaving: Leaving) -> None:
    forget_links(contact_ids=contacts_of(leaving))


DELETED_WITH: Final = DeletedWith(room="information", deletes=_deletes)
