"""Which pairs are worth comparing: the equalities a rule implies, and the stored keys of one record.

A rule's block is lossless: it is made only of criteria that must hold exactly, so 'similar' never decides who
is compared and no similar pair is lost (not even one that differs in its first letter). That is why a rule of
similar criteria alone is refused by `rules.validate`. What can be lost: pairs in blocks beyond the size cap,
which the engine narrows and reports.

Stored keys (`match_keys`) are for one record's look-up. They cover every shipped rule; a pair that only an
edited rule finds through other fields (middle name and birth date, say) is left to the full run.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import duckdb
import pyarrow as pa

from kith.matching.comparable import Comparable
from kith.matching.phonetics import sound_key
from kith.matching.records import COMPANY
from kith.matching.rules import ADDRESS_FIELDS, IDENTITY_FIELDS, Comparison, Criterion, Field, Rule

SHARED_FIELDS: Final = (Field.IDENTITY_NUMBER, Field.EMAIL, Field.PHONE)
"""Fields of which a record may hold several values; the rarest shared first."""


@dataclass(frozen=True, slots=True)
class Blocking:
    equal: tuple[Criterion, ...]
    """One key per record (or per address)."""
    shared: Criterion | None
    """Several keys per record, one of which must be shared."""
    per_address: bool
    """Whether the rule compares address with address."""


def blocking_of(rule: Rule) -> Blocking:
    """Raises ValueError for a rule that `rules.validate` refuses as too loose."""
    equal = tuple(c for c in rule.criteria if c.can_block and not _has_several_keys(c))
    shared = _shared(rule, alone=not equal)
    if not equal and shared is None:
        raise ValueError(f"Rule '{rule.name}' has nothing to block on.")
    return Blocking(equal, shared, any(c.field in ADDRESS_FIELDS for c in rule.criteria))


def _has_several_keys(criterion: Criterion) -> bool:
    keyed = criterion.comparison in (Comparison.NICKNAME, Comparison.NEAR_DATE)
    return keyed or criterion.field in SHARED_FIELDS


def _shared(rule: Rule, *, alone: bool) -> Criterion | None:
    for field in SHARED_FIELDS:
        for criterion in rule.criteria:
            if criterion.field is field and criterion.can_block:
                return criterion
    if not alone:
        return None
    several = (c for c in rule.criteria if c.can_block and _has_several_keys(c))
    # A near date splits finer than a nickname.
    return min(several, key=lambda c: c.comparison is Comparison.NICKNAME, default=None)


def match_keys(records: pa.Table) -> pa.ChunkedArray:
    """list<int64> per record, in the order of `records`; stable for ever (MD5), sorted, never null."""
    with duckdb.connect() as db:
        names = records.column("last_key").unique().drop_null().to_pylist()
        sounds = pa.table(
            {"name": pa.array(names, pa.string()), "sound": pa.array(map(sound_key, names), pa.string())}
        )
        db.register("records", records.select(list(_KEY_COLUMNS)))
        db.register("sounds", sounds)
        return db.sql(_MATCH_KEYS).to_arrow_table().column("keys").cast(pa.list_(pa.int64()))


def match_keys_of(record: Comparable) -> tuple[int, ...]:
    """The same keys for one record, without starting an engine; sorted."""
    texts = {
        *(f"email:{value}" for value in record.emails if value),
        *(f"phone:{value}" for value in record.phones if value),
        *(f"{field}:{value}" for field in IDENTITY_FIELDS if (value := getattr(record, field.value))),
        *_place_texts(record),
        *_name_texts(record),
    }
    return tuple(sorted(_stable_hash(f"{record.kind}:{text}") for text in texts))


def _place_texts(record: Comparable) -> Iterator[str]:
    for postcode in filter(None, record.postcode_keys):
        if record.last_key:
            yield f"place:{record.last_key}|{postcode}"
        if record.kind == COMPANY and record.company_key:
            yield f"seat:{postcode}"


def _name_texts(record: Comparable) -> Iterator[str]:
    sound, first = sound_key(record.last_key), record.first_key
    if sound and first and record.birth_date:
        yield f"born:{sound}|{first[0]}|{record.birth_date.isoformat()}"
    if record.last_key and first:
        yield f"name:{record.last_key}|{first}"
    if record.company_key:
        yield f"company:{record.company_key}"


def _stable_hash(text: str) -> int:
    """What `md5_number_lower(text) >> 1` gives in DuckDB."""
    digest = hashlib.md5(text.encode(), usedforsecurity=False).digest()
    return int.from_bytes(digest[8:], "little") >> 1


_KEY_COLUMNS: Final = (
    "kind",
    "birth_date",
    "emails",
    "phones",
    "id_number",
    "passport_number",
    "social_security_number",
    "vat_number",
    "registration_number",
    "first_key",
    "last_key",
    "company_key",
    "postcode_keys",
)

# '' || anything stays, NULL || anything is NULL and drops out: nullif makes emptiness keyless.
# The kind is part of every key: persons are never candidates for companies. Companies are few, so a postcode
# alone is key enough for them, and finds misspelt names too.
_MATCH_KEYS: Final = """
WITH numbered AS (SELECT *, row_number() OVER () AS place FROM records),
texts AS (
    SELECT place, kind,
        list_transform(list_filter(emails, lambda v: v <> ''), lambda v: 'email:' || v)
        || list_transform(list_filter(phones, lambda v: v <> ''), lambda v: 'phone:' || v)
        || list_transform(
            list_filter(postcode_keys, lambda v: v <> ''),
            lambda v: 'place:' || nullif(last_key, '') || '|' || v)
        || list_transform(
            list_filter(postcode_keys, lambda v: v <> '' AND kind = 'company' AND company_key <> ''),
            lambda v: 'seat:' || v)
        || [
            'id_number:' || nullif(id_number, ''),
            'passport_number:' || nullif(passport_number, ''),
            'social_security_number:' || nullif(social_security_number, ''),
            'vat_number:' || nullif(vat_number, ''),
            'registration_number:' || nullif(registration_number, ''),
            'born:' || nullif(sound, '') || '|' || left(nullif(first_key, ''), 1)
                || '|' || birth_date::VARCHAR,
            'name:' || nullif(last_key, '') || '|' || nullif(first_key, ''),
            'company:' || nullif(company_key, '')
        ] AS texts
    FROM numbered LEFT JOIN sounds ON last_key = sounds.name
)
SELECT list_sort(list_distinct(list_transform(
    list_filter(texts, lambda v: v IS NOT NULL),
    lambda v: (md5_number_lower(kind || ':' || v) >> 1)::BIGINT
))) AS keys
FROM texts ORDER BY place
"""
