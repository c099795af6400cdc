"""Contacts that share what must be unique, over all of them: sources are not refused, so they may (X1).

By the same keys as what people type (`identity`): whatever the case, the punctuation and the script.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import polars as pl
from django.db import connection, transaction

from kith import bulk
from kith.contacts.checks.identity import NAMES
from kith.contacts.settings.uniqueness import Combination, Uniqueness
from kith.matching.cleaning.text import fold
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
    """One query a combination, and one for the names."""
    with transaction.atomic():
        bulk.load(_names(rule), _NAMES, columns={"name": "text", "key": "text"})
        groups = [
            one
            for kind in (PERSON, COMPANY)
            for combination in rule.of(kind)
            for one in _sharing(combination, kind=kind)
        ]
        bulk.drop(_NAMES)
    return Found(tuple(groups[:MOST]), is_all=len(groups) < MOST)


def _names(rule: Uniqueness) -> pl.DataFrame:
    """Each different name that the rule compares, with its key; PostgreSQL knows no other scripts."""
    asked = {(field, kind) for kind in (PERSON, COMPANY) for one in rule.of(kind) for field in one.fields}
    asks = [
        f"SELECT {field} FROM contacts_contact WHERE state = 'active' AND kind = '{kind}' AND {field} <> ''"
        for field, kind in sorted(asked)
        if field in NAMES
    ]
    names = bulk.fetch(" UNION ".join(asks), schema={"name": pl.String()}) if asks else _NOBODY
    keys = pl.Series("key", [fold(name) for name in names["name"]], dtype=pl.String)
    return names.with_columns(keys).filter(pl.col("key") != "")


_NOBODY: Final = pl.DataFrame(schema={"name": pl.String()})
_NAMES: Final = "contacts_names_compared"


def _sharing(combination: Combination, *, kind: str) -> list[Shared]:
    keys = ", ".join(_key(field) for field in combination.fields)
    there = " AND ".join(f"{_key(field)} <> ''" for field in combination.fields)
    joins = " ".join(_join(field) for field in combination.fields)
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


def _join(field: str) -> str:
    """Fields are those of the rule, which names no others (`uniqueness`)."""
    if field in NAMES:
        return f"JOIN {_NAMES} {field} ON {field}.name = c.{field}"
    if field in _OF_ROWS:
        return f"JOIN {_OF_ROWS[field]} {field} ON {field}.contact_id = c.id AND {field}.is_primary"
    return ""


def _key(field: str) -> str:
    if field in NAMES:
        return f"{field}.key"
    if field in _OF_ROWS:
        return f"lower({field}.value)"
    if field == "birth_date":
        return "c.birth_date::text"
    return rf"lower(regexp_replace(c.{field}, '[\W_]', '', 'g'))"
