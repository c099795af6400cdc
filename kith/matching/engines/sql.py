"""One rule as SQL text. Values of people never become SQL text: only names of columns and numbers do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from kith.matching.blocking import Blocking, blocking_of
from kith.matching.records import COMPANY
from kith.matching.rules import IDENTITY_FIELDS, Comparison, Criterion, Field, Rule

COLUMNS: Final[dict[Field, str]] = {
    Field.FIRST_NAME: "first_key",
    Field.MIDDLE_NAME: "middle_key",
    Field.LAST_NAME: "last_key",
    Field.FULL_NAME: "full_key",
    Field.COMPANY_NAME: "company_key",
    Field.BIRTH_DATE: "birth_date",
    Field.EMAIL: "emails",
    Field.PHONE: "phones",
    Field.ADDRESS_LINE: "street",
    Field.POSTCODE: "postcode",
    Field.IDENTITY_NUMBER: "identity_numbers",
    **{field: field.value for field in IDENTITY_FIELDS},
}
_LISTS: Final = (Field.EMAIL, Field.PHONE, Field.IDENTITY_NUMBER)
_DAYS: Final = "date_diff('day', DATE '0001-01-01', birth_date)"


@dataclass(frozen=True, slots=True)
class RuleSQL:
    """The statements that find the pairs of one rule. Blocks beyond the cap: narrowed and chained pairs."""

    create_block: str
    full_pairs: str
    narrowed_pairs: str
    chained_pairs: str


def rule_sql(rule: Rule, *, kind: str, cap: int) -> RuleSQL:
    blocking = blocking_of(rule)
    columns = _carried(rule, blocking)
    holds = _holds(rule, blocking)
    return RuleSQL(
        create_block=_create_block(rule, blocking, kind=kind, columns=columns, cap=cap),
        full_pairs=_pairs_within("bkey", holds, where=f"l.size <= {cap}"),
        narrowed_pairs=_pairs_within("narrow", holds, where=f"l.size > {cap} AND l.narrow_size <= {cap}"),
        chained_pairs=_chained(holds, columns=columns, where=f"size > {cap}"),
    )


def sound_column(field: Field) -> str:
    return f"{COLUMNS[field]}_sound"


def _carried(rule: Rule, blocking: Blocking) -> tuple[str, ...]:
    """The columns a block needs to decide its pairs, in a fixed order."""
    columns: dict[str, None] = {}
    for criterion in rule.criteria:
        if criterion is blocking.shared and criterion.field in _LISTS:
            columns["shared"] = None
            continue
        if criterion.comparison is Comparison.PHONETIC:
            columns[sound_column(criterion.field)] = None
            continue
        columns[COLUMNS[criterion.field]] = None
        if criterion.comparison is Comparison.NICKNAME:
            columns["nick_groups"] = None
    return tuple(columns)


def _create_block(rule: Rule, blocking: Blocking, *, kind: str, columns: tuple[str, ...], cap: int) -> str:
    """Table `block`: records that share their key with another, with the sizes of block and sub-block."""
    keys = [_key(criterion) for criterion in blocking.equal]
    if blocking.shared:
        keys.append("shared")
    narrow_by = "company_key" if kind == COMPANY else "first_key"
    present = " AND ".join(f"{column} IS NOT NULL" for column in columns)
    return f"""
