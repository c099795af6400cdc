"""One criterion on one pair, in words: the twin of the engine's SQL, held to it by a property test."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Final

from rapidfuzz.distance import JaroWinkler

from kith.matching.comparable import Comparable
from kith.matching.nickname_groups import same_person_name
from kith.matching.phonetics import sound_key
from kith.matching.rules import IDENTITY_FIELDS, NAMES, Comparison, Criterion, Field


@dataclass(frozen=True, slots=True)
class Held:
    criterion: Criterion
    held: bool
    words: str
    similarity: float | None = None


_TEXTS: Final[dict[Field, Callable[[Comparable], str]]] = {
    Field.FIRST_NAME: lambda record: record.first_key,
    Field.MIDDLE_NAME: lambda record: record.middle_key,
    Field.LAST_NAME: lambda record: record.last_key,
    Field.FULL_NAME: lambda record: record.full_key,
    Field.COMPANY_NAME: lambda record: record.company_key,
    Field.ID_NUMBER: lambda record: record.id_number,
    Field.PASSPORT_NUMBER: lambda record: record.passport_number,
    Field.SOCIAL_SECURITY_NUMBER: lambda record: record.social_security_number,
    Field.VAT_NUMBER: lambda record: record.vat_number,
    Field.REGISTRATION_NUMBER: lambda record: record.registration_number,
}


def compare(left: Comparable, right: Comparable, *, criterion: Criterion) -> Held:
    """Any criterion but those on addresses, which go address by address to `compare_texts`."""
    if criterion.field is Field.BIRTH_DATE:
        return _compare_dates(left.birth_date, right.birth_date, criterion=criterion)
    return compare_texts(_values(left, criterion.field), _values(right, criterion.field), criterion=criterion)


def _values(record: Comparable, field: Field) -> tuple[str, ...]:
    match field:
        case Field.EMAIL:
            return record.emails
        case Field.PHONE:
            return record.phones
        case Field.IDENTITY_NUMBER:
            return tuple(
                f"{kind.value}:{_TEXTS[kind](record)}" for kind in IDENTITY_FIELDS if _TEXTS[kind](record)
            )
        case _:
            return (_TEXTS[field](record),)


def compare_texts(left: Iterable[str], right: Iterable[str], *, criterion: Criterion) -> Held:
    """Holds when any value of one side agrees with any of the other; '' never does."""
    ours, theirs = [value for value in left if value], [value for value in right if value]
    if not ours or not theirs:
        return Held(criterion, held=False, words=_absent(criterion, both=not ours and not theirs))
    held = any(_agree(one, other, criterion=criterion) for one, other in product(ours, theirs))
    if criterion.comparison is Comparison.EXACT:
        return Held(criterion, held=held, words=_words(criterion, held=held))
    similarity = max(JaroWinkler.similarity(one, other) for one, other in product(ours, theirs))
    return Held(criterion, held, _words(criterion, held=held, similarity=similarity), similarity)


def _agree(one: str, other: str, *, criterion: Criterion) -> bool:
    match criterion.comparison:
        case Comparison.SIMILAR:
            return _similar(one, other, criterion=criterion)
        case Comparison.NICKNAME:
            alike = criterion.threshold is not None and _similar(one, other, criterion=criterion)
            return alike or same_person_name(one, other)
        case Comparison.FIRST_LETTERS:
            letters = criterion.letters
            return len(one) >= letters and len(other) >= letters and one[:letters] == other[:letters]
        case Comparison.PHONETIC:
            return sound_key(one) == sound_key(other) != ""
        case _:
            return one == other


def _similar(one: str, other: str, *, criterion: Criterion) -> bool:
    return one == other or JaroWinkler.similarity(one, other) >= (criterion.threshold or 1.0)


def _compare_dates(left: date | None, right: date | None, *, criterion: Criterion) -> Held:
    if left is None or right is None:
        return Held(criterion, held=False, words=_absent(criterion, both=left is right))
    if left == right:
        return Held(criterion, held=True, words="same birth date")
    if criterion.comparison is not Comparison.NEAR_DATE:
        return Held(criterion, held=False, words="different birth dates")
    if (left.year, left.month, left.day) == (right.year, right.day, right.month):
        return Held(criterion, held=True, words="birth dates with day and month swapped")
    days = abs((left - right).days)
    return Held(criterion, held=days <= criterion.days, words=f"birth dates {days} days apart")


def _absent(criterion: Criterion, *, both: bool) -> str:
    return f"no {NAMES[criterion.field]} on {'either side' if both else 'one side'}"


def _words(criterion: Criterion, *, held: bool, similarity: float = 1.0) -> str:
    name = NAMES[criterion.field]
    score = f"{int(similarity * 100) / 100:.2f}"
    match criterion.comparison:
        case Comparison.EXACT:
            return f"same {name}" if held else f"different {name}s"
        case Comparison.FIRST_LETTERS:
            return f"first {criterion.letters} letters of the {name}s {'the same' if held else 'differ'}"
        case Comparison.PHONETIC:
            return f"{name}s sound alike" if held else f"{name}s do not sound alike"
        case _ if similarity == 1.0:
            return f"same {name}"
        case Comparison.NICKNAME if held and similarity < (criterion.threshold or 2.0):
            return f"{name}s are nicknames of each other"
        case _:
            return f"{name}s similar ({score})" if held else f"{name}s differ ({score})"
