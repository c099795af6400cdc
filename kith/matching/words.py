"""What people read of a comparison: levels, criteria, odds. Never a value of a record."""

from __future__ import annotations

import math
from typing import Final

from kith.matching.model import Compared, Level, Test
from kith.matching.rules import NAMES, Comparison, Criterion

COMPARED_NAMES: Final[dict[Compared, str]] = {
    Compared.FIRST_NAME: "first name",
    Compared.MIDDLE_NAME: "middle name",
    Compared.LAST_NAME: "last name",
    Compared.GENDER: "gender",
    Compared.BIRTH_DATE: "birth date",
    Compared.EMAIL: "e-mail",
    Compared.PHONE: "phone",
    Compared.ADDRESS: "address",
    Compared.IDENTITY_NUMBER: "identity number",
    Compared.COMPANY_NAME: "company name",
}

_LEVELS: Final[dict[Test, str]] = {
    Test.EXACT: "same {}",
    Test.TRANSPOSED: "first and last name changed places",
    Test.NICKNAME: "{}s are nicknames of each other",
    Test.OWN: "same {}, named after one of them",
    Test.FORM: "{}s are forms of one family name",
    Test.SIMILAR: "{}s similar ({})",
    Test.SOUND: "{}s sound alike",
    Test.PART: "one {} is part of the other",
    Test.INITIAL: "one {} is the initial of the other",
    Test.RENAMED: "{}s differ, as after a marriage",
    Test.SWAPPED: "birth dates with day and month swapped",
    Test.DIGIT: "birth dates differ in one digit",
    Test.SAME_YEAR: "same birth year, different days",
    Test.EDIT: "{}s differ in one character",
    Test.LOCAL_PART: "e-mails the same before the @",
    Test.STREET: "same postcode, streets similar ({1})",
    Test.POSTCODE: "same postcode, not the same street",
    Test.ELSE: "different {}s",
}
SHARED_BY_MANY: Final = "same {}, shared by many, ignored"
# A value so much commoner or rarer than the average one is worth a word.
_TELLING_BITS: Final = 1.0


def level_words(field: Compared, level: Level, *, similarity: float = 0.0) -> str:
    if field is Compared.ADDRESS and level.test is Test.ELSE:
        return "different addresses"
    return _LEVELS[level.test].format(COMPARED_NAMES[field], _score(similarity))


def frequency_words(field: Compared, level: Level, *, bits: float, usual: float) -> str:
    """`usual`: bits of the level before the value's own frequency. '' where it is neither rare nor common."""
    if not level.by_frequency:
        return ""
    name = "postcode" if field is Compared.ADDRESS else COMPARED_NAMES[field]
    if bits > usual + _TELLING_BITS:
        return f"a rare {name}"
    return f"a common {name}" if bits < usual - _TELLING_BITS else ""


def absent_words(name: str, *, both: bool) -> str:
    return f"no {name} on {'either side' if both else 'one side'}"


def criterion_words(criterion: Criterion, *, held: bool, similarity: float | None = None) -> str:
    """Both sides are known. `similarity`: 0 for texts that have hardly anything in common."""
    name = NAMES[criterion.field]
    match criterion.comparison:
        case Comparison.EXACT:
            return f"same {name}" if held else f"different {name}s"
        case Comparison.FIRST_LETTERS:
            return f"first {criterion.letters} letters of the {name}s {'the same' if held else 'differ'}"
        case Comparison.PHONETIC:
            return f"{name}s sound alike" if held else f"{name}s do not sound alike"
        case Comparison.DIFFERENT:
            return f"different {name}s" if held else f"{name}s that may be the same"
        case _:
            return _similar_words(criterion, held=held, similarity=similarity or 0.0)


def _similar_words(criterion: Criterion, *, held: bool, similarity: float) -> str:
    name = NAMES[criterion.field]
    if similarity == 1.0:
        return f"same {name}"
    if criterion.comparison is Comparison.NICKNAME and held and similarity < (criterion.threshold or 2.0):
        return f"{name}s are nicknames of each other"
    if held:
        return f"{name}s similar ({_score(similarity)})"
    return f"{name}s differ ({_score(similarity)})" if similarity else f"{name}s differ"


def date_words(*, same: bool, swapped: bool, days: int, near: bool) -> str:
    """`near`: the criterion asks for dates near each other."""
    if same:
        return "same birth date"
    if not near:
        return "different birth dates"
    return "birth dates with day and month swapped" if swapped else f"birth dates {days} days apart"


def prior_words(lam: float) -> str:
    return f"before looking: 1 in {max(round(1 / lam), 1):,}"


def odds_words(weight: float) -> str:
    """'1,200 to 1', '1 to 30'."""
    odds = round(2 ** min(abs(weight), 40))
    if odds > 1_000_000:
        return "more than a million to 1" if weight > 0 else "1 to more than a million"
    return f"{odds:,} to 1" if weight >= 0 else f"1 to {odds:,}"


def _score(similarity: float) -> str:
    """Cut, not rounded: what is not quite the same must not read 1.00."""
    return f"{math.floor(similarity * 100 + 1e-4) / 100:.2f}"
