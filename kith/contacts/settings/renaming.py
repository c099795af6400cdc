"""All contacts named anew after the rule changed: straight from their golden values, in small transactions.

Nothing of a golden record is other than before, only how its name is joined; so nothing is assembled, and no
webhook is told. Called by the task only.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import connection, transaction

from kith.contacts.settings.name_display import name_display, wait_for_writers
from kith.jobs import progress

SUBJECT: Final = "names"
SUBJECT_ID: Final = 1
AT_ONCE: Final = 50_000


def rename(*, job_id: int | None = None) -> int:
    """Returns how many contacts read otherwise now. Repeating it changes nothing more."""
    tracker = progress.start(SUBJECT, SUBJECT_ID, label="Names", unit="contacts", job_id=job_id)
    with transaction.atomic():
        wait_for_writers()
    last, changed, done = _last_id(), 0, 0
    first = _first_id()
    try:
        for start in _starts(first, last):
            changed += _rename(start)
            done = min(start + AT_ONCE, last + 1) - first
            tracker.at(done, last + 1 - first, "Names")
    finally:
        tracker.finish()
    return changed


def _starts(first: int, last: int) -> Iterator[int]:
    yield from range(first, last + 1, AT_ONCE)


def _rename(start: int) -> int:
    """The rule is read for each part: of two changes in a row the later one stays."""
    with transaction.atomic(), connection.cursor() as cursor:
        shown = name_display().sql
        cursor.execute(
            f"""
            UPDATE contacts_contact SET name = {shown}
            WHERE id >= %s AND id < %s AND state = 'active' AND {shown} IS NOT NULL AND name <> {shown}
                AND (kind <> 'company' OR company_name IS NULL)
            """,
            [start, start + AT_ONCE],
        )
        return int(cursor.rowcount)


def _first_id() -> int:
    return _asked("SELECT coalesce(min(id), 1) FROM contacts_contact")


def _last_id() -> int:
    return _asked("SELECT coalesce(max(id), 0) FROM contacts_contact")


def _asked(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.fetchall()[0][0])
