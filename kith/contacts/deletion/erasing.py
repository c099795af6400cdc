"""What suppressions say of somebody who is anonymised: one word stays, that nobody may contact them."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from django.db import connection

from kith.access.actors import PRIVACY_ENGINE
from kith.contacts.deletion.own import NOBODY_ELSES
from kith.contacts.models import Suppression
from kith.contacts.suppressions import emptying
from kith.kernel.erasing import ErasedWith
from kith.kernel.leaving import Leaving

_CARRIED: Final = """
WITH gone AS (DELETE FROM contacts_suppressedrecord WHERE record_id = ANY(%(records)s)
    RETURNING suppression_id, lift_id)
SELECT coalesce(array_agg(DISTINCT suppression_id), '{}'),
    coalesce(array_agg(DISTINCT lift_id) FILTER (WHERE lift_id IS NOT NULL), '{}') FROM gone
"""
# Of a suppression of e-mails or phones that are all emptied by now.
_NOTES: Final = """
UPDATE contacts_suppression s SET note = '', source = '' WHERE s.id = ANY(%(suppressions)s)
AND NOT EXISTS (SELECT 1 FROM contacts_suppressedrecord r WHERE r.suppression_id = s.id)
AND NOT EXISTS (SELECT 1 FROM contacts_suppressedvalue v WHERE v.suppression_id = s.id AND v.value <> '')
"""
_NEW: Final = """
WITH made AS (
    INSERT INTO contacts_suppression (reason, note, actor)
    SELECT %(reason)s, '', %(actor)s FROM unnest(%(contacts)s::bigint[]) RETURNING id
), numbered AS (
    SELECT id, row_number() OVER (ORDER BY id) AS place FROM made
), of_contact AS (
    SELECT contact_id, row_number() OVER (ORDER BY contact_id) AS place
    FROM unnest(%(contacts)s::bigint[]) AS contact_id
)
INSERT INTO contacts_suppressedrecord (suppression_id, record_id)
SELECT n.id, m.record_id FROM numbered n JOIN of_contact c USING (place)
JOIN sources_membership m ON m.contact_id = c.contact_id WHERE m.record_id = ANY(%(records)s)
"""


def _erases(leaving: Leaving, erasure: UUID) -> None:
    """What others still carry, since their contact came apart from this one, stays with them."""
    emptied = emptying.empty_values(leaving)
    names = {"records": list(leaving.record_ids), "contacts": list(leaving.group_ids)}
    with connection.cursor() as cursor:
        cursor.execute(_CARRIED, names)
        ((suppressions, lifts),) = cursor.fetchall()
        for statement in NOBODY_ELSES:
            cursor.execute(statement, {**names, "suppressions": suppressions, "lifts": lifts})
        cursor.execute(_NOTES, {"suppressions": [*suppressions, *emptied]})
        said = {"reason": Suppression.Reason.ANONYMISED, "actor": PRIVACY_ENGINE.name}
        cursor.execute(_NEW, {**names, **said})


ERASED_WITH: Final = ErasedWith(room="contacts", erases=_erases, opens=emptying.opened_lists)
