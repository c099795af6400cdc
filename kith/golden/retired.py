"""Values that people retired: inactive or removed e-mails, phones and addresses are no golden values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from django.db import connection

from kith import bulk

RETIRED: Final[dict[str, pl.DataType]] = {
    "contact_id": pl.Int64(),
    "field": pl.String(),
    "value": pl.String(),
}
"""`value`: the key of the value, as `pieces.keys_of`."""

_ANY: Final = """
SELECT EXISTS (SELECT 1 FROM golden_valuestatement
    WHERE about = 'state' AND ended_at IS NULL AND said <> 'active')
"""


def retired_of(placed: str, parameters: Sequence[bulk.Parameter]) -> pl.DataFrame | None:
    """As `RETIRED`; None when there are none. `placed`: as in `assembly`.

    One look at an index: an installation without them pays nothing else.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ANY)
        if not cursor.fetchall()[0][0]:
            return None
    found = bulk.fetch(
        f"""
        SELECT contact_id, field, key FROM (
            SELECT DISTINCT ON (p.contact_id, s.field, s.key) p.contact_id, s.field, s.key, s.said
            FROM golden_valuestatement s JOIN ({placed}) p ON p.record_id = s.record_id
            WHERE s.about = 'state' AND s.ended_at IS NULL
            ORDER BY p.contact_id, s.field, s.key, s.id DESC) newest
        WHERE said <> 'active'
        """,
        parameters,
        schema=RETIRED,
    )
    return None if found.is_empty() else found
