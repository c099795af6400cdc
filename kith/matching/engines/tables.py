"""Loading records into DuckDB: emptiness becomes NULL, columns are derived, switchboards are taken out."""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

from kith.matching.engines.sql import COLUMNS, sound_column, uses
from kith.matching.evidence import EngineOptions, FrequentValues
from kith.matching.nickname_groups import all_groups
from kith.matching.phonetics import sound_key
from kith.matching.records import COMPANY, PERSON
from kith.matching.rules import IDENTITY_FIELDS, Comparison, Field, Rule

_NUMBERS: Final = ", ".join(f"'{field.value}:' || nullif({field.value}, '')" for field in IDENTITY_FIELDS)
_SINGLE: Final = ", ".join(f"nullif({field.value}, '') AS {field.value}" for field in IDENTITY_FIELDS)

_LOAD: Final = f"""
CREATE TEMP TABLE record AS
SELECT record_id AS rid, if(kind = '{COMPANY}', '{COMPANY}', '{PERSON}') AS kind, birth_date,
    nullif(first_key, '') AS first_key, nullif(middle_key, '') AS middle_key,
    nullif(last_key, '') AS last_key, nullif(company_key, '') AS company_key,
    {_SINGLE},
    list_distinct(list_filter(emails, lambda v: v <> '')) AS emails,
    list_distinct(list_filter(phones, lambda v: v <> '')) AS phones,
    list_filter([{_NUMBERS}], lambda v: v IS NOT NULL) AS identity_numbers,
    list_transform(list_zip(street_keys, postcode_keys),
        lambda a: {{'street': a[1], 'postcode': a[2]}}) AS addresses
FROM incoming
"""

_FULL_KEY: Final = """array_to_string(list_sort(list_filter(
    string_split(first_key || ' ' || last_key, ' '), lambda v: v <> '')), ' ') AS full_key"""


def load(db: duckdb.DuckDBPyConnection, records: pa.Table | pa.RecordBatchReader) -> int:
    """Makes table `record`; returns how many there are."""
    db.register("incoming", records)
    db.execute(_LOAD)
    db.unregister("incoming")
    return count(db, "SELECT count(*) FROM record")


def add_derived(db: duckdb.DuckDBPyConnection, *, rules: tuple[Rule, ...]) -> None:
    """Only what the rules ask for: a column costs memory at millions of records."""
    if any(c.field is Field.FULL_NAME for rule in rules for c in rule.criteria):
        _rebuild(db, f"SELECT *, {_FULL_KEY} FROM record")
    if uses(rules, Comparison.NICKNAME):
        db.register("nick", _nick_table())
        _rebuild(
            db,
            """SELECT record.*, if(first_key IS NULL, NULL, coalesce(groups, [first_key])) AS nick_groups
            FROM record LEFT JOIN nick ON first_key = nick.name""",
        )
    for field in uses(rules, Comparison.PHONETIC):
        _add_sounds(db, field)


def _nick_table() -> pa.Table:
    groups = all_groups()
    return pa.table({"name": list(groups), "groups": [sorted(found) for found in groups.values()]})


def _add_sounds(db: duckdb.DuckDBPyConnection, field: Field) -> None:
    column = COLUMNS[field]
    distinct = db.sql(f"SELECT DISTINCT {column} AS name FROM record WHERE {column} IS NOT NULL")
    names = distinct.to_arrow_table().column("name").to_pylist()
    sounds = pa.array((sound_key(name) for name in names), pa.string())
    db.register("sounds", pa.table({"name": pa.array(names, pa.string()), "sound": sounds}))
    _rebuild(
        db,
        f"""SELECT record.*, nullif(sound, '') AS {sound_column(field)}
        FROM record LEFT JOIN sounds ON {column} = sounds.name""",
    )


def _rebuild(db: duckdb.DuckDBPyConnection, select: str) -> None:
    db.execute(f"CREATE TEMP TABLE rebuilt AS {select}")
    db.execute("DROP TABLE record")
    db.execute("ALTER TABLE rebuilt RENAME TO record")


def drop_frequent(db: duckdb.DuckDBPyConnection, *, options: EngineOptions) -> tuple[FrequentValues, ...]:
    found = (_drop_frequent(db, column, options=options) for column in ("emails", "phones"))
    return tuple(entry for entry in found if entry.values)


def _drop_frequent(db: duckdb.DuckDBPyConnection, column: str, *, options: EngineOptions) -> FrequentValues:
    db.execute(
        f"""
CREATE OR REPLACE TEMP TABLE frequent AS
WITH held AS (SELECT unnest({column}) AS value, rid FROM record),
many AS (SELECT value FROM held GROUP BY value HAVING count(*) > {options.frequent_records}),
named AS (
    SELECT value, hash(first_key, last_key, company_key) AS name
    FROM held JOIN many USING (value) JOIN record USING (rid)
)
SELECT value FROM named GROUP BY value HAVING count(DISTINCT name) > {options.frequent_names}
"""
    )
    values = count(db, "SELECT count(*) FROM frequent")
    if not values:
        return FrequentValues(field=column, values=0, records=0)
    db.execute(
        f"""
CREATE OR REPLACE TEMP TABLE touched AS
WITH held AS (SELECT rid, unnest({column}) AS value FROM record)
SELECT rid, list(value) FILTER (gone IS NULL) AS kept FROM (
    SELECT held.rid, held.value, frequent.value AS gone FROM held LEFT JOIN frequent USING (value)
) GROUP BY rid HAVING bool_or(gone IS NOT NULL)
"""
    )
    db.execute(f"UPDATE record SET {column} = coalesce(kept, []) FROM touched WHERE record.rid = touched.rid")
    return FrequentValues(field=column, values=values, records=count(db, "SELECT count(*) FROM touched"))


def count(db: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(db.execute(query).fetchall()[0][0])
