"""What people say of golden values is held to what typed details are held to (C2, C3, C6), also while it
waits for the overnight run: then as the contact would stand, for nobody sits there at night to correct it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection, transaction

from kith.contacts.checks import saving
from kith.golden import assembly


@contextmanager
def held(contact_id: int, *, waits: bool = False) -> Iterator[None]:
    """Around an edit, in its transaction and with the contact locked."""
    with saving.held(contact_id):
        yield
    if not waits or not saving.holds_anything():
        return
    with transaction.atomic():
        with saving.held(contact_id):
            _put_in_force(contact_id)
            assembly.assemble([contact_id])
        transaction.set_rollback(True)


def _put_in_force(contact_id: int) -> None:
    with connection.cursor() as cursor:
        for statement in (_REPLACE, _BEGIN):
            cursor.execute(statement, {"contact": contact_id})


_MINE: Final = "SELECT record_id FROM sources_membership WHERE contact_id = %(contact)s"
_REPLACE: Final = f"""
UPDATE golden_goldenoverride SET state = 'ended', ended_at = now(), ended_because = 'replaced'
WHERE state = 'in_force' AND record_id IN ({_MINE}) AND field IN (
    SELECT field FROM golden_goldenoverride WHERE state = 'pending' AND record_id IN ({_MINE}))
"""
_BEGIN: Final = f"""
UPDATE golden_goldenoverride SET state = 'in_force', in_force_at = now()
WHERE state = 'pending' AND record_id IN ({_MINE})
"""
