"""The door for one contact that somebody types, or another system sends over the API."""

from __future__ import annotations

from typing import Final

from django.db import connection

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.kernel.errors import Conflict, Refused
from kith.matching.cleaning import CleanedRecord
from kith.sources import tombstones
from kith.sources.doors import lock
from kith.sources.doors.identity import COLUMNS, identity_keys
from kith.sources.models import SourceRecord

SENTENCE: Final = (
    "Somebody with these details was anonymised and does not come back by being typed. Whoever registers anew"
    " by their own will is let in by somebody who has the right to."
)
ANONYMISED: Final = "This person was anonymised; nothing can be added or changed."
_KEPT_OUT: Final = (
    "SELECT EXISTS (SELECT 1 FROM sources_tombstone WHERE kind = 'identity' AND digest = ANY(%s))"
)


class KeptOut(Refused):
    pass


def hold_the_door(cleaned: CleanedRecord, *, actor: Actor, returns: bool = False) -> bool:
    """True: somebody who was anonymised registers anew (`returns`) and `actor` may let them. Else KeptOut."""
    if not _is_kept_out(_keys_of(cleaned)):
        return False
    if not (returns and actor.may(Permission.CONTACT_ADMIT)):
        raise KeptOut(SENTENCE)
    return True


def hold_the_door_of(record: SourceRecord, cleaned: CleanedRecord) -> None:
    """For a claim typed over another: it says of nobody that they are somebody who was anonymised."""
    before = identity_keys({name: getattr(record, name) for name in COLUMNS})
    if _is_kept_out(_keys_of(cleaned) - before):
        raise KeptOut(SENTENCE)


def unless_erased(record_id: int | None) -> None:
    """Nothing is done on what hangs on somebody who was anonymised (C42). Whoever locks rows takes the lock
    of the doors before: an erasure under way has it, and waits for rows."""
    lock.shared()
    if is_erased(record_id):
        raise Conflict(ANONYMISED)


def is_erased(record_id: int | None) -> bool:
    erased = SourceRecord.objects.exclude(erased_at=None)
    return record_id is not None and erased.filter(pk=record_id).exists()


def _keys_of(cleaned: CleanedRecord) -> frozenset[str]:
    return identity_keys({name: getattr(cleaned, name) for name in COLUMNS})


def _is_kept_out(keys: frozenset[str]) -> bool:
    lock.shared()
    with connection.cursor() as cursor:
        cursor.execute(_KEPT_OUT, [[tombstones.identity_digest(key) for key in sorted(keys)]])
        return bool(cursor.fetchall()[0][0])
