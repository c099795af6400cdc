"""The overrides of many contacts at once: which are in force, and which a source has ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
from django.db import connection

from kith import bulk
from kith.golden.rules import COLUMNS, NAME, PLAIN_FIELDS, parts_of
from kith.matching.records import ADDRESS_PARTS, CUSTOM_PREFIX

_LISTS: Final = {"emails": "to_jsonb(r.emails)", "phones": "to_jsonb(r.phones)", "addresses": "r.addresses"}


def _said(field: str) -> str:
    if field in _LISTS:
        return f"md5({_LISTS[field]}::text)"
    whole = f"md5(jsonb_build_array({', '.join(f'r.{column}' for column in parts_of(field))})::text)"
    if field == NAME or len(parts_of(field)) == 1:
        return whole
    # A document of which only the number is stated reads as it did before it had other parts.
    others = ", ".join(f"r.{part}" for part in parts_of(field)[1:])
    return (
        f"CASE WHEN num_nonnulls({others}) = 0 THEN md5(jsonb_build_array(r.{field})::text) ELSE {whole} END"
    )


_EACH_SAID: Final = " ".join(
    f"WHEN '{field}' THEN {_said(field)}" for field in (NAME, *PLAIN_FIELDS, *_LISTS)
)
_CUSTOM_SAID: Final = "md5(jsonb_build_array(r.custom->>substr(o.field, 8))::text)"
SAID: Final = f"CASE o.field {_EACH_SAID} ELSE {_CUSTOM_SAID} END"
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
    **dict.fromkeys((*COLUMNS, "first_key", "middle_key", "last_key", "company_key", "custom_value"), _TEXT),
    "employees": pl.Int64(),
    "direct_marketing": pl.Boolean(),
    "affiliate_marketing": pl.Boolean(),
    **_LIST_TYPES,
}
"""The columns of `pieces.Piece` that a golden record is made of. Dates are text on the way."""
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
    return None if found.is_empty() else opened(found)


def opened(found: pl.DataFrame) -> pl.DataFrame:
    """The column `value`, a piece as JSON, as the columns of the piece, and `custom` as a claim has it."""
    piece = pl.Struct({**PIECE, "leads": pl.Boolean(), "despite": pl.List(pl.Int64())})
    read = dated(found.with_columns(pl.col("value").str.json_decode(piece)).unnest("value"))
    code = pl.col("field").str.strip_prefix(CUSTOM_PREFIX)
    value = pl.struct(pl.col("custom_value").alias("v")).struct.json_encode().str.slice(len('{"v":'))
    said = pl.concat_str(pl.lit('{"'), code, pl.lit('":'), value)
    return read.with_columns(pl.when(pl.col("custom_value").is_not_null()).then(said).alias("custom"))


_DATES: Final = ("birth_date", "id_number_expires", "passport_expires", "established_on")


def dated(frame: pl.DataFrame) -> pl.DataFrame:
    """With texts of dates read."""
    texts = [name for name in _DATES if frame.schema[name] == pl.String]
    return frame.with_columns(pl.col(texts).str.to_date("%Y-%m-%d"))
