"""Every personal value that Kith stores of a contact, read from what each room declares of its models.

A field that somebody adds is in the report without a line here, unless its declaration says why it is not
(`Treatment.not_reported`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any, Final

from django.db import connection, models

from kith.contacts.belongings import record_ids_of
from kith.contacts.models import Contact
from kith.contacts.report import Cell
from kith.kernel.personal_data import Personal
from kith.privacy.erasing.places import Place, column_of, places

# Retired GroupIDs that lead here, unless a System Ref that was theirs is somebody else's now: what such a row
# still holds may be of the other one.
_LED: Final = """
WITH RECURSIVE led AS (
    SELECT id FROM contacts_contact WHERE successor_id = %(contact)s
    UNION
    SELECT c.id FROM contacts_contact c JOIN led ON c.successor_id = led.id
) SELECT id FROM led WHERE NOT EXISTS (
    SELECT 1 FROM grouping_move m JOIN sources_membership s ON s.record_id = m.record_id
    WHERE led.id IN (m.from_contact_id, m.to_contact_id) AND s.contact_id <> %(contact)s)
"""
# Rows that hang on nobody by themselves: what leads to them does.
LED_TO: Final = {
    "contacts_suppression": """
        id IN (SELECT suppression_id FROM contacts_suppressedrecord WHERE record_id = ANY(%(records)s))""",
    "contacts_suppressionlift": """
        id IN (SELECT lift_id FROM contacts_suppressedrecord WHERE record_id = ANY(%(records)s))""",
    "contacts_suppressedvalue": """
        id IN (SELECT value_id FROM contacts_suppressedrecord WHERE record_id = ANY(%(records)s))""",
    "grouping_operation": """
        id IN (SELECT operation_id FROM grouping_move WHERE record_id = ANY(%(records)s)
        UNION SELECT operation_id FROM grouping_decision
            WHERE left_id = ANY(%(records)s) OR right_id = ANY(%(records)s)
        UNION SELECT lifted_by_id FROM grouping_decision
            WHERE left_id = ANY(%(records)s) OR right_id = ANY(%(records)s))""",
    "stewardship_request": """
        id IN (SELECT request_id FROM stewardship_requestcontact WHERE contact_id = ANY(%(contacts)s))""",
}
NOT_FOUND: Final = frozenset({"sources_rejectedrow"})
"""Rows that were never taken in: they say nothing of whose they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    where: str
    """What its row is, for people."""
    row: Cell
    field: str
    text: str


def values_of(contact: Contact) -> Iterator[Value]:
    """In one query for each table, whatever there is in it."""
    names = _names(contact)
    with connection.cursor() as cursor:
        for place in places():
            told = reported(place)
            where = place.where or LED_TO.get(place.table, "")
            if not where or not told:
                continue
            columns = ", ".join(f'"{column_of(place.model, name)}"' for name in told)
            cursor.execute(
                f"SELECT {place.pk}, {columns} FROM {place.table} WHERE {where} ORDER BY {place.pk}",
                names,
            )
            for row, *stored in cursor.fetchall():
                for name, value in zip(told, stored, strict=True):
                    text = _text(place.model._meta.get_field(name), value)
                    if text:
                        yield Value(where=place.rule.label, row=str(row), field=_label(name), text=text)


def reported(place: Place) -> Sequence[str]:
    """Fields with a value that a person may ask to see, but for sealed ones, which have a section that opens
    them."""
    room = place.model.__module__.rsplit(".models", 1)[0]
    declared = import_module(f"{room}.personal_data").FIELDS[place.model.__name__]
    return tuple(
        name
        for name, kind in declared.items()
        if isinstance(kind, Personal)
        and kind is not Personal.COLLEAGUE
        and not (name in place.rule.fields and place.rule.fields[name].not_reported)
        and not isinstance(place.model._meta.get_field(name), models.BinaryField)
    )


def contacts_of(contact: Contact) -> list[int]:
    """Its GroupID, and retired ones that lead to it and to nobody else."""
    return _names(contact)["contacts"]


def _names(contact: Contact) -> dict[str, list[int]]:
    with connection.cursor() as cursor:
        cursor.execute(_LED, {"contact": contact.pk})
        contacts = [contact.pk, *(row[0] for row in cursor.fetchall())]
    return {"records": list(record_ids_of(contact.pk)), "contacts": contacts, "golden": contacts}


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _text(field: Any, stored: object) -> str:
    """'' for nothing. What is a list or a table of values reads as JSON."""
    if stored is None or stored in ("", "{}", "[]", [], {}):
        return ""
    if isinstance(field, models.JSONField):
        body = json.loads(stored) if isinstance(stored, str) else stored
        return body if isinstance(body, str) else json.dumps(body, ensure_ascii=False)
    if isinstance(stored, list):
        return json.dumps(stored, ensure_ascii=False, default=str)
    return str(stored)
