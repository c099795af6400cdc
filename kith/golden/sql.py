"""The set-based SQL (DuckDB) that turns claims into golden records.

It reads one table `claims`: a row per source record, with the columns of `assembly.CLAIMS`; of those that few
sources state (`records.FURTHER`, `custom`) only the ones in `stated`. Every statement works for one contact
as for a million.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

from kith.contacts.settings.name_display import NameDisplay
from kith.golden.rules import (
    AUTHORISATIONS,
    MAIN_DETAILS,
    NAME,
    NAME_PARTS,
    PLAIN_FIELDS,
    Attribute,
    Order,
    Rules,
    TieBreaker,
    parts_of,
)
from kith.matching.records import ADDRESS_DETAILS, ADDRESS_LINES, CUSTOM, FURTHER

_FIXED: Final = "source_priority, system_ref, record_id"
_COLUMN: Final = {
    Attribute.CLAIMED_AT: "claimed_at",
    Attribute.RECEIVED_AT: "received_at",
    Attribute.CREATED_AT: "coalesce(source_created_at, first_received_at)",
    Attribute.COMPLETENESS: "completeness",
    Attribute.LATEST_PURCHASE: "latest_purchase",
    Attribute.TOTAL_SPENT: "total_spent",
    Attribute.PURCHASES: "purchases",
}
_HAS_NAME: Final = "(first_name IS NOT NULL OR last_name IS NOT NULL)"
TYPES: Final = {
    "birth_date": "DATE",
    "id_number_expires": "DATE",
    "passport_expires": "DATE",
    "established_on": "DATE",
    "employees": "BIGINT",
    "direct_marketing": "BOOLEAN",
    "affiliate_marketing": "BOOLEAN",
}
"""Of columns that are no text."""

Stated = Collection[str]


def _single(stated: Stated) -> tuple[str, ...]:
    """The single fields that some claim can win."""
    return (NAME, *(field for field in PLAIN_FIELDS if field not in FURTHER or field in stated))


def _ruled(stated: Stated) -> tuple[str, ...]:
    return (*_single(stated), CUSTOM) if CUSTOM in stated else _single(stated)


def ranked(rules: Rules, *, stated: Stated) -> str:
    """Each claim with its place (1 is best) for every single field of its contact.

    Places are worked out on narrow rows, one sort per set of tie-breakers, and only where a contact has
    several claims; windows over whole claims cost eight times as much.
    """
    counted = " + ".join(
        f"({field} IS NOT NULL)::int" for field in (*NAME_PARTS, *_single(stated)) if field != NAME
    )
    lists = "least(len(emails), 2) + least(len(phones), 2) + least(len(addresses), 2)"
    frequent = [
        field
        for field in _ruled(stated)
        if Attribute.FREQUENCY in {breaker.by for breaker in rules.of(field)}
    ]
    scores = "".join(f", {_value(field)} AS value_{field}" for field in frequent)
    frequencies = "".join(
        f", count(*) OVER (PARTITION BY contact_id, value_{field}) AS frequency_{field}" for field in frequent
    )
    windows = _places(rules, stated=stated)
    places = "".join(f", {place} AS place_{number}" for place, number in windows.items())
    single = "".join(f", 1 AS place_{number}" for number in windows.values())
    return f"""
