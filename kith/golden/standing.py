"""The overrides of many contacts at once: which are in force, and which a source has ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from django.db import connection

from kith import bulk
from kith.golden.rules import NAME, NAME_PARTS, PLAIN_FIELDS
from kith.matching.records import ADDRESS_PARTS

_LISTS: Final = {"emails": "to_jsonb(r.emails)", "phones": "to_jsonb(r.phones)", "addresses": "r.addresses"}


def _said(field: str) -> str:
    if field in _LISTS:
        return f"md5({_LISTS[field]}::text)"
    columns = NAME_PARTS if field == NAME else (field,)
    return f"md5(jsonb_build_array({', '.join(f'r.{column}' for column in columns)})::text)"


_EACH_SAID: Final = " ".join(
    f"WHEN '{field}' THEN {_said(field)}" for field in (NAME, *PLAIN_FIELDS, *_LISTS)
)
SAID: Final = f"CASE o.field {_EACH_SAID} END"
"""What the cleaned claim `r` says for the field of the override `o`, as a hash: the same value sent again is
the same, however the source writes it."""

STANDS: Final = f"o.state = 'in_force' AND (o.mode = 'pinned' OR o.against = {SAID})"
"""The override `o` counts, beside the claim `r` it hangs on."""


def said_now(record_id: int, *, field: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {SAID} FROM sources_sourcerecord r, (SELECT %s AS field) o WHERE r.id = %s",
            [field, record_id],
        )
        return str(cursor.fetchall()[0][0])


def any_in_force() -> bool:
    """One look at an index: an installation without overrides pays nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM golden_goldenoverride WHERE state = 'in_force')")
        return bool(cursor.fetchall()[0][0])


def end_outdated(contact_ids: Sequence[int]) -> None:
    """Those until the source changes, where it has changed."""
    if not any_in_force():
        return
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE golden_goldenoverride o
            SET state = 'ended', ended_at = now(), ended_because = 'source_changed'
            FROM sources_sourcerecord r JOIN sources_membership m ON m.record_id = r.id
            WHERE r.id = o.record_id AND m.contact_id = ANY(%s)
                AND o.state = 'in_force' AND o.mode = 'until_changed' AND o.against <> {SAID}
            """,
            [list(contact_ids)],
        )


_TEXT = pl.String()
_TEXTS = pl.List(pl.String())
_ADDRESS: Final = pl.Struct(dict.fromkeys(("type", *ADDRESS_PARTS), _TEXT))
_LIST_TYPES: Final[dict[str, pl.DataType]] = {
    "emails": _TEXTS,
    "email_types": _TEXTS,
    "phones": _TEXTS,
    "phone_types": _TEXTS,
    "addresses": pl.List(_ADDRESS),
    "street_keys": _TEXTS,
    "postcode_keys": _TEXTS,
}
PIECE: Final[dict[str, pl.DataType]] = {
    **dict.fromkeys((*NAME_PARTS, "first_key", "middle_key", "last_key", "company_key"), _TEXT),
    **dict.fromkeys(PLAIN_FIELDS, _TEXT),
    "direct_marketing": pl.Boolean(),
    "affiliate_marketing": pl.Boolean(),
    **_LIST_TYPES,
}
"""The columns of `pieces.Piece` that a claim has too. `birth_date` is text on the way."""
_ARRIVING: Final[dict[str, pl.DataType]] = {
    "override_id": pl.Int64(),
    "contact_id": pl.Int64(),
    "field": _TEXT,
    "is_pinned": pl.Boolean(),
    "made_at": pl.Datetime("us", "UTC"),
    "tier": pl.Int64(),
    "value": _TEXT,
}


def overrides_of(placed: str, parameters: Sequence[bulk.Parameter]) -> pl.DataFrame | None:
    """A row per override in force with the columns of its piece; None when there are none.

    `placed`: as in `assembly`. One that its source has ended counts no more, even where that is not yet
    written down.
    """
    if not any_in_force():
        return None
    found = bulk.fetch(
        f"""
        SELECT o.id, p.contact_id, o.field, o.mode = 'pinned', o.made_at, p.leads, o.value::text
        FROM golden_goldenoverride o
        JOIN ({placed}) p ON p.record_id = o.record_id
        JOIN sources_sourcerecord r ON r.id = o.record_id
        WHERE {STANDS}
        """,
        parameters,
        schema=_ARRIVING,
    )
    return None if found.is_empty() else _opened(found)


def _opened(found: pl.DataFrame) -> pl.DataFrame:
    piece = pl.Struct({**PIECE, "leads": pl.Boolean(), "despite": pl.List(pl.Int64())})
    opened = found.with_columns(pl.col("value").str.json_decode(piece)).unnest("value")
    return opened.with_columns(pl.col("birth_date").str.to_date("%Y-%m-%d"))
