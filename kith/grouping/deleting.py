"""A contact that is deleted, as grouping sees it: evidence and decisions go, lineage stays (it is numbers
only), and GroupIDs that led to it lead to whoever has the rest of their System Refs, or go too.
"""

from __future__ import annotations

from typing import Final

from django.db import connection

from kith.contacts.models import Contact
from kith.contacts.personal_data import FIELDS as CONTACTS
from kith.grouping import membership
from kith.grouping.models import Decision
from kith.kernel.errors import Conflict
from kith.kernel.leaving import DeletedWith, Going, Leaving
from kith.kernel.personal_data import Personal
from kith.runs.lock import is_held
from kith.sources import changes

WAIT_SECONDS: Final = 10


def _locks(leaving: Leaving) -> None:
    if is_held():
        raise Conflict("A grouping run is under way. Try again when it has ended.")
    membership.lock(seconds=WAIT_SECONDS)


def _goes(leaving: Leaving) -> tuple[Going, ...]:
    ids = leaving.record_ids
    said = Decision.objects.filter(left_id__in=ids) | Decision.objects.filter(right_id__in=ids)
    return (Going("decisions about who is who", said.filter(lifted_by__isnull=True).count()),)


# Whoever was kept from them, or out of one contact with them, is looked at again by the next run.
LOOK_AGAIN: Final = changes.noting("""
SELECT r.id, r.match_keys FROM sources_sourcerecord r WHERE r.id IN (
    SELECT left_id FROM grouping_evidence WHERE right_id = ANY(%(records)s)
    UNION SELECT right_id FROM grouping_evidence WHERE left_id = ANY(%(records)s)
    UNION SELECT left_id FROM grouping_doubt WHERE right_id = ANY(%(records)s)
    UNION SELECT right_id FROM grouping_doubt WHERE left_id = ANY(%(records)s)
    UNION SELECT left_id FROM grouping_decision WHERE lifted_by_id IS NULL AND right_id = ANY(%(records)s)
    UNION SELECT right_id FROM grouping_decision WHERE lifted_by_id IS NULL AND left_id = ANY(%(records)s)
) AND r.id <> ALL(%(records)s) ORDER BY r.id
""")
_WITH_ONE_OF_THEM: Final = "left_id = ANY(%(records)s) OR right_id = ANY(%(records)s)"
_LED_HERE: Final = """
WITH RECURSIVE led AS (
    SELECT id FROM contacts_contact WHERE successor_id = ANY(%(contacts)s)
    UNION
    SELECT c.id FROM contacts_contact c JOIN led ON c.successor_id = led.id
), holding AS (
    SELECT DISTINCT ON (led.id) led.id, p.contact_id
    FROM led JOIN grouping_move m ON m.to_contact_id = led.id
    JOIN sources_membership p ON p.record_id = m.record_id AND p.contact_id <> ALL(%(contacts)s)
    GROUP BY led.id, p.contact_id ORDER BY led.id, count(DISTINCT p.record_id) DESC, p.contact_id
)
"""
_LEAD_ELSEWHERE: Final = f"""
{_LED_HERE}
UPDATE contacts_contact c SET successor_id = holding.contact_id
FROM led LEFT JOIN holding USING (id) WHERE c.id = led.id
RETURNING c.id, c.successor_id
"""
"""A successor of null: nobody holds any of their System Refs any more."""
_DELETE_PARTS: Final = (
    "DELETE FROM contacts_contactemail WHERE contact_id = ANY(%(contacts)s)",
    "DELETE FROM contacts_contactphone WHERE contact_id = ANY(%(contacts)s)",
    "DELETE FROM contacts_contactaddress WHERE contact_id = ANY(%(contacts)s)",
)
_HELD_THEM: Final = """
SELECT c.id FROM contacts_contact c WHERE c.state = 'retired' AND c.id IN (
    SELECT to_contact_id FROM grouping_move WHERE record_id = ANY(%s))
"""
_GOLDEN: Final = ", ".join(
    f"{field.column} = NULL"
    for field in Contact._meta.concrete_fields
    if field.name in {name for name, kind in CONTACTS["Contact"].items() if isinstance(kind, Personal)}
    and field.null
)
_EMPTY: Final = f"""
UPDATE contacts_contact SET name = '', provenance = '{{}}', {_GOLDEN} WHERE id = ANY(%(contacts)s)
"""
"""A retired GroupID has no golden record, but its columns may still hold what it had."""


def _deletes(leaving: Leaving) -> None:
    records = list(leaving.record_ids)
    names = {"records": records, "contacts": list(leaving.group_ids)}
    with connection.cursor() as cursor:
        cursor.execute(LOOK_AGAIN, names)
        for table in ("grouping_evidence", "grouping_doubt", "grouping_decision", "grouping_knownpair"):
            cursor.execute(f"DELETE FROM {table} WHERE {_WITH_ONE_OF_THEM}", names)
        cursor.execute(_LEAD_ELSEWHERE, names)
        lost = [group_id for group_id, successor in cursor.fetchall() if successor is None]
        cursor.execute(_HELD_THEM, [records])
        emptied = [group_id for (group_id,) in cursor.fetchall()]
        for statement in (*_DELETE_PARTS, _EMPTY):
            cursor.execute(statement, {"contacts": sorted({*lost, *emptied})})
        cursor.execute("DELETE FROM contacts_contact WHERE id = ANY(%s)", [lost])


DELETED_WITH: Final = DeletedWith(room="grouping", locks=_locks, goes=_goes, deletes=_deletes)