CREATE TEMP TABLE scored AS SELECT *, {counted} + {lists} - completed AS completeness FROM claims;
CREATE TEMP TABLE narrow AS
SELECT contact_id, record_id, {", ".join(_NEEDED)}{scores} FROM scored
WHERE contact_id IN (SELECT contact_id FROM scored GROUP BY contact_id HAVING count(*) > 1);
CREATE TEMP TABLE counted AS SELECT *{frequencies} FROM narrow;
CREATE TEMP TABLE places AS
SELECT record_id{places} FROM counted
UNION ALL SELECT record_id{single} FROM scored ANTI JOIN narrow USING (record_id);
CREATE TEMP TABLE ranked AS SELECT * FROM scored JOIN places USING (record_id)
"""


_NEEDED: Final = (
    "primary_chosen",
    "primary_record_id",
    "leads",
    "source_code",
    "source_priority",
    "system_ref",
    "claimed_at",
    "received_at",
    "source_created_at",
    "first_received_at",
    "completeness",
    "latest_purchase",
    "total_spent",
    "purchases",
    *AUTHORISATIONS,
)


def _value(field: str) -> str:
    return "concat_ws(' ', first_key, last_key)" if field == NAME else field


def _places(rules: Rules, *, stated: Stated) -> dict[str, int]:
    """Window by number; fields with equal tie-breakers share one."""
    windows: dict[str, int] = {}
    for field in _ruled(stated):
        windows.setdefault(_place(rules.of(field), field=field), len(windows))
    return windows


def _place(breakers: Sequence[TieBreaker], *, field: str) -> str:
    return f"row_number() OVER (PARTITION BY contact_id ORDER BY {order_of(breakers, field=field)})"


def order_of(breakers: Sequence[TieBreaker], *, field: str) -> str:
    """Best claim first; PostgreSQL reads it too."""
    return ", ".join([*_terms(breakers, field=field), _FIXED])


def _terms(breakers: Sequence[TieBreaker], *, field: str, counted: str = "") -> list[str]:
    """Of a contact grouped by hand the master's main details go first (A7); only a System Ref chosen since
    goes before them.
    """
    terms = [_term(breaker, field=counted or field) for breaker in breakers]
    if field in MAIN_DETAILS:
        chosen_first = bool(breakers) and breakers[0].by is Attribute.CHOSEN
        terms.insert(int(chosen_first), "leads ASC NULLS LAST")
    return terms


def _term(breaker: TieBreaker, *, field: str) -> str:
    direction = "ASC" if breaker.order is Order.FIRST else "DESC"
    match breaker.by:
        case Attribute.CHOSEN:
            return "(primary_chosen AND record_id = primary_record_id) DESC"
        case Attribute.SOURCE:
            return _source_order(breaker.sources)
        case Attribute.FREQUENCY:
            return f"frequency_{field} {direction}"
        case Attribute.STRICTEST:
            return f"{field} ASC NULLS LAST"
        case _:
            return f"{_COLUMN[breaker.by]} {direction} NULLS LAST"


def _source_order(codes: Sequence[str]) -> str:
    """Codes hold letters, digits, - and _ only (a constraint of the table), so they need no escape."""
    safe = [code for code in codes if code.replace("-", "").replace("_", "").isalnum()]
    if not safe:
        return "source_priority ASC"
    cases = " ".join(f"WHEN '{code}' THEN {position}" for position, code in enumerate(safe))
    return f"CASE source_code {cases} ELSE 1000 + source_priority END ASC"


def _place_of(field: str, rules: Rules, *, stated: Stated) -> str:
    windows = _places(rules, stated=stated)
    return f"place_{windows[_place(rules.of(field), field=field)]}"


def golden(rules: Rules, *, stated: Stated) -> str:
    """One row per contact: golden values, provenance as JSON text, display name."""
    fields = _single(stated)
    place = {field: _place_of(field, rules, stated=stated) for field in fields}
    values = [winner for field in fields for winner in _winners(field, place[field], stated=stated)]
    origins = ", ".join(f'"{field}" := {_origin(field, place[field], stated=stated)}' for field in fields)
    absent = [f"NULL::{TYPES.get(name, 'VARCHAR')} AS {name}" for name in FURTHER if name not in stated]
    return f"""
CREATE TEMP TABLE golden AS
SELECT contact_id, any_value(kind) AS kind, count(*) AS record_count,
    list_sort(list(DISTINCT source_id)) AS source_ids, max(received_at) AS claims_received_at,
    coalesce(any_value(primary_record_id) FILTER (primary_chosen AND primary_record_id = record_id),
             arg_min(record_id, (coalesce(leads, 999), first_received_at, record_id))) AS primary_record_id,
    coalesce(bool_or(primary_chosen AND primary_record_id = record_id), false) AS primary_chosen,
    min(system_ref) AS any_ref, {", ".join([*values, *absent])}, NULL::VARCHAR AS custom,
    to_json(struct_pack({origins})) AS provenance
