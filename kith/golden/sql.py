"""The set-based SQL (DuckDB) that turns claims into golden records.

It reads one table `claims`: a row per source record, with the columns of `assembly.CLAIMS`. Every statement
works for one contact as for a million.
"""

from __future__ import annotations

from collections.abc import Sequence
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
)

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
_COUNTED: Final = (*NAME_PARTS, *PLAIN_FIELDS)


def ranked(rules: Rules) -> str:
    """Each claim with its place (1 is best) for every single field of its contact.

    Places are worked out on narrow rows, one sort per set of tie-breakers, and only where a contact has
    several claims; windows over whole claims cost eight times as much.
    """
    counted = " + ".join(f"({field} IS NOT NULL)::int" for field in _COUNTED)
    lists = "least(len(emails), 2) + least(len(phones), 2) + least(len(addresses), 2)"
    frequent = [
        field
        for field in (NAME, *PLAIN_FIELDS)
        if Attribute.FREQUENCY in {breaker.by for breaker in rules.of(field)}
    ]
    scores = "".join(f", {_value(field)} AS value_{field}" for field in frequent)
    frequencies = "".join(
        f", count(*) OVER (PARTITION BY contact_id, value_{field}) AS frequency_{field}" for field in frequent
    )
    places = "".join(f", {place} AS place_{number}" for place, number in _places(rules).items())
    single = "".join(f", 1 AS place_{number}" for number in _places(rules).values())
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


def _places(rules: Rules) -> dict[str, int]:
    """Window by number; fields with equal tie-breakers share one."""
    windows: dict[str, int] = {}
    for field in (NAME, *PLAIN_FIELDS):
        windows.setdefault(_place(rules.of(field), field=field), len(windows))
    return windows


def _place(breakers: Sequence[TieBreaker], *, field: str) -> str:
    order = ", ".join([*_terms(breakers, field=field), _FIXED])
    return f"row_number() OVER (PARTITION BY contact_id ORDER BY {order})"


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


def golden(rules: Rules) -> str:
    """One row per contact: golden values, provenance as JSON text, display name."""
    windows = _places(rules)
    place = {
        field: f"place_{windows[_place(rules.of(field), field=field)]}" for field in (NAME, *PLAIN_FIELDS)
    }
    values = [
        *(_winner(part, place[NAME], having=_HAS_NAME) for part in NAME_PARTS),
        *(_winner(field, place[field], having=f"{field} IS NOT NULL") for field in PLAIN_FIELDS),
    ]
    origins = ", ".join(f'"{field}" := {_origin(field, place[field])}' for field in (NAME, *PLAIN_FIELDS))
    return f"""
CREATE TEMP TABLE golden AS
SELECT contact_id, any_value(kind) AS kind, count(*) AS record_count,
    list_sort(list(DISTINCT source_id)) AS source_ids, max(received_at) AS claims_received_at,
    coalesce(any_value(primary_record_id) FILTER (primary_chosen AND primary_record_id = record_id),
             arg_min(record_id, (coalesce(leads, 999), first_received_at, record_id))) AS primary_record_id,
    coalesce(bool_or(primary_chosen AND primary_record_id = record_id), false) AS primary_chosen,
    min(system_ref) AS any_ref, {", ".join(values)}, to_json(struct_pack({origins})) AS provenance
FROM ranked GROUP BY contact_id
"""


def _winner(column: str, place: str, *, having: str) -> str:
    """`arg_min_null` keeps an empty part of the winning name empty."""
    return f"arg_min_null({column}, {place}) FILTER ({having}) AS {column}"


def _origin(field: str, place: str) -> str:
    having = _HAS_NAME if field == NAME else f"{field} IS NOT NULL"
    return f"arg_min(record_id, {place}) FILTER ({having})"


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


def addresses(rules: Rules) -> str:
    """Every address of a contact once (same street and postcode, however written), best first."""
    order = _list_order("addresses", rules)
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
SELECT contact_id, value, coalesce(a.type, '') AS type, a.line1 AS line1, a.line2 AS line2,
    a.postcode AS postcode, a.city AS city, a.region AS region, a.country AS country, source_record_id,
    row_number() OVER (PARTITION BY contact_id ORDER BY place) - 1 AS position
FROM single
"""


def _list_order(field: str, rules: Rules) -> str:
    ordering = [breaker for breaker in rules.of(field) if breaker.by is not Attribute.STRICTEST]
    terms = _terms(ordering, field=field, counted="list")
    return ", ".join([*terms, "source_priority", "system_ref", "record_id", "spot"])


_CALLING_CODES: Final = "|".join(str(code) for code in sorted(COUNTRY_CODE_TO_REGION_CODE, reverse=True))

LEXEMES: Final = f"""
CREATE TEMP TABLE lexemes AS
WITH spoken AS (
    SELECT contact_id, flatten([
        list_transform(first_words, lambda w: 'f:' || w),
        list_transform(middle_words, lambda w: 'm:' || w),
        list_transform(last_words, lambda w: 'l:' || w),
        list_transform(company_words, lambda w: 'c:' || w),
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
    ]) AS words
    FROM claims
)
SELECT contact_id,
    list_sort(list_distinct(list_transform(
        flatten(list(list_filter(words, lambda w: len(w) > 2))), lambda w: left(w, 200)))) AS words
FROM spoken GROUP BY contact_id
"""
"""The search lexemes of each contact over all its claims; the classes stand in `kith.contacts.search`."""


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
