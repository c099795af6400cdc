"""Keys for rules that people made: pairs a rule could hold on must be compared, whatever fields it names.

A rule whose equal criteria imply a stored key needs nothing more. Another one gets a key of its own, which is
not stored: then no run can be incremental, which `needs_all_records` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

import numpy as np
import pyarrow as pa

from kith.matching.keys import KeyColumn, KeyKind, Words, mixed
from kith.matching.nickname_groups import all_groups
from kith.matching.pairs import Facts
from kith.matching.phonetics import sound_key
from kith.matching.prepared import NO_DAY, Codes, Ints, Prepared, Texts
from kith.matching.records import COMPANY, PERSON
from kith.matching.rules import Comparison, Criterion, Field, Rule, RuleSet, Verdict
from kith.matching.text_hash import text_hashes

_EXACT, _SOUND = Comparison.EXACT, Comparison.PHONETIC
_COVERED: Final = (
    frozenset({(Field.LAST_NAME, _EXACT), (Field.FIRST_NAME, _EXACT)}),
    frozenset({(Field.LAST_NAME, _EXACT), (Field.POSTCODE, _EXACT)}),
    frozenset({(Field.FIRST_NAME, _EXACT), (Field.POSTCODE, _EXACT)}),
    frozenset({(Field.LAST_NAME, _EXACT), (Field.BIRTH_DATE, _EXACT)}),
    frozenset({(Field.LAST_NAME, _SOUND), (Field.BIRTH_DATE, _EXACT)}),
    frozenset({(Field.COMPANY_NAME, _EXACT)}),
    *(
        frozenset({(field, _EXACT)})
        for field in (
            Field.EMAIL,
            Field.PHONE,
            Field.IDENTITY_NUMBER,
            Field.ID_NUMBER,
            Field.PASSPORT_NUMBER,
            Field.SOCIAL_SECURITY_NUMBER,
            Field.VAT_NUMBER,
            Field.REGISTRATION_NUMBER,
        )
    ),
)
"""Criteria that imply a shared key of KeyKind."""


def needs_all_records(rules: RuleSet) -> tuple[Rule, ...]:
    """Enabled rules that no stored key covers."""
    return tuple(rule for kind in (PERSON, COMPANY) for rule in _uncovered(rules, kind))


def _uncovered(rules: RuleSet, kind: str) -> tuple[Rule, ...]:
    return tuple(
        rule
        for rule in rules.of_kind(kind)
        if rule.enabled and rule.verdict is not Verdict.NEVER and not _is_covered(rule, kind=kind)
    )


def _is_covered(rule: Rule, *, kind: str) -> bool:
    said = {(criterion.field, criterion.comparison) for criterion in rule.criteria}
    seat = kind == COMPANY and (Field.POSTCODE, _EXACT) in said
    return seat or any(needed <= said for needed in _COVERED)


def rule_key_columns(facts: Facts, rules: RuleSet) -> Iterator[KeyColumn]:
    """By hashes: good across sets of records and machines."""
    for kind in (PERSON, COMPANY):
        for place, rule in enumerate(_uncovered(rules, kind)):
            yield _column(facts, rule, is_company=kind == COMPANY, place=place)


def _column(facts: Facts, rule: Rule, *, is_company: bool, place: int) -> KeyColumn:
    """All criteria that can be looked up by equality make one key; several values make several keys."""
    owners = np.flatnonzero(facts.records.is_company == is_company)
    keys = np.full(len(owners), _SALT + 2 * place + is_company, dtype=np.uint64)
    for criterion in rule.criteria:
        if criterion.can_block:
            owners, keys = _narrowed(owners, keys, *_values(facts, criterion))
    order = np.argsort(owners, kind="stable")
    return KeyColumn(KeyKind.RULE, owners[order], (keys[order] >> np.uint64(1)).astype(np.int64))


_SALT: Final = 1_000_000
"""Beyond those of the stored keys."""


def _narrowed(owners: Ints, keys: Words, of: Ints, words: Words) -> tuple[Ints, Words]:
    """Every key of an owner beside every value it has; owners without a value fall out."""
    order = np.argsort(of, kind="stable")
    of, words = of[order], words[order]
    starts = np.searchsorted(of, owners)
    counts = np.searchsorted(of, owners, side="right") - starts
    spread = np.repeat(np.arange(len(owners)), counts)
    within = np.arange(len(spread)) - np.repeat(np.cumsum(counts) - counts, counts)
    return owners[spread], mixed(keys[spread] ^ words[starts[spread] + within])


def _values(facts: Facts, criterion: Criterion) -> tuple[Ints, Words]:
    """(record, word that stands for what must be equal)."""
    records, field = facts.records, criterion.field
    match field:
        case Field.EMAIL:
            return records.emails.owners, _hashes(records.emails.texts)[records.emails.codes]
        case Field.PHONE:
            return records.phones.owners, _hashes(records.phones.texts)[records.phones.codes]
        case Field.IDENTITY_NUMBER:
            return _numbers(records)
        case Field.BIRTH_DATE:
            return _days(records, criterion)
        case Field.ADDRESS_LINE | Field.POSTCODE:
            return _places(records, criterion)
        case Field.FIRST_NAME | Field.MIDDLE_NAME | Field.LAST_NAME | Field.FULL_NAME | Field.COMPANY_NAME:
            return _names(facts, criterion)
        case _:
            number = records.numbers[_NUMBER_FIELDS.index(field)]
            return _known(number, _hashes(records.number_texts))


def _hashes(texts: Texts) -> Words:
    return text_hashes(texts.arrow)


_NUMBER_FIELDS: Final = (
    Field.ID_NUMBER,
    Field.PASSPORT_NUMBER,
    Field.SOCIAL_SECURITY_NUMBER,
    Field.VAT_NUMBER,
    Field.REGISTRATION_NUMBER,
)
_COLUMNS: Final = {
    Field.FIRST_NAME: "first",
    Field.MIDDLE_NAME: "middle",
    Field.LAST_NAME: "last",
    Field.FULL_NAME: "full",
    Field.COMPANY_NAME: "company",
}


def _known(codes: Codes, words: Words) -> tuple[Ints, Words]:
    """`words`: by code."""
    owners = np.flatnonzero(codes >= 0)
    return owners, words[codes[owners]]


def _numbers(records: Prepared) -> tuple[Ints, Words]:
    words = _hashes(records.number_texts)
    found = [_known(codes, words) for codes in records.numbers]
    owners = np.concatenate([owners for owners, _ in found])
    return owners, np.concatenate([mixed(held + np.uint64(kind)) for kind, (_, held) in enumerate(found)])


def _days(records: Prepared, criterion: Criterion) -> tuple[Ints, Words]:
    owners = np.flatnonzero(records.birth != NO_DAY)
    days = records.birth[owners].astype(np.int64)
    if criterion.comparison is not Comparison.NEAR_DATE:
        return owners, days.astype(np.uint64)
    # Dates so near stand in one stretch or in two that touch; swapped ones share year and both parts.
    stretch = days // (criterion.days + 1) * 2
    dates = days.astype("datetime64[D]")
    months = (dates.astype("datetime64[M]") - dates.astype("datetime64[Y]")).astype(np.int64) + 1
    day = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    years = dates.astype("datetime64[Y]").astype(np.int64)
    swapped = (years * 10_000 + np.minimum(months, day) * 100 + np.maximum(months, day)) * 2 + 1
    return np.tile(owners, 3), np.concatenate((stretch, stretch + 2, swapped)).astype(np.uint64)


def _places(records: Prepared, criterion: Criterion) -> tuple[Ints, Words]:
    street = criterion.field is Field.ADDRESS_LINE
    codes = records.streets if street else records.postcodes
    texts = records.street_texts if street else records.postcode_texts
    if criterion.comparison is Comparison.FIRST_LETTERS:
        places, words = _made(codes, texts, _beginning(criterion.letters))
    else:
        places, words = _known(codes, _hashes(texts))
    return records.address_owners[places], words


def _names(facts: Facts, criterion: Criterion) -> tuple[Ints, Words]:
    column = _COLUMNS[criterion.field]
    codes, texts = facts.codes(column), facts.texts(column)
    match criterion.comparison:
        case Comparison.FIRST_LETTERS:
            return _made(codes, texts, _beginning(criterion.letters))
        case Comparison.PHONETIC:
            return _made(codes, texts, sound_key)
        case Comparison.NICKNAME:
            return _nicknames(codes, texts.all())
        case _:
            return _known(codes, _hashes(texts))


def _nicknames(codes: Codes, texts: list[str]) -> tuple[Ints, Words]:
    """A name stands under every group it belongs to, and under itself."""
    groups = all_groups()
    by_code = [sorted({text, *groups.get(text, ())}) for text in texts]
    owners = np.flatnonzero(codes >= 0)
    counts = np.array([len(found) for found in by_code], dtype=np.int64)
    flat = text_hashes(pa.array([group for found in by_code for group in found], pa.string()))
    starts = np.cumsum(counts) - counts
    many = counts[codes[owners]]
    spread = np.repeat(owners, many)
    within = np.arange(len(spread)) - np.repeat(np.cumsum(many) - many, many)
    return spread, flat[np.repeat(starts[codes[owners]], many) + within]


def _made(codes: Codes, texts: Texts, rule: Callable[[str], str]) -> tuple[Ints, Words]:
    """By what the rule makes of each text; '' is nothing."""
    made = [rule(text) for text in texts.all()]
    known = np.array([bool(text) for text in [*made, ""]])
    return _known(
        np.where(known[codes], codes, -1).astype(np.int32), text_hashes(pa.array(made, pa.string()))
    )


def _beginning(letters: int) -> Callable[[str], str]:
    return lambda text: text[:letters] if len(text) >= letters else ""
