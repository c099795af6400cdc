"""Who has suppressed values now: in one pass over the store, however many values. Called by actions only."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from kith.contacts.models import SuppressedRecord, Suppression
from kith.contacts.suppressions.models import SuppressedValue
from kith.contacts.suppressions.values import Value

# What a source says of a System Ref, and what people typed over it for the contact.
_HOLDING: Final = """
SELECT r.id AS record_id, w.number FROM wanted w JOIN (
    SELECT id, unnest(emails) AS value FROM sources_sourcerecord
    WHERE emails <> '{}' AND erased_at IS NULL
) r USING (value) WHERE w.kind = 'email'
UNION
SELECT r.id, w.number FROM wanted w JOIN (
    SELECT id, unnest(phones) AS value FROM sources_sourcerecord
    WHERE phones <> '{}' AND erased_at IS NULL
) r USING (value) WHERE w.kind = 'phone'
UNION
SELECT m.record_id, w.number FROM wanted w JOIN contacts_contactemail e USING (value)
JOIN sources_membership m ON m.contact_id = e.contact_id WHERE w.kind = 'email'
UNION
SELECT m.record_id, w.number FROM wanted w JOIN contacts_contactphone p USING (value)
JOIN sources_membership m ON m.contact_id = p.contact_id WHERE w.kind = 'phone'
"""
_TAKE_ON: Final = f"""
WITH wanted AS MATERIALIZED (
    SELECT id AS number, kind, value FROM contacts_suppressedvalue
    WHERE suppression_id = %s AND lift_id IS NULL AND value <> ''
), holding AS ({_HOLDING})
INSERT INTO contacts_suppressedrecord (suppression_id, record_id, value_id)
SELECT DISTINCT ON (record_id) %s, record_id, number FROM holding ORDER BY record_id, number
ON CONFLICT (record_id, suppression_id) WHERE lift_id IS NULL AND withdrawn_by IS NULL DO NOTHING
"""
_FOUND: Final = f"""
WITH wanted AS MATERIALIZED (
    SELECT * FROM unnest(%s::int[], %s::text[], %s::text[]) AS w(number, kind, value)
) SELECT DISTINCT number FROM ({_HOLDING}) AS holding
"""
# The planner knows nothing of values stored a moment ago, takes them for one, and would read all System Refs
# anew for each.
_READ_ONCE: Final = "SET LOCAL enable_nestloop = off"
_AS_USUAL: Final = "SET LOCAL enable_nestloop = on"


def take_on(suppression_id: int) -> int:
    """Whoever has one of its values carries it. Returns how many System Refs do. Hold the lock of the doors
    alone, or a claim that is being written is missed.
    """
    with connection.cursor() as cursor:
        cursor.execute(_READ_ONCE)
        cursor.execute(_TAKE_ON, [suppression_id, suppression_id])
        found = int(cursor.rowcount)
        cursor.execute(_AS_USUAL)
        return found


def found_among(values: Sequence[Value]) -> frozenset[int]:
    """The places of those that some System Ref has."""
    kinds, texts = [one.kind for one in values], [one.text for one in values]
    with connection.cursor() as cursor:
        cursor.execute(_READ_ONCE)
        cursor.execute(_FOUND, [list(range(len(values))), kinds, texts])
        found = frozenset(number for (number,) in cursor.fetchall())
        cursor.execute(_AS_USUAL)
        return found


def hand_over(lifted: SuppressedValue) -> int:
    """Whoever has another value of the same list that is in force carries it by that one. Also by one that is
    emptied: only its digest is left. Returns how many System Refs do. In two statements, however many."""
    others = SuppressedValue.objects.filter(suppression_id=lifted.suppression_id, lift__isnull=True)
    if not others.exclude(pk=lifted.pk).exists():
        return 0
    names = {"suppression": lifted.suppression_id, "lifted": lifted.pk}
    with connection.cursor() as cursor:
        cursor.execute(_SAID_BY_CARRIERS, names)
        said = [(pk, Value(kind, text).digest) for pk, kind, text in cursor.fetchall()]
        held = {"records": [pk for pk, _ in said], "digests": [digest for _, digest in said]}
        cursor.execute(_HAND_OVER, {**names, **held})
        return int(cursor.rowcount)


_SAID_BY_CARRIERS: Final = """
WITH carried AS MATERIALIZED (
    SELECT record_id FROM contacts_suppressedrecord
    WHERE suppression_id = %(suppression)s AND value_id = %(lifted)s
        AND lift_id IS NULL AND withdrawn_by IS NULL
)
SELECT r.id, 'email', unnest(r.emails) FROM carried c
JOIN sources_sourcerecord r ON r.id = c.record_id WHERE r.erased_at IS NULL
UNION
SELECT r.id, 'phone', unnest(r.phones) FROM carried c
JOIN sources_sourcerecord r ON r.id = c.record_id WHERE r.erased_at IS NULL
UNION
SELECT c.record_id, 'email', e.value FROM carried c
JOIN sources_membership m USING (record_id) JOIN contacts_contactemail e USING (contact_id)
UNION
SELECT c.record_id, 'phone', p.value FROM carried c
JOIN sources_membership m USING (record_id) JOIN contacts_contactphone p USING (contact_id)
"""
_HAND_OVER: Final = """
UPDATE contacts_suppressedrecord c SET value_id = o.value_id FROM (
    SELECT DISTINCT ON (s.record_id) s.record_id, v.id AS value_id
    FROM unnest(%(records)s::bigint[], %(digests)s::bytea[]) AS s(record_id, digest)
    JOIN contacts_suppressedvalue v ON v.digest = s.digest
    WHERE v.suppression_id = %(suppression)s AND v.id <> %(lifted)s AND v.lift_id IS NULL
    ORDER BY s.record_id, v.id
) o WHERE c.record_id = o.record_id AND c.suppression_id = %(suppression)s AND c.value_id = %(lifted)s
    AND c.lift_id IS NULL AND c.withdrawn_by IS NULL
"""


def over(*, today: date) -> QuerySet[Suppression]:
    """In force still, though their last day is over."""
    carried = SuppressedRecord.objects.in_force().filter(suppression_id=OuterRef("pk"))
    values = SuppressedValue.objects.filter(suppression_id=OuterRef("pk"), lift__isnull=True)
    return Suppression.objects.filter(Q(Exists(carried)) | Q(Exists(values)), ends_on__lt=today).order_by(
        "pk"
    )
