"""Two birth dates beside each other. Only pairs that know both are looked at; the others hold nothing."""

from __future__ import annotations

from functools import cached_property
from typing import Final, TypeVar

import numpy as np
import numpy.typing as npt

from kith.matching.prepared import NO_DAY, Codes, Ints, Mask

_YEARS_MISREAD: Final = 11
_DIGITS: Final = 8
_Kind = TypeVar("_Kind", bound=np.generic)


class BirthPairs:
    """Methods answer with one value per pair; False or 0 where a date is not known."""

    def __init__(self, births: Codes, calendar: npt.NDArray[np.int32], left: Ints, right: Ints) -> None:
        one, other = births.take(left), births.take(right)
        self.known: Mask = (one != NO_DAY) & (other != NO_DAY)
        self._places = np.flatnonzero(self.known)
        self._days = one[self._places].astype(np.int64), other[self._places].astype(np.int64)
        self._one = calendar[left[self._places]]
        self._other = calendar[right[self._places]]

    @cached_property
    def days_apart(self) -> Ints:
        """Only meaningful where both are known."""
        return self._spread(np.abs(self._days[0] - self._days[1]), kind=np.int64)

    @cached_property
    def same(self) -> Mask:
        return self._held(self._days[0] == self._days[1])

    @cached_property
    def day_month_swapped(self) -> Mask:
        one, other = self._one, self._other
        swapped = (one[:, 0] == other[:, 0]) & (one[:, 1] == other[:, 2]) & (one[:, 2] == other[:, 1])
        return self._held(swapped & (self._days[0] != self._days[1]))

    @cached_property
    def digits_apart(self) -> npt.NDArray[np.int8]:
        """Of the eight digits of year, month and day, how many differ."""
        tens = np.array([10_000, 100, 1], dtype=np.int32)
        one, other = self._one @ tens, self._other @ tens
        apart = np.zeros(len(one), dtype=np.int8)
        for _ in range(_DIGITS):
            apart += one % 10 != other % 10
            one, other = one // 10, other // 10
        return self._spread(apart, kind=np.int8)

    @cached_property
    def same_day_and_month(self) -> Mask:
        """Of years near enough that one may be a misreading of the other."""
        one, other = self._one, self._other
        same = (one[:, 1] == other[:, 1]) & (one[:, 2] == other[:, 2])
        return self._held(same & (np.abs(one[:, 0] - other[:, 0]) <= _YEARS_MISREAD))

    @cached_property
    def same_year(self) -> Mask:
        return self._held(self._one[:, 0] == self._other[:, 0])

    @cached_property
    def any_new_year(self) -> Mask:
        """One was born on the first of January, as many files say who know the year alone."""
        first = [(side[:, 1] == 1) & (side[:, 2] == 1) for side in (self._one, self._other)]
        return self._held(first[0] | first[1])

    def _held(self, held: Mask) -> Mask:
        return self._spread(held, kind=np.bool_)

    def _spread(self, values: npt.NDArray[_Kind], *, kind: type[_Kind]) -> npt.NDArray[_Kind]:
        found = np.zeros(len(self.known), dtype=kind)
        found[self._places] = values
        return found
