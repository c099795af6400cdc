"""Which level of a comparison holds on each pair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from kith.matching.model import Compared, Comparison, Level, Test
from kith.matching.pairs import Pairs
from kith.matching.prepared import Mask

Levels: TypeAlias = npt.NDArray[np.int8]
UNKNOWN: Final = -1
"""One side does not know the field: no evidence either way."""


def levels_of(comparison: Comparison, pairs: Pairs) -> Levels:
    """Per pair the place of the level in the comparison, or UNKNOWN."""
    found = np.full(len(pairs), UNKNOWN, dtype=np.int8)
    left = _KNOWN[comparison.field](pairs).copy()
    for place, level in enumerate(comparison.levels):
        if not left.any():
            break
        held = left if level.test is Test.ELSE else left & holds(comparison.field, level, pairs, among=left)
        found[held] = place
        left &= ~held
    return found


def holds(field: Compared, level: Level, pairs: Pairs, *, among: Mask) -> Mask:
    """Only meaningful for the pairs asked for. Raises KeyError for a level that `model.validate` refuses."""
    if level.test is Test.FORM:
        return pairs.names(_COLUMN[field]).same_stem(among)
    if level.test is Test.PART:
        return pairs.names(_COLUMN[field]).part(among)
    return _HOLDS[field, level.test](pairs, level.threshold or 1.0)


_COLUMN: Final = {
    Compared.FIRST_NAME: "first",
    Compared.MIDDLE_NAME: "middle",
    Compared.LAST_NAME: "last",
    Compared.COMPANY_NAME: "company",
}

_KNOWN: Final[dict[Compared, Callable[[Pairs], Mask]]] = {
    **{
        field: (lambda pairs, column=column: pairs.names(column).known)  # type: ignore[misc]  # a lambda with a default
        for field, column in _COLUMN.items()
    },
    Compared.GENDER: lambda pairs: pairs.genders_known,
    Compared.BIRTH_DATE: lambda pairs: pairs.births.known,
    Compared.EMAIL: lambda pairs: pairs.emails_known,
    Compared.PHONE: lambda pairs: pairs.phones_known,
    Compared.ADDRESS: lambda pairs: pairs.postcodes_known,
    Compared.IDENTITY_NUMBER: lambda pairs: pairs.numbers_known,
}


def _named(field: Compared) -> dict[tuple[Compared, Test], Callable[[Pairs, float], Mask]]:
    column = _COLUMN[field]
    return {
        (field, Test.EXACT): lambda pairs, _: pairs.names(column).same,
        (field, Test.TRANSPOSED): lambda pairs, _: pairs.transposed,
        (field, Test.NICKNAME): lambda pairs, _: pairs.names(column).nickname,
        (field, Test.SIMILAR): lambda pairs, least: pairs.names(column).similarity >= np.float32(least),
        (field, Test.SOUND): lambda pairs, _: pairs.names(column).sounds_alike,
        (field, Test.INITIAL): lambda pairs, _: pairs.names(column).initial,
    }


def _on_one_address(pairs: Pairs, least: float) -> Mask:
    return pairs.on_any_address((pairs.street_similarity >= np.float32(least)) & pairs.same_postcode)


_HOLDS: Final[dict[tuple[Compared, Test], Callable[[Pairs, float], Mask]]] = {
    **{key: test for field in _COLUMN for key, test in _named(field).items()},
    (Compared.LAST_NAME, Test.RENAMED): lambda pairs, _: _renamed(pairs),
    (Compared.GENDER, Test.EXACT): lambda pairs, _: pairs.same_gender,
    (Compared.BIRTH_DATE, Test.EXACT): lambda pairs, _: pairs.births.days_apart == 0,
    (Compared.BIRTH_DATE, Test.SWAPPED): lambda pairs, _: pairs.births.day_month_swapped,
    (Compared.BIRTH_DATE, Test.DIGIT): lambda pairs, _: pairs.births.digits_apart == 1,
    (Compared.BIRTH_DATE, Test.SAME_YEAR): lambda pairs, _: pairs.births.same_year,
    (Compared.EMAIL, Test.OWN): lambda pairs, _: pairs.shares_own_email,
    (Compared.EMAIL, Test.EXACT): lambda pairs, _: pairs.shares_email,
    (Compared.EMAIL, Test.EDIT): lambda pairs, _: pairs.email_nearly,
    (Compared.EMAIL, Test.LOCAL_PART): lambda pairs, _: pairs.shares_local_part,
    (Compared.PHONE, Test.EXACT): lambda pairs, _: pairs.shares_phone,
    (Compared.PHONE, Test.EDIT): lambda pairs, _: pairs.phone_nearly,
    (Compared.ADDRESS, Test.EXACT): lambda pairs, _: _on_one_address(pairs, 1.0),
    (Compared.ADDRESS, Test.STREET): _on_one_address,
    (Compared.ADDRESS, Test.POSTCODE): lambda pairs, _: pairs.on_any_address(pairs.same_postcode),
    (Compared.IDENTITY_NUMBER, Test.EXACT): lambda pairs, _: pairs.shares_number,
    (Compared.IDENTITY_NUMBER, Test.EDIT): lambda pairs, _: pairs.any_number_nearly,
}


def _renamed(pairs: Pairs) -> Mask:
    one_woman = ~pairs.any_male & (pairs.births.days_apart == 0) & pairs.births.known
    return one_woman & (pairs.names("first").same | pairs.names("first").nickname)
