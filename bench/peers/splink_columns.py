"""The cleaned claim as the flat columns that Splink compares, in DuckDB."""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

from kith.matching.cleaning.frequent import frequent_values
from kith.matching.nickname_groups import all_groups

THREADS: Final = 2

# A company's name stands where a person's last name does, so that one model serves both kinds.
_COLUMNS: Final = """
CREATE OR REPLACE TABLE refs AS
SELECT record_id AS unique_id, kind,
    CASE WHEN kind = 'company' THEN NULL ELSE first_key END AS first_name,
    CASE WHEN kind = 'company' THEN NULL ELSE coalesce(canonical.name, first_key) END AS first_canonical,
    CASE WHEN kind = 'company' THEN company_key ELSE last_key END AS last_name,
    gender, birth_date AS dob, strftime(birth_date, '%Y-%m-%d') AS dob_text,
    list_filter(emails, lambda email: email NOT IN (SELECT value FROM frequent)) AS emails,
    list_filter(phones, lambda phone: phone NOT IN (SELECT value FROM frequent)) AS phones,
    nullif(street_keys[1], '') AS street, nullif(postcode_keys[1], '') AS postcode,
    coalesce(id_number, passport_number, vat_number) AS identity, registration_number AS registration
FROM records LEFT JOIN canonical ON canonical.nick = records.first_key
"""
_FLAT: Final = """
CREATE OR REPLACE TABLE prepared AS
SELECT *, emails[1] AS email, split_part(emails[1], '@', 1) AS email_name, phones[1] AS phone,
    first_name || ' ' || last_name AS name, last_name || ' ' || first_name AS turned_name,
    CASE WHEN count(*) OVER (PARTITION BY first_canonical, last_name) <= {common}
        THEN first_canonical || ' ' || last_name END AS rare_name
FROM refs
"""
COMMON_NAME: Final = 30
"""Records of one full name beyond which the name alone is no reason to compare them."""


def prepare(connection: duckdb.DuckDBPyConnection, records: pa.Table, *, without_frequent: bool) -> None:
    """Makes the table `prepared`. Without switchboards when asked: found from the data, as Kith does."""
    frequent = pa.table({"value": pa.array([], pa.string())})
    if without_frequent:
        frequent = frequent_values(records).select(["value"])
    connection.register("records", records)
    connection.register("canonical", _canonical())
    connection.execute(_without_subquery(frequent))
    connection.execute(_FLAT.format(common=COMMON_NAME))
    connection.execute("DROP TABLE refs")


def _without_subquery(frequent: pa.Table) -> str:
    """A lambda cannot hold a subquery, so the few values stand in the statement itself."""
    values = ", ".join("'" + value.replace("'", "''") + "'" for value in frequent["value"].to_pylist())
    return _COLUMNS.replace("(SELECT value FROM frequent)", f"({values or 'NULL'})").replace(
        "NOT IN (NULL)", "IS NOT NULL"
    )


def _canonical() -> pa.Table:
    """One canonical name for each nickname: our own group first, otherwise the first full name."""
    chosen = {nick: min(groups - {nick}, default=nick) for nick, groups in all_groups().items()}
    return pa.table({"nick": list(chosen), "name": list(chosen.values())})