FROM ranked GROUP BY contact_id
"""


def _winners(field: str, place: str, *, stated: Stated) -> list[str]:
    """`arg_min_null` keeps an empty part of what won empty."""
    parts = _stated_parts(field, stated=stated)
    if field == NAME or len(parts) == 1:
        having = _HAS_NAME if field == NAME else f"{field} IS NOT NULL"
        return [f"arg_min_null({part}, {place}) FILTER ({having}) AS {part}" for part in parts]
    number = f"{field} IS NOT NULL"
    return [
        f"CASE WHEN bool_or({number}) THEN arg_min_null({part}, {place}) FILTER ({number})"
        f" ELSE arg_min_null({part}, {place}) FILTER ({_any(parts)}) END AS {part}"
        for part in parts
    ]


def _stated_parts(field: str, *, stated: Stated) -> tuple[str, ...]:
    return tuple(part for part in parts_of(field) if part not in FURTHER or part in stated)


def _any(parts: Sequence[str]) -> str:
    return " OR ".join(f"{part} IS NOT NULL" for part in parts)


def _origin(field: str, place: str, *, stated: Stated) -> str:
    """Of a document the claim with its number; only without any the one with another part."""
    if field == NAME:
        return f"arg_min(record_id, {place}) FILTER ({_HAS_NAME})"
    parts = _stated_parts(field, stated=stated)
    won = f"arg_min(record_id, {place}) FILTER ({field} IS NOT NULL)"
    return won if len(parts) == 1 else f"coalesce({won}, arg_min(record_id, {place}) FILTER ({_any(parts)}))"


def custom(rules: Rules, *, stated: Stated) -> str:
    """Table custom_now: contact_id, code, value, record_id of each user-defined field of each contact."""
    place = _place_of(CUSTOM, rules, stated=stated)
    return f"""
CREATE TEMP TABLE custom_now AS
SELECT contact_id, code, arg_min(value, place) AS value, arg_min(record_id, place) AS record_id
FROM (
    SELECT contact_id, record_id, {place} AS place, unnest(json_keys(custom)) AS code,
        unnest(json_extract_string(custom, '$.*')) AS value
    FROM ranked WHERE custom IS NOT NULL)
WHERE value IS NOT NULL GROUP BY contact_id, code
"""


CUSTOM_INTO_GOLDEN: Final = """
UPDATE golden SET custom = c.said, provenance = json_merge_patch(provenance, c.origins)
FROM (SELECT contact_id, json_group_object(code, value) AS said,
        json_group_object('custom.' || code, record_id) AS origins
      FROM (SELECT * FROM custom_now ORDER BY contact_id, code) GROUP BY contact_id) c
WHERE c.contact_id = golden.contact_id
"""
"""What a person says has no System Ref, and a merging patch leaves out what is null."""


def reached(rules: Rules, *, field: str, column: str, types: str, table: str) -> str:
    """E-mails or phones: every value of a contact once, best first; the first is primary."""
    order = _list_order(field, rules)
    return f"""
CREATE TEMP TABLE {table} AS
WITH stated AS (
    SELECT *, unnest({column}) AS value, unnest({types}) AS type, generate_subscripts({column}, 1) AS spot
    FROM ranked WHERE len({column}) > 0
), counted AS (
    SELECT *, count(DISTINCT record_id) OVER (PARTITION BY contact_id, value) AS frequency_list FROM stated
), placed AS (
    SELECT contact_id, record_id, value, type,
        row_number() OVER (PARTITION BY contact_id ORDER BY {order}) AS place
    FROM counted
), single AS (
    SELECT contact_id, value, min(place) AS place, arg_min(type, place) AS type,
        arg_min(record_id, place) AS source_record_id
    FROM placed GROUP BY contact_id, value
)
SELECT contact_id, value, coalesce(type, '') AS type, source_record_id,
    row_number() OVER (PARTITION BY contact_id ORDER BY place) - 1 AS position
FROM single
"""


ADDRESS_KEY: Final = """
concat_ws('|', nullif(street_key, ''), nullif(postcode_key, ''),
    if(coalesce(street_key, '') = '', lower(concat_ws(' ', a.line1, a.city)), NULL))
""".strip()
"""By what addresses are told apart, however they are written; as `pieces.keys_of`."""


def addresses(rules: Rules, *, detailed: bool) -> str:
    """Every address of a contact once (same street and postcode, however written), best first.

    `detailed`: the addresses of the claims have `records.ADDRESS_DETAILS` too.
    """
    order = _list_order("addresses", rules)
    lines = ", ".join(f"a.{part} AS {part}" for part in ADDRESS_LINES)
    details = ", ".join(
        f"{f'a.{part}' if detailed else 'NULL::VARCHAR'} AS {part}" for part in ADDRESS_DETAILS
    )
    return f"""
