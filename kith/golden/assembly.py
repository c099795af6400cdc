"""From claims to golden records: set-based, for one contact at once or for all that are stale."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl
from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string

from kith import bulk
from kith.contacts.settings.name_display import NameDisplay, name_display, name_display_to_write
from kith.golden import opt_outs, override_sql, sql, standing
from kith.golden.retired import retired_of
from kith.golden.rules import COLUMNS, FIELDS, LIST_FIELDS, PLAIN_FIELDS, Rules
from kith.golden.stored import as_read, listed
from kith.golden.versions import rules_in_force
from kith.matching.cleaning.text import fold_words
from kith.matching.records import ADDRESS_DETAILS, ADDRESS_LINES, ADDRESS_PARTS, CUSTOM, FURTHER
from kith.matching.sounding import first_name_sound, last_name_sound

CHUNK: Final = 50_000
"""Contacts assembled in one transaction: bounds memory, and what a kill can undo."""

_TEXT = pl.String()
_TIME = pl.Datetime("us", "UTC")
_TEXTS = pl.List(pl.String())
_TYPES: Final[dict[str, pl.DataType]] = {
    "birth_date": pl.Date(),
    "id_number_expires": pl.Date(),
    "passport_expires": pl.Date(),
    "established_on": pl.Date(),
    "employees": pl.Int64(),
    "direct_marketing": pl.Boolean(),
    "affiliate_marketing": pl.Boolean(),
}
CLAIMS: Final[dict[str, pl.DataType]] = {
    "record_id": pl.Int64(),
    "contact_id": pl.Int64(),
    "source_id": pl.Int64(),
    "source_code": _TEXT,
    "source_priority": pl.Int64(),
    "system_ref": _TEXT,
    "kind": _TEXT,
    **{column: _TYPES.get(column, _TEXT) for column in COLUMNS},
    "custom": _TEXT,
    "claimed_at": _TIME,
    "source_created_at": _TIME,
    "received_at": _TIME,
    "first_received_at": _TIME,
    "first_key": _TEXT,
    "middle_key": _TEXT,
    "last_key": _TEXT,
    "company_key": _TEXT,
    "emails": _TEXTS,
    "email_types": _TEXTS,
    "phones": _TEXTS,
    "phone_types": _TEXTS,
    "addresses": _TEXT,
    "street_keys": _TEXTS,
    "postcode_keys": _TEXTS,
    "primary_record_id": pl.Int64(),
    "primary_chosen": pl.Boolean(),
    "leads": pl.Int64(),
    "latest_purchase": pl.Date(),
    "total_spent": pl.Float64(),
    "purchases": pl.Int64(),
    "completed": pl.Int64(),
}
_FROM_ELSEWHERE: Final = {
    "record_id": "r.id",
    "contact_id": "p.contact_id",
    "source_code": "s.code",
    "source_priority": "s.priority",
    "primary_record_id": "p.primary_record_id",
    "primary_chosen": "p.primary_chosen",
    "leads": "p.leads",
    "kind": "p.kind",
    "latest_purchase": "t.latest",
    "total_spent": "coalesce(t.total, 0)",
    "purchases": "coalesce(t.number, 0)",
    "completed": "0",
}

_RARE: Final = (*FURTHER, CUSTOM)
"""Columns that come together as one, and mostly not at all."""
_READ: Final = {name: kind for name, kind in CLAIMS.items() if name not in _RARE} | {"further": _TEXT}
_FURTHER: Final = f"""
CASE WHEN num_nonnulls({", ".join(f"r.{name}" for name in _RARE)}) > 0 THEN jsonb_build_object(
    {", ".join(f"'{name}', r.{name}" for name in FURTHER)}, 'custom', r.custom::text)::text END
