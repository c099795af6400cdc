"""Contacts that share what must be unique, over all of them: sources are not refused, so they may (X1).

As it is spelled, whatever the case and the punctuation; who types is compared more closely (`identity`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db import connection

from kith.contacts.settings.uniqueness import Combination, Uniqueness
from kith.matching.records import COMPANY, PERSON

MOST: Final = 10_000
_OF_ROWS: Final = {"email": "contacts_contactemail", "phone": "contacts_contactphone"}


@dataclass(frozen=True, slots=True)
class Shared:
    contact_ids: tuple[int, ...]
    """Two or more, smallest first."""
    words: str


@dataclass(frozen=True, slots=True)
class Found:
    groups: tuple[Shared, ...]
    is_all: bool
    """False: there are more than were looked for."""


def shared(rule: Uniqueness) -> Found:
    """One query a combination."""
    groups = [
        one
        for kind in (PERSON, COMPANY)
        for combination in rule.of(kind)
        for one in _sharing(combination, kind=kind)
    ]
    return Found(tuple(groups[:MOST]), is_all=len(groups) < MOST)


def _sharing(combination: Combination, *, kind: str) -> list[Shared]:
    keys = ", ".join(_key(field) for field in combination.fields)
    there = " AND ".join(f"{_key(field)} <> ''" for field in combination.fields)
    joins = " ".join(
        f"JOIN {_OF_ROWS[field]} {field} ON {field}.contact_id = c.id AND {field}.is_primary"
        for field in combination.fields
        if field in _OF_ROWS
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            SELECT array_agg(c.id ORDER BY c.id) FROM contacts_contact c {joins}
            WHERE c.state = 'active' AND c.kind = %s AND {there}
            GROUP BY {keys} HAVING count(*) > 1 ORDER BY min(c.id) LIMIT {MOST}
            """,
            [kind],
        )
        return [Shared(tuple(ids), combination.words) for (ids,) in cursor.fetchall()]


def _key(field: str) -> str:
    """Fields are those of the rule, which names no others (`uniqueness`)."""
    if field in _OF_ROWS:
        return f"lower({field}.value)"
    return (
        "c.birth_date::text" if field == "birth_date" else rf"lower(regexp_replace(c.{field}, '\W', '', 'g'))"
    )
