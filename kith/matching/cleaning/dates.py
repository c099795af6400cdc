"""Days and moments in the usual spellings; what cannot be is refused with a sentence."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from typing import Final, NamedTuple

from babel import Locale

from kith.matching.cleaning.text import fold
from kith.matching.cleaning.words import SPOKEN

OLDEST_LIVING: Final = 125
"""Years; a birth longer ago is a mistake."""

NOT_A_DATE: Final = "not a date"
IMPOSSIBLE: Final = "a date that does not exist"
PLACEHOLDER: Final = "a placeholder date"
IN_THE_FUTURE: Final = "a birth date in the future"
TOO_LONG_AGO: Final = "a birth date too long ago"
OTHER_ORDER: Final = "read with day and month in the other order"
NOT_A_TIME: Final = "not a date and time"

_NUMERIC: Final = re.compile(
    r"^(\d{1,4})\s?[./\-–,年 ]\s?(\d{1,2})\s?[./\-–,月 ]\s?(\d{1,4})[.日]?(?=$|[\sT,Z+])"
)
_EIGHT: Final = re.compile(r"^\d{8}$")
_SERIAL: Final = re.compile(r"^(\d{5})(\.\d{1,12})?$")
_EPOCH: Final = re.compile(r"^-?(\d{9,10}|\d{12,13})$")
_ZEROS: Final = re.compile(r"^[0\s./\-:T]+$")
_CLOCK: Final = re.compile(
    r"(?<![\d:])(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp])?\.?([Mm]?)"
)
_ZONE: Final = re.compile(r"(?:Z|UTC|GMT|([+-])(\d{2}):?(\d{2})?)\s*$")
_TOKENS: Final = re.compile(r"\d+|[^\W\d_]+(?:[’'][^\W\d_]+)?")
_EXCEL_EPOCH: Final = date(1899, 12, 30)
_FIRST_YEAR: Final = 1753
_LAST_YEAR: Final = 2200


class DateOrder(StrEnum):
    """In which order a source writes day, month and year where the text alone does not tell."""

    DMY = "dmy"
    MDY = "mdy"
    YMD = "ymd"


class Day(NamedTuple):
    day: date | None
    reason: str | None


def parse_date(text: str, *, order: DateOrder, newest: date | None = None) -> date | None:
    """`newest`: a year of two digits is the latest not after it (without it 68 is 2068, 69 is 1969)."""
    return read_date(text, order=order, newest=newest).day


@lru_cache(maxsize=1 << 17)
def read_date(text: str, *, order: DateOrder, newest: date | None = None) -> Day:
    text = text.strip()
    numeric = _NUMERIC.match(text)
    if numeric:
        return _from_three(numeric[1], numeric[2], numeric[3], order=order, newest=newest)
    if _EIGHT.match(text):
        return _from_eight(text, order=order)
    if _SERIAL.match(text):
        return Day(_EXCEL_EPOCH + timedelta(days=int(text[:5])), None)
    if _ZEROS.match(text):
        return Day(None, PLACEHOLDER)
    return _from_words(text, newest=newest)


def read_birth_date(text: str, *, order: DateOrder, today: date) -> Day:
    found = read_date(text, order=order, newest=today)
    if found.day is None:
        return found
    if found.day > today:
        return Day(None, IN_THE_FUTURE)
    if found.day.year < today.year - OLDEST_LIVING:
        return Day(None, TOO_LONG_AGO)
    return found


def read_moment(text: str, *, order: DateOrder) -> datetime | None:
    """UTC; a time without a zone is taken as UTC, a day without a time as its beginning."""
    try:
        return _moment(text.strip(), order=order)
    except (ValueError, OverflowError):
        return None


def _moment(text: str, *, order: DateOrder) -> datetime | None:
    if _EPOCH.match(text):
        seconds = int(text) if len(text) < 12 else int(text) / 1000
        return datetime.fromtimestamp(seconds, tz=UTC)
    serial = _SERIAL.match(text)
    if serial:
        return _at(_EXCEL_EPOCH, timedelta(days=int(serial[1]), seconds=round(float(serial[2] or 0) * 86400)))
    clock = _CLOCK.search(text)
    day = read_date(text[: clock.start()].strip(" ,T") if clock else text, order=order).day
    if day is None:
        return None
    return (
        _at(day, _since_midnight(clock) - _ahead_of_utc(text[clock.end() :]))
        if clock
        else _at(day, timedelta())
    )


def _at(day: date, later: timedelta) -> datetime | None:
    moment = datetime.combine(day, time(), tzinfo=UTC) + later
    return moment if _FIRST_YEAR <= moment.year <= _LAST_YEAR else None


def _since_midnight(clock: re.Match[str]) -> timedelta:
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    if clock[5]:
        hour = hour % 12 + (12 if clock[5] in "Pp" else 0)
    micros = int((clock[4] or "0")[:6].ljust(6, "0"))
    time(hour, minute, min(second, 59))
    return timedelta(hours=hour, minutes=minute, seconds=second, microseconds=micros)


def _ahead_of_utc(text: str) -> timedelta:
    zone = _ZONE.search(text)
    if zone is None or not zone[1]:
        return timedelta()
    ahead = timedelta(hours=int(zone[2]), minutes=int(zone[3] or 0))
    return ahead if zone[1] == "+" else -ahead


def _from_three(one: str, two: str, three: str, *, order: DateOrder, newest: date | None) -> Day:
    if not int(one) or not int(two) or not int(three):
        blank = not int(one) and not int(two) and not int(three)
        return Day(None, PLACEHOLDER if blank or three in {"0000"} or one in {"0000"} else IMPOSSIBLE)
    if len(one) > 2 or (order is DateOrder.YMD and len(three) <= 2):
        return _made(
            _year(one, newest=newest, month=two, day=three), month=int(two), day=int(three), may_swap=False
        )
    month, day = (one, two) if order is DateOrder.MDY else (two, one)
    return _made(
        _year(three, newest=newest, month=month, day=day), month=int(month), day=int(day), may_swap=True
    )


def _made(year: int | None, *, month: int, day: int, may_swap: bool) -> Day:
    if year is None or not _FIRST_YEAR <= year <= _LAST_YEAR:
        return Day(None, PLACEHOLDER if year in {1, 1000, 1111, 1600, 1601, 9999} else IMPOSSIBLE)
    swapped = may_swap and month > 12 >= day
    if swapped:
        month, day = day, month
    try:
        return Day(date(year, month, day), OTHER_ORDER if swapped else None)
    except ValueError:
        return Day(None, IMPOSSIBLE)


def _year(digits: str, *, newest: date | None, month: str = "1", day: str = "1") -> int | None:
    if len(digits) == 4:
        return int(digits)
    if len(digits) > 2:
        return None
    short = int(digits)
    if newest is None:
        return 2000 + short if short <= 68 else 1900 + short
    year = newest.year - newest.year % 100 + short
    return year - 100 if (year, int(month), int(day)) > (newest.year, newest.month, newest.day) else year


def _from_eight(text: str, *, order: DateOrder) -> Day:
    by_year = _made(int(text[:4]), month=int(text[4:6]), day=int(text[6:]), may_swap=False)
    if by_year.day is not None and (order is DateOrder.YMD or 1850 <= by_year.day.year <= 2100):
        return by_year
    one, two, year = int(text[:2]), int(text[2:4]), int(text[4:])
    month, day = (one, two) if order is DateOrder.MDY else (two, one)
    other = _made(year, month=month, day=day, may_swap=True)
    return other if other.day is not None else by_year


def _from_words(text: str, *, newest: date | None) -> Day:
    tokens = _TOKENS.findall(text.split(" at ", maxsplit=1)[0].partition(":")[0] if ":" in text else text)
    numbers = [token for token in tokens if token.isdigit()][:2]
    if len(numbers) != 2:
        return Day(None, NOT_A_DATE)
    months = [
        month for month in (_months().get(fold(token)) for token in tokens if not token.isdigit()) if month
    ]
    if len(months) != 1:
        return Day(None, NOT_A_DATE)
    day, year = (numbers[1], numbers[0]) if len(numbers[0]) == 4 else (numbers[0], numbers[1])
    if len(day) > 2:
        return Day(None, NOT_A_DATE)
    full_year = _year(year, newest=newest, month=str(months[0]), day=day)
    return _made(full_year, month=months[0], day=int(day), may_swap=False)


@cache
def _months() -> dict[str, int]:
    """Names in every language of `SPOKEN`; a name that means two months is left to English."""
    english: dict[str, int] = {"sept": 9}
    others: dict[str, int] = {}
    ambiguous: set[str] = set()
    for spoken in SPOKEN:
        names = english if spoken == "en" else others
        for name, month in _month_names(spoken):
            if names.setdefault(name, month) != month:
                ambiguous.add(name)
    clear = {name: month for name, month in others.items() if name not in ambiguous}
    return clear | english


def _month_names(spoken: str) -> list[tuple[str, int]]:
    locale = Locale.parse(spoken)
    found = []
    for use in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            found += [(fold(name), month) for month, name in locale.months[use][width].items()]
    return [(name, month) for name, month in found if len(name) > 1 and not name.isdigit()]