""".strip()
_FURTHER_READ: Final = pl.Struct({name: pl.Int64() if name == "employees" else _TEXT for name in _RARE})

_ADDRESS_OF_LINES: Final = (
    "CAST(addresses::JSON AS STRUCT("
    + ", ".join(f'"{part}" VARCHAR' for part in ("type", *ADDRESS_LINES))
    + ")[])"
)
_ADDRESS_OF_PARTS: Final = (
    "json_transform(addresses::JSON, '[{"
    + ", ".join(f'"{part}": "VARCHAR"' for part in ("type", *ADDRESS_PARTS))
    + "}]')"
)
_DETAIL_KEYS: Final = [f'"{part}"' for part in ADDRESS_DETAILS]


@transaction.atomic
def assemble(contact_ids: Sequence[int], *, rules: Rules | None = None) -> int:
    """Compute the golden records of these contacts anew; returns how many. At most a chunk at a time."""
    if not contact_ids:
        return 0
    chosen = rules or rules_in_force()
    display = name_display_to_write()
    standing.end_outdated(contact_ids)
    opt_outs.end_outdated(contact_ids)
    claims = claims_of(contact_ids, with_purchases=chosen.need_purchases)
    overrides = standing.overrides_of(AS_THEY_ARE, [list(contact_ids)])
    retired = retired_of(AS_THEY_ARE, [list(contact_ids)])
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as database:
        compute(database, claims, rules=chosen, overrides=overrides, retired=retired, display=display)
        with watched(contact_ids):
            _write(database, contact_ids)
    return len(contact_ids)


def watched(contact_ids: Sequence[int]) -> AbstractContextManager[None]:
    """Whoever tells other systems looks on: what golden records said before, and say after."""
    watch: Callable[[Sequence[int]], AbstractContextManager[None]]
    watch = import_string(settings.KITH_GOLDEN_WATCH)
    return watch(contact_ids)


def preview(contact_ids: Sequence[int], *, rules: Rules) -> dict[int, dict[str, str]]:
    """By GroupID what each golden field would read with these rules; writes nothing."""
    if not contact_ids:
        return {}
    claims = claims_of(contact_ids, with_purchases=rules.need_purchases)
    return _read(claims, AS_THEY_ARE, [list(contact_ids)], rules=rules)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposed:
    """A contact that does not exist (yet)."""

    key: int
    record_ids: tuple[int, ...]
    primary_record_id: int | None = None
    """Null: the first received."""
    leading_record_ids: tuple[int, ...] = ()
    """As `Contact.leading_record_ids`."""


def preview_supposed(
    contacts: Sequence[Supposed],
    *,
    rules: Rules | None = None,
    kept: pl.DataFrame | None = None,
    withdrawn: pl.DataFrame | None = None,
) -> dict[int, dict[str, str]]:
    """By key what each golden field would read, if System Refs were placed so; writes nothing.

    `kept`: the opt-outs that would be kept with it, as `opt_outs.KEPT`. `withdrawn`: those that would be kept
    no longer, as `opt_outs.WITHDRAWN`.
    """
    if not contacts:
        return {}
    chosen = rules or rules_in_force()
    rows = [(pk, one) for one in contacts for pk in one.record_ids]
    parameters: list[bulk.Parameter] = [
        [pk for pk, _ in rows],
        [one.key for _, one in rows],
        [one.primary_record_id or 0 for _, one in rows],
        [_tier(pk, one.leading_record_ids) for pk, one in rows],
    ]
    claims = _claims(_AS_SUPPOSED, parameters, with_purchases=chosen.need_purchases)
    if kept is not None:
        claims = opt_outs.refusing(claims, kept)
    if withdrawn is not None:
        claims = opt_outs.as_their_sources_say(claims, withdrawn)
    return _read(claims, _AS_SUPPOSED, parameters, rules=chosen)


def _tier(record_id: int, leading: tuple[int, ...]) -> int:
    return leading[: leading.index(record_id)].count(0) if record_id in leading else -1


_AS_SUPPOSED: Final = """
SELECT p.record_id, p.contact_id, r.kind, nullif(p.primary_record_id, 0) AS primary_record_id,
    p.primary_record_id <> 0 AS primary_chosen, nullif(p.leads, -1) AS leads
FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS p(record_id, contact_id, primary_record_id, leads)
JOIN sources_sourcerecord r ON r.id = p.record_id
"""


def _read(
    claims: pl.DataFrame, placed: str, parameters: Sequence[bulk.Parameter], *, rules: Rules
) -> dict[int, dict[str, str]]:
    overrides, retired = standing.overrides_of(placed, parameters), retired_of(placed, parameters)
    with duckdb.connect(config={"threads": 2, "memory_limit": "1GB"}) as database:
        compute(database, claims, rules=rules, overrides=overrides, retired=retired)
        rows = pl.DataFrame(database.sql(_PREVIEW).to_arrow_table()).to_dicts()
    return {
        int(row["contact_id"]): {field: as_read(row[field]) for field in FIELDS if row[field] is not None}
        for row in rows
    }


_PREVIEW: Final = f"""
SELECT contact_id, name, {", ".join(PLAIN_FIELDS)},
    {", ".join(f"{listed(name, table=name, contact_id='n.contact_id')} AS {name}" for name in LIST_FIELDS)}
FROM named n
"""


def assemble_stale(*, progress: Callable[[int, int], None], chunk: int = CHUNK) -> int:
    """Assemble every contact whose claims or members changed, a chunk per transaction; returns how many."""
    total = _count_stale()
    done, after = 0, 0
    rules = rules_in_force()
    while True:
        with transaction.atomic():
            ids = _next_stale(after=after, limit=chunk)
            if not ids:
                return done
            done += assemble(ids, rules=rules)
        after = ids[-1]
        progress(done, total)


def mark_stale(record_ids: Sequence[int]) -> None:
    """The contacts of these records: their claims are not those that the golden record was made from."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE contacts_contact c SET stale_at = now() FROM sources_membership m
            WHERE m.record_id = ANY(%s) AND c.id = m.contact_id AND c.stale_at IS NULL
                AND c.state = 'active'
            """,
            [list(record_ids)],
        )


def compute(
    database: duckdb.DuckDBPyConnection,
    claims: pl.DataFrame,
    *,
    rules: Rules,
    overrides: pl.DataFrame | None = None,
    retired: pl.DataFrame | None = None,
    display: NameDisplay | None = None,
) -> None:
    """Fill the tables named, emails, phones, addresses and lexemes of `database` from these claims.

    `overrides`: as `standing.overrides_of` reads them. `retired`: as `retired.retired_of` does.
    `display`: how names show; None: as the settings say.
    """
    stated = _stated(claims, overrides)
    detailed = bool(claims["addresses"].str.contains_any(_DETAIL_KEYS).any())
    arrived = with_words(claims.drop([name for name in _RARE if name not in stated])).to_arrow()
    database.register("arrived", arrived)
    database.execute(
        "CREATE TEMP TABLE claims AS SELECT * REPLACE"
        f" ({_ADDRESS_OF_PARTS if detailed else _ADDRESS_OF_LINES} AS addresses) FROM arrived"
    )
    database.unregister("arrived")
    for statement in (
        sql.ranked(rules, stated=stated),
        sql.golden(rules, stated=stated),
        sql.reached(rules, field="emails", column="emails", types="email_types", table="emails"),
        sql.reached(rules, field="phones", column="phones", types="phone_types", table="phones"),
        sql.addresses(rules, detailed=detailed),
        *([sql.custom(rules, stated=stated)] if CUSTOM in stated else []),
    ):
        database.execute(statement)
    if overrides is not None:
        _lay_over(database, overrides, stated=stated)
    if CUSTOM in stated:
        database.execute(sql.CUSTOM_INTO_GOLDEN)
    if retired is not None:
        _retire(database, retired)
    database.execute(sql.lexemes(stated=stated))
    database.execute(sql.named(display or name_display()))


def _stated(claims: pl.DataFrame, overrides: pl.DataFrame | None) -> frozenset[str]:
    """Of the columns that few claims have, those that somebody says something in."""
    frames = [claims] if overrides is None else [claims, overrides]
    return frozenset(name for name in _RARE for frame in frames if frame[name].null_count() < frame.height)


def _lay_over(
    database: duckdb.DuckDBPyConnection, overrides: pl.DataFrame, *, stated: frozenset[str]
) -> None:
    spoken = with_words(overrides).to_arrow()
    database.register("overrides", spoken)
    fields = sorted(set(overrides["field"]))
    absent = [name for name in _RARE if name not in stated]
    statements = [
        override_sql.LEADING,
        override_sql.spoken(without=absent),
        *override_sql.over_golden(fields),
        *(override_sql.OVER_CUSTOM if CUSTOM in stated else ()),
    ]
    for field in set(fields) & set(LIST_FIELDS):
        statements += override_sql.over_list(field)
    for statement in statements:
        database.execute(statement)
    database.unregister("overrides")


def _retire(database: duckdb.DuckDBPyConnection, retired: pl.DataFrame) -> None:
    database.register("retired", retired.to_arrow())
    for field in sorted(set(retired["field"])):
        for statement in override_sql.without_retired(field):
            database.execute(statement)
    database.unregister("retired")


def with_words(claims: pl.DataFrame) -> pl.DataFrame:
    """The folded words of each name as shown, and how they sound, for search; the stored keys have no spaces
    left.
    """
    return claims.with_columns(
        *(_words(claims[name]).alias(words) for name, words in _SPOKEN.items()),
        _words(claims["first_name"], read=first_name_sound).alias("first_sounds"),
        _words(claims["last_name"], read=last_name_sound).alias("last_sounds"),
    )


_SPOKEN: Final = {
    "first_name": "first_words",
    "middle_name": "middle_words",
    "last_name": "last_words",
    "company_name": "company_words",
}


def _words(names: pl.Series, *, read: Callable[[str], str] = str) -> pl.Series:
    """Each different name is folded once."""
    different = names.drop_nulls().unique()
    folded = [" ".join(read(word) for word in fold_words(name)) for name in different]
    return names.replace_strict(different, folded, default=None, return_dtype=pl.String).str.split(" ")


def claims_of(contact_ids: Sequence[int], *, with_purchases: bool) -> pl.DataFrame:
    return _claims(AS_THEY_ARE, [list(contact_ids)], with_purchases=with_purchases)


AS_THEY_ARE: Final = """
SELECT m.record_id, m.contact_id, c.kind, c.primary_record_id, c.primary_chosen,
    cardinality(array_positions(
        c.leading_record_ids[1:array_position(c.leading_record_ids, m.record_id)], 0
    )) AS leads