CREATE TEMP TABLE addresses AS
WITH stated AS (
    SELECT *, unnest(addresses) AS a,
        unnest(street_keys) AS street_key, unnest(postcode_keys) AS postcode_key,
        generate_subscripts(addresses, 1) AS spot
    FROM ranked WHERE len(addresses) > 0
), keyed AS (
    SELECT *, {ADDRESS_KEY} AS value FROM stated
), counted AS (
    SELECT *, count(DISTINCT record_id) OVER (PARTITION BY contact_id, value) AS frequency_list FROM keyed
), placed AS (
    SELECT contact_id, record_id, value, a,
        row_number() OVER (PARTITION BY contact_id ORDER BY {order}) AS place
    FROM counted
), single AS (
    SELECT contact_id, value, min(place) AS place, arg_min(a, place) AS a,
        arg_min(record_id, place) AS source_record_id
    FROM placed GROUP BY contact_id, value
)
SELECT contact_id, value, coalesce(a.type, '') AS type, {lines}, {details}, source_record_id,
    row_number() OVER (PARTITION BY contact_id ORDER BY place) - 1 AS position
FROM single
"""


def _list_order(field: str, rules: Rules) -> str:
    ordering = [breaker for breaker in rules.of(field) if breaker.by is not Attribute.STRICTEST]
    terms = _terms(ordering, field=field, counted="list")
    return ", ".join([*terms, "source_priority", "system_ref", "record_id", "spot"])


_CALLING_CODES: Final = "|".join(str(code) for code in sorted(COUNTRY_CODE_TO_REGION_CODE, reverse=True))


def lexemes(*, stated: Stated) -> str:
    """The search lexemes of each contact over all its claims; the classes stand in `kith.contacts.search`."""
    spoken = "".join(f", {_as_lexemes(name)}" for name in (*FURTHER, CUSTOM) if name in stated)
    return _LEXEMES.replace(_FURTHER_LEXEMES, spoken)


def _as_lexemes(name: str) -> str:
    if name != CUSTOM:
        return f"['u:{name}:' || lower({name}::VARCHAR)]"
    said = "lower(json_extract_string(custom, '$.' || w))"
    return f"list_transform(json_keys(custom), lambda w: 'u:custom.' || w || ':' || {said})"


_FURTHER_LEXEMES: Final = "/* those that few claims have */"
_LEXEMES: Final = f"""
CREATE TEMP TABLE lexemes AS
WITH spoken AS (
    SELECT contact_id, flatten([
        list_transform(first_words, lambda w: 'f:' || w),
        list_transform(middle_words, lambda w: 'm:' || w),
        list_transform(last_words, lambda w: 'l:' || w),
        list_transform(company_words, lambda w: 'c:' || w),
        list_transform(first_sounds, lambda w: 'g:' || w),
        list_transform(last_sounds, lambda w: 'k:' || w),
        ['f:' || replace(coalesce(first_key, ''), ' ', '')],
        ['m:' || replace(coalesce(middle_key, ''), ' ', '')],
        ['l:' || replace(coalesce(last_key, ''), ' ', ''), 'c:' || coalesce(company_key, '')],
        list_transform(emails, lambda w: 'e:' || w),
        list_transform(emails, lambda w: 'd:' || split_part(w, '@', 2)),
        list_transform(phones, lambda w: 'p:' || substr(w, 2)),
        list_transform(phones, lambda w: 'p:' || regexp_replace(w, '^\\+({_CALLING_CODES})', '')),
        list_transform(postcode_keys, lambda w: 'z:' || replace(lower(w), ' ', '')),
        list_transform(
            list_filter(
                [id_number, passport_number, social_security_number, vat_number, registration_number],
                lambda w: w IS NOT NULL),
            lambda w: 'i:' || regexp_replace(lower(w), '[^a-z0-9]', '', 'g')),
        ['r:' || lower(system_ref), 'b:' || coalesce(birth_date::varchar, '')]
        {_FURTHER_LEXEMES}
    ]) AS words
    FROM claims
)
SELECT contact_id,
    list_sort(list_distinct(list_transform(
        flatten(list(list_filter(words, lambda w: len(w) > 2))), lambda w: left(w, 200)))) AS words
FROM spoken GROUP BY contact_id
"""


def named(display: NameDisplay) -> str:
    """Each golden row with the name it shows (C1), or the best there is."""
    return f"""
CREATE TEMP TABLE named AS
SELECT g.*, coalesce(
    CASE WHEN kind = 'company' THEN company_name END, {display.sql},
    company_name, e.value, p.value, any_ref) AS name
FROM golden g
LEFT JOIN emails e ON e.contact_id = g.contact_id AND e.position = 0
LEFT JOIN phones p ON p.contact_id = g.contact_id AND p.position = 0
"""
