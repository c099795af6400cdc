"""What each criterion means, said once more and slowly: one pair at a time, in plain Python."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product

import numpy as np
from rapidfuzz.distance import OSA, JaroWinkler

from kith.matching.comparable import Comparable
from kith.matching.nickname_groups import same_person_name
from kith.matching.phonetics import sound_key
from kith.matching.rules import ADDRESS_FIELDS, IDENTITY_FIELDS, Comparison, Criterion, Field, Rule

NAMES = {
    Field.FIRST_NAME: "first_key",
    Field.MIDDLE_NAME: "middle_key",
    Field.LAST_NAME: "last_key",
    Field.COMPANY_NAME: "company_key",
}


def rule_holds(left: Comparable, right: Comparable, *, rule: Rule) -> bool:
    on_address = [criterion for criterion in rule.criteria if criterion.field in ADDRESS_FIELDS]
    others = [criterion for criterion in rule.criteria if criterion.field not in ADDRESS_FIELDS]
    if not all(holds(left, right, criterion=criterion) for criterion in others):
        return False
    return not on_address or any(
        all(_agree(one[part(criterion)], other[part(criterion)], criterion) for criterion in on_address)
        for one, other in product(_addresses(left), _addresses(right))
    )


def part(criterion: Criterion) -> int:
    return 0 if criterion.field is Field.ADDRESS_LINE else 1


def holds(left: Comparable, right: Comparable, *, criterion: Criterion) -> bool:
    """Of no address; of what differs, numbers only: what differing names and dates are, the cases tell."""
    if criterion.comparison is Comparison.DIFFERENT:
        return _numbers_differ(left, right, criterion.field)
    if criterion.field is Field.BIRTH_DATE:
        return _dates(left.birth_date, right.birth_date, criterion)
    pairs = product(_values(left, criterion.field), _values(right, criterion.field))
    return any(_agree(one, other, criterion) for one, other in pairs)


def _values(record: Comparable, field: Field) -> tuple[str, ...]:
    match field:
        case Field.EMAIL:
            return record.emails
        case Field.PHONE:
            return record.phones
        case Field.IDENTITY_NUMBER:
            return tuple(f"{kind}:{number}" for kind, number in _numbers(record, IDENTITY_FIELDS))
        case Field.FULL_NAME:
            known = record.first_key and record.last_key
            return (" ".join(sorted(f"{record.first_key} {record.last_key}".split())),) if known else ()
        case _:
            return (str(getattr(record, NAMES.get(field, field.value))),)


def _numbers(record: Comparable, kinds: tuple[Field, ...]) -> Iterator[tuple[Field, str]]:
    for kind in kinds:
        if number := str(getattr(record, kind.value)):
            yield kind, number


def _addresses(record: Comparable) -> list[tuple[str, str]]:
    return list(zip(record.street_keys, record.postcode_keys, strict=True))


def _agree(one: str, other: str, criterion: Criterion) -> bool:
    if not one or not other:
        return False
    match criterion.comparison:
        case Comparison.SIMILAR:
            return _similar(one, other, criterion.threshold)
        case Comparison.NICKNAME:
            alike = criterion.threshold is not None and _similar(one, other, criterion.threshold)
            return alike or same_person_name(one, other)
        case Comparison.FIRST_LETTERS:
            letters = criterion.letters
            return min(len(one), len(other)) >= letters and one[:letters] == other[:letters]
        case Comparison.PHONETIC:
            return one == other or sound_key(one) == sound_key(other) != ""
        case _:
            return one == other


def _similar(one: str, other: str, threshold: float | None) -> bool:
    return one == other or _likeness(one, other) >= np.float32(threshold or 1)


def _likeness(one: str, other: str) -> np.float32:
    return np.float32(JaroWinkler.similarity(one, other))


def _dates(one: date | None, other: date | None, criterion: Criterion) -> bool:
    if one is None or other is None:
        return False
    near = criterion.comparison is Comparison.NEAR_DATE
    return abs((one - other).days) <= criterion.days or (near and _swapped(one, other))


def _swapped(one: date, other: date) -> bool:
    return (one.year, one.month, one.day) == (other.year, other.day, other.month)


def _numbers_differ(left: Comparable, right: Comparable, field: Field) -> bool:
    kinds = IDENTITY_FIELDS if field is Field.IDENTITY_NUMBER else (field,)
    ours, theirs = dict(_numbers(left, kinds)), dict(_numbers(right, kinds))
    both = [(ours[kind], theirs[kind]) for kind in kinds if kind in ours and kind in theirs]
    return bool(both) and not any(one == other or _slip(one, other) for one, other in both)


def _slip(one: str, other: str) -> bool:
    return min(len(one), len(other)) >= 5 and OSA.distance(one, other) == 1