CREATE OR REPLACE TEMP TABLE block AS
WITH keyed AS (
    SELECT rid, hash({", ".join(keys)}) AS bkey, hash({", ".join(keys)}, coalesce({narrow_by}, '')) AS narrow,
        {", ".join(columns)}
    FROM ({_source(blocking, kind=kind)}) WHERE {present} {_enough_letters(rule)}
),
sized AS (SELECT bkey, count(*) AS size FROM keyed GROUP BY bkey HAVING count(*) > 1),
kept AS (SELECT keyed.*, size FROM keyed JOIN sized USING (bkey)),
narrowed AS (SELECT narrow, count(*) AS narrow_size FROM kept WHERE size > {cap} GROUP BY narrow)
SELECT kept.*, coalesce(narrow_size, 0) AS narrow_size FROM kept LEFT JOIN narrowed USING (narrow)
"""


def _source(blocking: Blocking, *, kind: str) -> str:
    source = f"SELECT * FROM record WHERE kind = '{kind}'"
    if blocking.per_address:
        source = f"""SELECT * EXCLUDE (address), nullif(address.street, '') AS street,
            nullif(address.postcode, '') AS postcode
            FROM (SELECT *, unnest(addresses) AS address FROM ({source}))"""
    if blocking.shared:
        source = f"SELECT *, unnest({_shared_keys(blocking.shared)}) AS shared FROM ({source})"
    return source


def _shared_keys(criterion: Criterion) -> str:
    if criterion.comparison is Comparison.NICKNAME:
        return "nick_groups"
    if criterion.comparison is Comparison.NEAR_DATE:
        return _near_date_keys(days=criterion.days)
    return COLUMNS[criterion.field]


def _near_date_keys(*, days: int) -> str:
    """Dates at most `days` apart share one of the first two keys, swapped ones the last."""
    bucket = f"{_DAYS} // {days + 1}"
    low, high = (f"{pick}(month(birth_date), day(birth_date))" for pick in ("least", "greatest"))
    return f"[{bucket}, {bucket} + 1, -(year(birth_date) * 10000 + {low} * 100 + {high})]"


def _key(criterion: Criterion) -> str:
    column = COLUMNS[criterion.field]
    match criterion.comparison:
        case Comparison.FIRST_LETTERS:
            return f"left({column}, {criterion.letters})"
        case Comparison.PHONETIC:
            return sound_column(criterion.field)
        case _:
            return column


def _enough_letters(rule: Rule) -> str:
    return "".join(
        f" AND length({COLUMNS[c.field]}) >= {c.letters}"
        for c in rule.criteria
        if c.comparison is Comparison.FIRST_LETTERS
    )


def _holds(rule: Rule, blocking: Blocking) -> str:
    return " AND ".join(_cheapest_first(_predicate(c, blocking=blocking) for c in rule.criteria))


def _cheapest_first(predicates: Iterable[str]) -> list[str]:
    return sorted(predicates, key=len)


def _predicate(criterion: Criterion, *, blocking: Blocking) -> str:
    column, bound = COLUMNS[criterion.field], criterion.threshold
    left, right = f"l.{column}", f"r.{column}"
    match criterion.comparison:
        case Comparison.EXACT if criterion.field in _LISTS:
            # A shared value found by the block need not be looked for again.
            return "l.shared = r.shared" if criterion is blocking.shared else f"list_has_any({left}, {right})"
        case Comparison.EXACT:
            return f"{left} = {right}"
        case Comparison.SIMILAR if criterion.field in _LISTS:
            inner = f"list_filter({right}, lambda y: jaro_winkler_similarity(x, y) >= {bound})"
            return f"len(list_filter({left}, lambda x: len({inner}) > 0)) > 0"
        case Comparison.SIMILAR:
            return f"({left} = {right} OR jaro_winkler_similarity({left}, {right}) >= {bound})"
        case Comparison.NICKNAME:
            similar = f"jaro_winkler_similarity({left}, {right}) >= {bound} OR " if bound else ""
            return f"({left} = {right} OR {similar}list_has_any(l.nick_groups, r.nick_groups))"
        case Comparison.FIRST_LETTERS:
            return f"left({left}, {criterion.letters}) = left({right}, {criterion.letters})"
        case Comparison.NEAR_DATE:
            return (
                f"(abs({left} - {right}) <= {criterion.days} OR (year({left}) = year({right}) "
                f"AND month({left}) = day({right}) AND day({left}) = month({right})))"
            )
        case Comparison.PHONETIC:
            return f"l.{sound_column(criterion.field)} = r.{sound_column(criterion.field)}"


def _pairs_within(key: str, holds: str, *, where: str) -> str:
    return f"""
SELECT DISTINCT l.rid AS left_id, r.rid AS right_id
FROM block l JOIN block r ON l.{key} = r.{key} AND l.rid < r.rid
WHERE {where} AND {holds}
"""


def _chained(holds: str, *, columns: tuple[str, ...], where: str) -> str:
    """Sorted by what the rule compares, equal records are neighbours: comparing neighbours joins them all."""
    order = ", ".join((*columns, "rid"))
    return f"""
WITH placed AS (
    SELECT *, row_number() OVER (PARTITION BY bkey ORDER BY {order}) AS place FROM block WHERE {where}
)
SELECT DISTINCT least(l.rid, r.rid) AS left_id, greatest(l.rid, r.rid) AS right_id
FROM placed l JOIN placed r ON l.bkey = r.bkey AND l.place + 1 = r.place
WHERE l.rid <> r.rid AND {holds}
"""


def uses(rules: Iterable[Rule], comparison: Comparison) -> tuple[Field, ...]:
    found = {c.field for rule in rules for c in rule.criteria if c.comparison is comparison}
    return tuple(sorted(found))
