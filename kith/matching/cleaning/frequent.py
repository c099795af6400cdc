"""E-mails and phones of nobody in particular: the box office's number, a switchboard, a shared inbox."""

from __future__ import annotations

from typing import Final

import duckdb
import pyarrow as pa

FREQUENT: Final = pa.schema(
    [("field", pa.string()), ("value", pa.string()), ("count", pa.int64()), ("names", pa.int64())]
)
"""`field`: emails or phones. `count`: records that hold the value. `names`: different names among them."""

_HELD: Final = """
    SELECT '{field}' AS field, value, count(*) AS count, count(DISTINCT name) AS names
    FROM (
        SELECT unnest({field}) AS value,
               nullif(concat_ws(' ', coalesce(last_key, company_key), first_key[1]), '') AS name
        FROM records WHERE len({field}) > 0
    )
    GROUP BY value
    HAVING count(*) > $more_than AND count(DISTINCT name) > $more_names_than
"""


def frequent_values(records: pa.Table, *, more_than: int = 12, more_names_than: int = 8) -> pa.Table:
    """`records`: the columns emails, phones, first_key, last_key and company_key of the cleaned claim.

    Values of more than `more_than` records with more than `more_names_than` different names (last name
    and first letter, or company), most frequent first. A family, or one client recorded often, has few names.
    """
    query = " UNION ALL ".join(_HELD.format(field=field) for field in ("emails", "phones"))
    with duckdb.connect() as connection:
        connection.register("records", records)
        found = connection.sql(
            f"{query} ORDER BY count DESC, field, value",
            params={"more_than": more_than, "more_names_than": more_names_than},
        )
        table: pa.Table = found.to_arrow_table()
    return table.cast(FREQUENT)
