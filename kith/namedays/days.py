"""On which day of a year something is celebrated: fixed, or moving with Easter or the week.

A day is written `04-23`, `orthodox+50`, `western-3`, `sunday>=12-11` (on it or the next one after it), or
`04-23|orthodox+1`: 23 April, or that day of Easter when 23 April is not after Orthodox Easter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Final

from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter

from kith.kernel.errors import Refused

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS: Final = (
    *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
    *("october", "november", "december"),
)
_METHODS: Final = {"orthodox": EASTER_ORTHODOX, "western": EASTER_WESTERN}
FURTHEST: Final = 200
"""Days from Easter: within the same year, always."""
LEAP: Final = 2024
_FIXED: Final = r"(?P<month>\d{2})-(?P<day>\d{2})"
_EASTER: Final = r"(?P<easter>orthodox|western)(?P<shift>[+-]\d{1,3})?"
_SHAPE: Final = re.compile(rf"(?:(?:(?P<weekday>[a-z]+)>=)?{_FIXED})?(?P<bar>\|)?(?:{_EASTER})?")
_TYPED_FIXED: Final = re.compile(r"(\d{1,2})\.?\s+([a-z]+)|(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Day:
    month: int = 0
    day: int = 0
    weekday: int | None = None
    """0 is Monday; the day is this weekday on or after month and day."""
    easter: str = ""
    shift: int = 0

    def on(self, year: int) -> date:
        """29 February is 28 February in other years (A36)."""
        if not self.month:
            return self._easter_day(year)
        fixed = fixed_on(self.month, self.day, year)
        if self.weekday is not None:
            return fixed + timedelta((self.weekday - fixed.weekday()) % 7)
        if self.easter and fixed <= easter_of(self.easter, year):
            return self._easter_day(year)
        return fixed

    @property
    def code(self) -> str:
        fixed = f"{self.month:02d}-{self.day:02d}" if self.month else ""
        if self.weekday is not None:
            return f"{WEEKDAYS[self.weekday]}>={fixed}"
        moved = f"{self.easter}{self.shift:+d}" if self.easter else ""
        return "|".join(part for part in (fixed, moved) if part)

    @property
    def words(self) -> str:
        fixed = f"{self.day} {_MONTHS[self.month - 1].capitalize()}" if self.month else ""
        if self.weekday is not None:
            return f"{WEEKDAYS[self.weekday].capitalize()} on or after {fixed}"
        if not self.easter:
            return fixed
        moved = _easter_words(self.easter, self.shift)
        name = f"{self.easter.capitalize()} Easter"
        return f"{fixed}, or {moved} when that day is not after {name}" if fixed else moved

    def _easter_day(self, year: int) -> date:
        return easter_of(self.easter, year) + timedelta(self.shift)


def fixed_on(month: int, day: int, year: int) -> date:
    is_leap_day = (month, day) == (2, 29)
    return date(year, month, 28) if is_leap_day and not _is_leap(year) else date(year, month, day)


@lru_cache(maxsize=1024)
def easter_of(which: str, year: int) -> date:
    found: date = easter(year, _METHODS[which])
    return found


@lru_cache(maxsize=4096)
def read_day(text: str) -> Day:
    """A code, or a fixed day as people type it: `23 April`, `4-23`. Refused in words."""
    code = _coded(text)
    match = _SHAPE.fullmatch(code)
    if not code or match is None:
        raise Refused(_NOT_A_DAY)
    found = match.groupdict()
    is_both = bool(found["month"] and found["easter"])
    if is_both != bool(found["bar"]) or (is_both and found["weekday"]):
        raise Refused(_NOT_A_DAY)
    if found["weekday"] and found["weekday"] not in WEEKDAYS:
        raise Refused(f"“{found['weekday']}” is no day of the week.")
    made = Day(
        month=int(found["month"] or 0),
        day=int(found["day"] or 0),
        weekday=WEEKDAYS.index(found["weekday"]) if found["weekday"] else None,
        easter=found["easter"] or "",
        shift=int(found["shift"] or 0),
    )
    _check(made)
    return made


_NOT_A_DAY: Final = (
    "This is no day. Write 23 April or 04-23, orthodox+50, western-3, sunday>=12-11, or 04-23|orthodox+1."
)


def _check(made: Day) -> None:
    if made.month:
        try:
            date(LEAP, made.month, made.day)
        except ValueError:
            raise Refused("There is no such day in the year.") from None
    # Easter is between 22 March and 8 May; a day that leaves its year would come twice or never in some.
    if made.easter and not -80 <= made.shift <= FURTHEST:
        raise Refused(f"From 80 days before Easter to {FURTHEST} days after it.")
    if made.weekday is not None and (made.month, made.day) > (12, 25):
        raise Refused("A weekday is looked for from 25 December at the latest: it stays within its year.")


def _coded(text: str) -> str:
    lowered = "".join(text.lower().replace("−", "-").split())
    typed = _TYPED_FIXED.fullmatch(" ".join(text.lower().split()))
    if typed is None:
        return lowered
    day, name, month, of_month = typed.groups()
    if name is None:
        return f"{int(month):02d}-{int(of_month):02d}"
    numbers = [n for n, known in enumerate(_MONTHS, 1) if len(name) >= 3 and known.startswith(name)]
    return f"{numbers[0]:02d}-{int(day):02d}" if numbers else lowered


def _easter_words(which: str, shift: int) -> str:
    name = f"{which.capitalize()} Easter"
    if shift in {0, 1}:
        return name if not shift else f"Monday after {name}"
    return f"{abs(shift)} days {'after' if shift > 0 else 'before'} {name}"


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def dates_between(day: Day, start: date, end: date) -> tuple[date, ...]:
    """When it is celebrated from `start` to `end`, both included."""
    found = (day.on(year) for year in range(start.year, end.year + 1))
    return tuple(one for one in found if start <= one <= end)
