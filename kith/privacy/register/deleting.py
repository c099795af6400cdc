"""A contact that is deleted leaves the requests that name it."""

from __future__ import annotations

from typing import Final

from kith.kernel.leaving import DeletedWith, Leaving
from kith.privacy.erasing.rows import contacts_of
from kith.privacy.register.actions import forget_contacts
from kith.privacy.register.restricting import against_deleting


def _deletes(leaving: Leaving) -> None:
    forget_contacts(contact_ids=contacts_of(leaving))


DELETED_WITH: Final = DeletedWith(room="register", blocks=against_deleting, deletes=_deletes)
