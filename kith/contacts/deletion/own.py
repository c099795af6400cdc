"""What the contact itself leaves behind in this room: its golden record, its protections."""

from __future__ import annotations

from typing import Final

from django.db import connection

from kith.contacts.models import SuppressedRecord
from kith.kernel.leaving import DeletedWith, Going, Leaving


def _goes(leaving: Leaving) -> tuple[Going, ...]:
    carried = SuppressedRecord.objects.filter(record_id__in=leaving.record_ids)
    return (Going("suppressions", carried.values("suppression_id").distinct().count()),)


_CARRIED: Final = """
WITH gone AS (DELETE FROM contacts_suppressedrecord WHERE record_id = ANY(%(records)s)
    RETURNING suppression_id, lift_id)
SELECT coalesce(array_agg(DISTINCT suppression_id), '{}'),
    coalesce(array_agg(DISTINCT lift_id) FILTER (WHERE lift_id IS NOT NULL), '{}') FROM gone
"""
NOBODY_ELSES: Final = (
    "DELETE FROM contacts_askedlift WHERE contact_id = ANY(%(contacts)s)",
    """
    WITH alone AS (
        SELECT s.id FROM contacts_suppression s WHERE s.id = ANY(%(suppressions)s)
        AND NOT EXISTS (SELECT 1 FROM contacts_suppressedrecord r WHERE r.suppression_id = s.id)
        AND NOT EXISTS (SELECT 1 FROM contacts_suppressedvalue v WHERE v.suppression_id = s.id)
        AND NOT EXISTS (SELECT 1 FROM contacts_suppressionlist l WHERE l.suppression_id = s.id)
    ), asked AS (DELETE FROM contacts_askedlift WHERE suppression_id IN (SELECT id FROM alone))
    DELETE FROM contacts_suppression WHERE id IN (SELECT id FROM alone)
    """,
    """
    DELETE FROM contacts_suppressionlift l WHERE l.id = ANY(%(lifts)s)
    AND NOT EXISTS (SELECT 1 FROM contacts_suppressedrecord r WHERE r.lift_id = l.id)
    AND NOT EXISTS (SELECT 1 FROM contacts_suppressedvalue v WHERE v.lift_id = l.id)
    """,
)
"""Of suppressions and their ends, what nobody carries any more. What was said of an e-mail or a phone stays:
whoever gets it next is suppressed too.
"""
_DELETE: Final = (
    *NOBODY_ELSES,
    "DELETE FROM contacts_keptoptout WHERE record_id = ANY(%(records)s)",
    "DELETE FROM contacts_privacymark WHERE record_id = ANY(%(records)s)",
    "DELETE FROM contacts_reveal WHERE contact_id = ANY(%(contacts)s)",
    "DELETE FROM contacts_contactemail WHERE contact_id = ANY(%(contacts)s)",
    "DELETE FROM contacts_contactphone WHERE contact_id = ANY(%(contacts)s)",
    "DELETE FROM contacts_contactaddress WHERE contact_id = ANY(%(contacts)s)",
)


def _deletes(leaving: Leaving) -> None:
    """Of suppressions and their lifts what nobody else carries goes too."""
    names = {"records": list(leaving.record_ids), "contacts": list(leaving.group_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED, names)
        ((suppressions, lifts),) = cursor.fetchall()
        for statement in _DELETE:
            cursor.execute(statement, {**names, "suppressions": suppressions, "lifts": lifts})


def _deletes_row(leaving: Leaving) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM contacts_contact WHERE id = ANY(%s)", [list(leaving.group_ids)])


DELETED_WITH: Final = DeletedWith(room="contacts", goes=_goes, deletes=_deletes)
ROW: Final = DeletedWith(room="contacts, at last", deletes=_deletes_row)
"""After the System Refs, which lead to it."""
