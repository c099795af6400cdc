"""Whom an entry of the journal concerns, by numbers only."""

from __future__ import annotations

from typing import Final

from django.db import connection

from kith.audit.refs import Refs
from kith.sources.models import SourceRecord

_OF_RECORD: Final = """
SELECT contact_id FROM sources_membership WHERE record_id = %(record)s
UNION SELECT to_contact_id FROM grouping_move WHERE record_id = %(record)s
UNION SELECT from_contact_id FROM grouping_move WHERE record_id = %(record)s AND from_contact_id IS NOT NULL
ORDER BY 1
"""
_LED_HERE: Final = """
WITH RECURSIVE led(id) AS (
    SELECT %(contact)s::bigint
    UNION SELECT c.id FROM contacts_contact c JOIN led ON c.successor_id = led.id
)
SELECT id FROM led ORDER BY id LIMIT 1000
"""


def _record_of(text: str) -> int | None:
    """`CRM:4711`, `CRM 4711`, or `4711` where one source only has it."""
    typed = text.strip()
    code, _, ref = typed.replace(":", " ", 1).partition(" ")
    named = SourceRecord.objects.filter(source__code__iexact=code, system_ref=ref.strip())
    found = (
        named.values_list("pk", flat=True)[:1]
        or SourceRecord.objects.filter(system_ref=typed).values_list("pk", flat=True)[:2]
    )
    return found[0] if len(found) == 1 else None


def _contacts_of(record_id: int) -> tuple[int, ...]:
    return _ids(_OF_RECORD, {"record": record_id})


def _led_here(group_id: int) -> tuple[int, ...]:
    return _ids(_LED_HERE, {"contact": group_id})


def _ids(sql: str, given: dict[str, int]) -> tuple[int, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return tuple(row[0] for row in cursor.fetchall())


REFS: Final = Refs(record_of=_record_of, contacts_of=_contacts_of, led_here=_led_here)
