"""Who looked at a contact and who took its details out (C31): entries of the journal, as changes are.

Looking is written although nothing changes: that is the purpose. One entry per person, contact and ten
minutes, so that the journal stays readable: whoever goes through the tabs of one page looked once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Q

from kith.access.actors import Actor
from kith.audit import journal
from kith.audit.models import Entry
from kith.kernel.clock import now

VIEWED: Final = "ContactViewed"
EXPORTED: Final = "ContactExported"
DOWNLOADED: Final = "AttachmentDownloaded"
LOOKED_UP: Final = "ContactLookedUp"
"""By something of it that whoever asked does not see: by a whole identity number."""
ACCESS: Final = frozenset({VIEWED, EXPORTED, DOWNLOADED, LOOKED_UP})
"""Events that took something out and changed nothing."""
QUIET: Final = timedelta(minutes=10)


def viewed(contact_id: int, *, by: Actor, through: str) -> None:
    """`through`: `page` or `API`."""
    _once(VIEWED, contact_id, by=by, detail={"through": through})


def looked_up(contact_id: int, *, by: Actor, fields: Sequence[str], through: str) -> None:
    """By these golden fields; never by which value. `through`: `search`, `API` or `clash`."""
    _once(LOOKED_UP, contact_id, by=by, detail={"through": through, "fields": list(fields)})


def _once(event: str, contact_id: int, *, by: Actor, detail: dict[str, str | list[str]]) -> None:
    """In `QUIET` minutes."""
    same = Q(actor=by.name, user_id__isnull=True) if by.user_id is None else Q(user_id=by.user_id)
    lately = Entry.objects.filter(same, group_id=contact_id, event=event, at__gte=now() - QUIET)
    if event != VIEWED:
        lately = lately.filter(detail=detail)
    if lately.exists():
        return
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_LOCK, [f"{event} {contact_id} {by.user_id} {by.name}"])
        if lately.exists():
            return
        journal.record(
            event, by=by, subject_type="contact", subject_id=contact_id, group_id=contact_id, detail=detail
        )


_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def exported(contact_ids: Sequence[int], *, by: Actor, kind: str, export_id: int | None = None) -> None:
    """One entry for each contact, in the transaction of the export. `kind`: `printout as PDF`, `CSV`, …"""
    journal.record_each(
        EXPORTED,
        by=by,
        subject_type="export",
        subject_id=export_id,
        group_ids=contact_ids,
        detail={"kind": kind},
    )


@transaction.atomic
def downloaded(contact_id: int, *, by: Actor, attachment_id: int) -> None:
    journal.record(
        DOWNLOADED, by=by, subject_type="attachment", subject_id=attachment_id, group_id=contact_id
    )
