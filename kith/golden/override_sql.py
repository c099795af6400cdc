"""What people say, laid over what the claims make (DuckDB); only run where somebody said something.

It reads the table `overrides`: a row per override in force, with the columns of `standing.PIECE`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Final

from kith.golden.rules import AUTHORISATIONS, LIST_FIELDS, custom_code, parts_of
from kith.golden.sql import ADDRESS_KEY
from kith.golden.standing import PIECE
from kith.matching.records import ADDRESS_PARTS

_SPOKEN: Final = (
    "contact_id",
    *(name for name in PIECE if name not in {"addresses", "custom_value"}),
    "custom",
    *("first_words", "middle_words", "last_words", "company_words", "first_sounds", "last_sounds"),
)


def spoken(*, without: Collection[str]) -> str:
    """Search finds a contact by what people say of it too. After the claims were ranked."""
    columns = ", ".join(name for name in _SPOKEN if name not in without)
    return f"INSERT INTO claims BY NAME SELECT {columns} FROM overrides"


_YES_OR_NO: Final = " ".join(f"WHEN '{field}' THEN {field}" for field in AUTHORISATIONS)
_NO_ELSEWHERE: Final = " OR ".join(
    f"(o.field = '{field}' AND o.{field} AND EXISTS (FROM scored s WHERE s.contact_id = o.contact_id"
    f" AND NOT s.{field} AND NOT coalesce(list_contains(o.despite, s.record_id), false)))"
    for field in AUTHORISATIONS
)
LEADING: Final = f"""
CREATE TEMP TABLE leading_overrides AS
SELECT o.* FROM overrides o WHERE NOT coalesce({_NO_ELSEWHERE}, false)
QUALIFY row_number() OVER (PARTITION BY o.contact_id, o.field ORDER BY
    CASE o.field {_YES_OR_NO} END ASC NULLS LAST, o.tier ASC NULLS LAST, o.is_pinned DESC, o.made_at DESC,
    o.override_id DESC) = 1
"""
"""One per contact and field. Grouping may bring several together: those of the master go first, then pinned
ones, then the newest. Of authorisations the strictest: a no of anybody stands, unless a pinned yes was said
in the face of just that no."""


def over_golden(fields: Iterable[str]) -> Iterator[str]:
    """For single fields: their values, and in the provenance the override instead of a System Ref."""
    for field in fields:
        if field in LIST_FIELDS or custom_code(field) is not None:
            continue
        values = ", ".join(f"{column} = l.{column}" for column in parts_of(field))
        yield (
            f"UPDATE golden SET {values} FROM leading_overrides l"
            f" WHERE l.contact_id = golden.contact_id AND l.field = '{field}'"
        )
    yield """
        UPDATE golden SET provenance = json_merge_patch(json_merge_patch(provenance, l.gone), l.overridden)
        FROM (SELECT contact_id, json_group_object(field, NULL) AS gone,
                json_object('overridden', json_group_object(field, override_id)) AS overridden
              FROM leading_overrides GROUP BY contact_id) l
        WHERE l.contact_id = golden.contact_id
    """


OVER_CUSTOM: Final = (
    "DELETE FROM custom_now USING leading_overrides l WHERE l.contact_id = custom_now.contact_id"
    " AND l.field = 'custom.' || custom_now.code",
    "INSERT INTO custom_now SELECT contact_id, substr(field, 8), custom_value, NULL FROM leading_overrides"
    " WHERE field LIKE 'custom.%' AND custom_value IS NOT NULL",
)


def without_retired(field: str) -> tuple[str, ...]:
    """Values that people retired: the others keep their order, the first of them is the primary one."""
    kept = f"FROM {field} ANTI JOIN (FROM retired WHERE field = '{field}') USING (contact_id, value)"
    return (
        f"""
        CREATE TEMP TABLE kept AS SELECT * REPLACE (
            row_number() OVER (PARTITION BY contact_id ORDER BY position) - 1 AS position) {kept}
        """,
        f"DROP TABLE {field}",
        f"ALTER TABLE kept RENAME TO {field}",
    )


def over_list(field: str) -> tuple[str, ...]:
    """E-mails, phones or addresses: the primary one that a person chose goes first, others typed go last.

    A value that no claim holds is said by nobody: source record 0.
    """
    columns = ADDRESS_PARTS if field == "addresses" else ()
    # Where a value stands, its claims say; its type and parts, whoever typed it says first.
    said_first = "(if(rank = 1, 3, rank), spot)"
    picked = "".join(f", arg_min_null(a.{part}, {said_first}) AS {part}" for part in columns)
    return (
        f"""
        CREATE TEMP TABLE laid AS
        WITH stated AS ({_stated(field)}), together AS (
            SELECT contact_id, value, type, source_record_id, 1 AS rank, position AS spot{_as_struct(field)}
            FROM {field} SEMI JOIN stated USING (contact_id)
            UNION ALL
            SELECT contact_id, value, type, 0, if(leads AND spot = 1, 0, 2), spot{_struct(field)} FROM stated
        ), single AS (
            SELECT contact_id, value, coalesce(arg_min(type, {said_first}) FILTER (type <> ''), '') AS type,
                max(source_record_id) AS source_record_id, min((rank, spot)) AS place{picked}
            FROM together GROUP BY contact_id, value
        )
        SELECT * EXCLUDE (place),
            row_number() OVER (PARTITION BY contact_id ORDER BY place) - 1 AS position
        FROM single
        """,
        f"DELETE FROM {field} WHERE contact_id IN (SELECT contact_id FROM laid)",
        f"INSERT INTO {field} BY NAME FROM laid",
        "DROP TABLE laid",
    )


def _stated(field: str) -> str:
    mine = f"FROM leading_overrides WHERE field = '{field}'"
    if field == "addresses":
        return f"""
            SELECT contact_id, leads, spot, a, {ADDRESS_KEY} AS value, coalesce(a.type, '') AS type FROM (
                SELECT contact_id, leads, unnest(addresses) AS a, unnest(street_keys) AS street_key,
                    unnest(postcode_keys) AS postcode_key, generate_subscripts(addresses, 1) AS spot {mine})
        """
    types = "email_types" if field == "emails" else "phone_types"
    return f"""
        SELECT contact_id, leads, unnest({field}) AS value, unnest({types}) AS type,
            generate_subscripts({field}, 1) AS spot {mine}
    """


def _as_struct(field: str) -> str:
    packed = ", ".join(f'"{part}" := {part}' for part in ("type", *ADDRESS_PARTS))
    return f", struct_pack({packed}) AS a" if field == "addresses" else ""


def _struct(field: str) -> str:
    return ", a" if field == "addresses" else ""
