"""Whose a row is in which a value was found: of somebody erased, of somebody else, or nobody's."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import StrEnum
from typing import Final

from django.db import connection
from django.db.models import CompositePrimaryKey

from kith.privacy.erasing.places import Place, owners_of


class Whose(StrEnum):
    OWN = "own"
    """Hangs on a System Ref that is erased, or a contact that is anonymised: must hold nothing."""
    OTHERS = "others"
    NOBODYS = "nobodys"


_ERASED: Final = """
EXISTS (SELECT 1 FROM sources_sourcerecord r WHERE r.id = ANY({records}) AND r.erased_at IS NOT NULL)
OR EXISTS (SELECT 1 FROM contacts_contact c LEFT JOIN contacts_contact s ON s.id = c.successor_id
    WHERE c.id = ANY({contacts}) AND (c.state = 'anonymised' OR c.state = 'retired' AND (
        s.state = 'anonymised' OR EXISTS (
            SELECT 1 FROM grouping_move m JOIN sources_sourcerecord r ON r.id = m.record_id
            WHERE m.to_contact_id = c.id AND r.erased_at IS NOT NULL))))
"""
_LIVING: Final = """
EXISTS (SELECT 1 FROM sources_sourcerecord r WHERE r.id = ANY({records}) AND r.erased_at IS NULL)
OR EXISTS (SELECT 1 FROM contacts_contact c WHERE c.id = ANY({contacts}) AND c.state <> 'anonymised')
"""
_WHOSE: Final = """
SELECT t.{key}::text, CASE WHEN {first} THEN '{said}' WHEN {second} THEN '{otherwise}' ELSE 'nobodys' END
FROM {table} t WHERE t.{key} = ANY(%s::{type}[])
"""
_SHARED: Final[Mapping[str, tuple[str, str]]] = {
    "contacts_suppression": (
        "ARRAY(SELECT s.record_id FROM contacts_suppressedrecord s WHERE s.suppression_id = t.id)",
        "'{}'::bigint[]",
    ),
    "contacts_suppressionlift": (
        "ARRAY(SELECT s.record_id FROM contacts_suppressedrecord s WHERE s.lift_id = t.id)",
        "'{}'::bigint[]",
    ),
    "contacts_suppressedvalue": (
        "ARRAY(SELECT s.record_id FROM contacts_suppressedrecord s WHERE s.value_id = t.id)",
        "'{}'::bigint[]",
    ),
    "grouping_operation": (
        "ARRAY(SELECT m.record_id FROM grouping_move m WHERE m.operation_id = t.id)",
        "'{}'::bigint[]",
    ),
    "stewardship_request": (
        "'{}'::bigint[]",
        "ARRAY(SELECT c.contact_id FROM stewardship_requestcontact c WHERE c.request_id = t.id)",
    ),
}
"""Rows that may concern several people: while one of them is there, what they say is said of others too."""


def key_of(place: Place) -> tuple[str, str]:
    """Column that names a row, and its type; where it lies, if that takes several columns."""
    pk = place.model._meta.pk
    if isinstance(pk, CompositePrimaryKey):
        return "ctid", "tid"
    return str(pk.column), str(pk.db_type(connection))


def whose(place: Place, keys: Collection[str]) -> Mapping[str, Whose]:
    """By primary key as text; what went meanwhile is left out."""
    key, kind = key_of(place)
    shared = _SHARED.get(place.table)
    if shared is None:
        owners = owners_of(place)
        records, contacts = owners.records, owners.contacts
    else:
        records, contacts = shared
    tests = [(_ERASED, Whose.OWN), (_LIVING, Whose.OTHERS)]
    if shared is not None:
        tests.reverse()
    (first, said), (second, otherwise) = tests
    names = {"records": f"({records})::bigint[]", "contacts": f"({contacts})::bigint[]"}
    statement = _WHOSE.format(
        key=key,
        table=place.table,
        type=kind,
        first=first.format(**names),
        said=said,
        second=second.format(**names),
        otherwise=otherwise,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(keys)])
        return {key: Whose(said) for key, said in cursor.fetchall()}