FROM sources_membership m JOIN contacts_contact c ON c.id = m.contact_id WHERE m.contact_id = ANY(%s)
"""


def _claims(placed: str, parameters: list[bulk.Parameter], *, with_purchases: bool) -> pl.DataFrame:
    """`placed`: SQL of record_id, contact_id, kind, primary_record_id, primary_chosen, leads."""
    any_kept = opt_outs.any_kept()
    elsewhere = {**_FROM_ELSEWHERE, "further": _FURTHER}
    if any_kept:
        elsewhere |= {**opt_outs.COLUMNS, "completed": opt_outs.COMPLETED}
    columns = ", ".join(f"{_column(name, kind, elsewhere)} AS {name}" for name, kind in _READ.items())
    bought = BOUGHT if with_purchases else NOTHING_BOUGHT
    found = bulk.fetch(
        f"""
        SELECT {columns} FROM ({placed}) p
        JOIN sources_sourcerecord r ON r.id = p.record_id
        JOIN sources_sourcesystem s ON s.id = r.source_id
        LEFT JOIN LATERAL ({bought}) t ON true
        {opt_outs.JOINS if any_kept else ""}
        """,
        parameters,
        schema=_READ,
    )
    return _with_further(found)


def _with_further(found: pl.DataFrame) -> pl.DataFrame:
    if found["further"].null_count() == found.height:
        rare = found.with_columns(pl.lit(None, dtype=CLAIMS[name]).alias(name) for name in _RARE)
        return rare.select(list(CLAIMS))
    opened = found.with_columns(pl.col("further").str.json_decode(_FURTHER_READ)).unnest("further")
    return standing.dated(opened).select(list(CLAIMS))


BOUGHT: Final = """
SELECT max(date) AS latest, sum(amount) AS total, count(*) AS number
FROM sources_sourcetransaction WHERE record_id = r.id
"""
NOTHING_BOUGHT: Final = "SELECT NULL::date AS latest, 0::numeric AS total, 0 AS number"


def _column(name: str, kind: pl.DataType, elsewhere: Mapping[str, str]) -> str:
    column = elsewhere.get(name, f"r.{name}")
    return bulk.listed(column) if isinstance(kind, pl.List) else column


def _count_stale() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM contacts_contact WHERE stale_at IS NOT NULL")
        return int(cursor.fetchall()[0][0])


def _next_stale(*, after: int, limit: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM contacts_contact WHERE stale_at IS NOT NULL AND id > %s"
            " ORDER BY id LIMIT %s FOR UPDATE",
            [after, limit],
        )
        return [int(row[0]) for row in cursor.fetchall()]


_GOLDEN_TYPES: Final = {
    "contact_id": "bigint",
    "name": "text",
    **{column: sql.TYPES.get(column, "text").lower() for column in COLUMNS},
    "custom": "text",
    "provenance": "text",
    "primary_record_id": "bigint",
    "primary_chosen": "boolean",
    "record_count": "integer",
    "source_ids": "text",
    "claims_received_at": "timestamptz",
    "words": "text",
}
_SET: Final = {
    "provenance": "jsonb_strip_nulls(g.provenance::jsonb)",
    "custom": "g.custom::jsonb",
    "source_ids": bulk.opened("g.source_ids", "bigint"),
}
_ROWS: Final = {
    "emails": ("contacts_contactemail", ("value", "type")),
    "phones": ("contacts_contactphone", ("value", "type")),
    "addresses": ("contacts_contactaddress", ("type", *ADDRESS_PARTS)),
}


def _write(database: duckdb.DuckDBPyConnection, contact_ids: Sequence[int]) -> None:
    golden = pl.DataFrame(
        database.sql("SELECT * FROM named JOIN lexemes USING (contact_id)").to_arrow_table()
    )
    empty = {name for name in _RARE if golden[name].null_count() == golden.height}
    loaded = {name: kind for name, kind in _GOLDEN_TYPES.items() if name not in empty}
    bulk.load(golden, "golden_now", columns=loaded)
    assigned = ", ".join(
        f"{name} = {'NULL' if name in empty else _SET.get(name, f'g.{name}')}"
        for name in _GOLDEN_TYPES
        if name not in {"contact_id", "words"}
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"""
            UPDATE contacts_contact c SET {assigned},
                search = array_to_tsvector({bulk.opened("g.words", "text")}),
                assembled_at = now(), stale_at = NULL
            FROM golden_now g WHERE g.contact_id = c.id
            """
        )
        cursor.execute(
            "UPDATE contacts_contact SET stale_at = NULL WHERE id = ANY(%s) AND stale_at IS NOT NULL",
            [list(contact_ids)],
        )
    for table, (target, columns) in _ROWS.items():
        _write_rows(database, table=table, target=target, columns=columns, contact_ids=contact_ids)
    bulk.drop("golden_now")


def _write_rows(
    database: duckdb.DuckDBPyConnection,
    *,
    table: str,
    target: str,
    columns: Sequence[str],
    contact_ids: Sequence[int],
) -> None:
    kept = ", ".join(["contact_id", *columns, "source_record_id", "position"])
    rows = database.sql(
        f"SELECT {kept}, position = 0 AS is_primary FROM {table} ORDER BY contact_id, position"
    )
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {target} WHERE contact_id = ANY(%s)", [list(contact_ids)])
    frame = pl.DataFrame(rows.to_arrow_table())
    absent = [
        part for part in ADDRESS_DETAILS if part in columns and frame[part].null_count() == frame.height
    ]
    bulk.append(frame.drop(absent), target)
