"""The name days of all persons: distinct first names here, every contact in one statement there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import polars as pl
from django.db import connection, transaction

from kith import bulk
from kith.namedays.matching import first_of
from kith.namedays.sections import InForce, Scope

Report = Callable[[int, int], None]
_EVERY: Final = 2_000
_TEXT: Final = pl.String()
_COLUMNS: Final = {
    "first_name": "text",
    "language": "text",
    "country": "text",
    "day": "text",
    "calendar": "text",
    "listed": "text",
    "is_sure": "boolean",
}


def compute(in_force: InForce, *, scope: Scope, report: Report) -> Mapping[str, int]:
    """All or nothing, and the same again for whoever does it twice. `report` may raise to stop it before
    anything is written; called outside the transaction."""
    names = bulk.fetch(_NAMES, schema={"first_name": _TEXT, "language": _TEXT, "country": _TEXT})
    found = _found(names, in_force, report)
    with transaction.atomic():
        bulk.load(found, "namedays_found", columns=_COLUMNS)
        with connection.cursor() as cursor:
            cursor.execute(_WRITE, {"without": scope is Scope.WITHOUT})
            (row,) = cursor.fetchall()
        bulk.drop("namedays_found")
    persons, typed, matched, added, changed, removed = row
    return {
        "persons": persons,
        "typed": typed,
        "found": matched,
        "added": added,
        "changed": changed,
        "removed": removed,
    }


def _found(names: pl.DataFrame, in_force: InForce, report: Report) -> pl.DataFrame:
    rows: list[tuple[str, str, str, str, str, str, bool]] = []
    total = names.height
    for place, (first, language, country) in enumerate(names.iter_rows()):
        if place % _EVERY == 0:
            report(place, total)
        listed = first_of(in_force.for_contact(language=language, country=country), first)
        if listed is not None:
            rows.append(
                (first, language, country, listed.day.code, listed.calendar, listed.name, listed.is_sure)
            )
    report(total, total)
    kinds = {name: pl.Boolean() if kind == "boolean" else _TEXT for name, kind in _COLUMNS.items()}
    return pl.DataFrame(rows, schema=kinds, orient="row")


_PERSON: Final = "c.state = 'active' AND c.kind = 'person'"
_NAMES: Final = f"""
SELECT DISTINCT first_name, coalesce(language, ''), coalesce(residence_country, '')
FROM contacts_contact c WHERE {_PERSON} AND first_name <> '' AND name_day IS NULL
"""
_WRITE: Final = f"""
WITH persons AS (
    SELECT c.id, c.name_day IS NOT NULL AS typed,
        hashtextextended(coalesce(c.first_name, ''), 0) AS name_hash, f.day, f.calendar, f.listed, f.is_sure
    FROM contacts_contact c
    LEFT JOIN namedays_found f ON f.first_name = c.first_name AND f.language = coalesce(c.language, '')
        AND f.country = coalesce(c.residence_country, '') AND c.name_day IS NULL
    WHERE {_PERSON}
), kept AS (
    SELECT n.contact_id FROM namedays_nameday n JOIN persons p ON p.id = n.contact_id
    WHERE %(without)s AND NOT p.typed AND p.name_hash = n.name_hash
), wanted AS (
    SELECT * FROM persons p
    WHERE p.day IS NOT NULL AND NOT EXISTS (SELECT 1 FROM kept k WHERE k.contact_id = p.id)
), gone AS (
    DELETE FROM namedays_nameday n
    WHERE NOT EXISTS (SELECT 1 FROM wanted w WHERE w.id = n.contact_id)
        AND NOT EXISTS (SELECT 1 FROM kept k WHERE k.contact_id = n.contact_id)
    RETURNING 1
), put AS (
    INSERT INTO namedays_nameday AS n (contact_id, day, calendar, listed, is_sure, name_hash)
    SELECT id, day, calendar, listed, is_sure, name_hash FROM wanted
    ON CONFLICT (contact_id) DO UPDATE SET day = excluded.day, calendar = excluded.calendar,
        listed = excluded.listed, is_sure = excluded.is_sure, name_hash = excluded.name_hash
    WHERE (n.day, n.calendar, n.listed, n.is_sure, n.name_hash)
        IS DISTINCT FROM
        (excluded.day, excluded.calendar, excluded.listed, excluded.is_sure, excluded.name_hash)
    RETURNING xmax = 0 AS is_new
)
SELECT (SELECT count(*) FROM persons), (SELECT count(*) FROM persons WHERE typed),
    (SELECT count(*) FROM wanted) + (SELECT count(*) FROM kept),
    (SELECT count(*) FROM put WHERE is_new), (SELECT count(*) FROM put WHERE NOT is_new),
    (SELECT count(*) FROM gone)
"""
