"""C9: days that are fixed and days that move."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from dateutil.easter import EASTER_ORTHODOX, EASTER_WESTERN, easter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kith.kernel.errors import Refused
from kith.namedays.days import WEEKDAYS, Day, dates_between, read_day

YEARS = st.integers(1900, 2100)


@pytest.mark.parametrize(("name", "method"), [("orthodox", EASTER_ORTHODOX), ("western", EASTER_WESTERN)])
@pytest.mark.parametrize("shift", [-80, -43, -3, 0, 1, 50, 200])
def test_c9_days_from_easter_are_that_many_days_from_easter(name: str, method: int, shift: int) -> None:
    day = read_day(f"{name}{shift:+d}")
    for year in range(1900, 2101):
        found = day.on(year)
        assert found - easter(year, method) == timedelta(shift)
        assert found.year == year


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(year=YEARS)
def test_c9_george_is_on_23_april_or_on_easter_monday_and_always_after_easter(year: int) -> None:
    found = read_day("04-23|orthodox+1").on(year)
    sunday = easter(year, EASTER_ORTHODOX)
    assert found > sunday
    assert found == (date(year, 4, 23) if date(year, 4, 23) > sunday else sunday + timedelta(1))


@pytest.mark.parametrize(
    ("year", "day"),
    [
        (2021, date(2021, 5, 3)),
        (2022, date(2022, 4, 25)),
        (2023, date(2023, 4, 23)),
        (2024, date(2024, 5, 6)),
    ],
)
def test_c9_george_in_years_that_people_remember(year: int, day: date) -> None:
    assert read_day("04-23|orthodox+1").on(year) == day


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(year=YEARS, weekday=st.integers(0, 6), fixed=st.dates(date(2023, 1, 1), date(2023, 12, 25)))
def test_c9_a_weekday_on_or_after_a_day(year: int, weekday: int, fixed: date) -> None:
    found = read_day(f"{WEEKDAYS[weekday]}>={fixed:%m-%d}").on(year)
    assert found.weekday() == weekday
    assert timedelta(0) <= found - fixed.replace(year=year) < timedelta(7)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(year=YEARS)
def test_a36_29_february_is_the_28th_in_other_years(year: int) -> None:
    is_leap = (date(year, 3, 1) - timedelta(1)).day == 29
    assert read_day("02-29").on(year) == date(year, 2, 29 if is_leap else 28)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    day=st.one_of(
        st.builds(lambda d: Day(d.month, d.day), st.dates(date(2024, 1, 1), date(2024, 12, 31))),
        st.builds(lambda n: Day(easter="western", shift=n), st.integers(-80, 200)),
        st.builds(
            lambda d, n: Day(d.month, d.day, easter="orthodox", shift=n),
            st.dates(date(2024, 1, 1), date(2024, 12, 31)),
            st.integers(-80, 200),
        ),
    )
)
def test_c9_what_is_written_is_read_as_the_same_day(day: Day) -> None:
    assert read_day(day.code) == day


@pytest.mark.parametrize("text", ["23 April", "23 apr", "4-23", "04-23", " 23  APRIL "])
def test_c9_a_fixed_day_is_typed_as_people_write_it(text: str) -> None:
    assert read_day(text).code == "04-23"


@pytest.mark.parametrize(
    "text",
    [
        *("", "|", "31 June", "02-30", "13-01", "easter", "orthodox+999", "someday>=04-01"),
        *("04-23|", "|orthodox+1", "monday>=12-31", "sunday>=04-23|orthodox+1", "western-81"),
        "04-23orthodox+1",
    ],
)
def test_c9_what_is_no_day_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refused):
        read_day(text)


def test_c9_a_movable_day_is_resolved_for_each_year_of_a_span() -> None:
    george = read_day("04-23|orthodox+1")
    assert dates_between(george, date(2023, 1, 1), date(2024, 12, 31)) == (
        date(2023, 4, 23),
        date(2024, 5, 6),
    )
    assert dates_between(george, date(2024, 4, 1), date(2024, 4, 30)) == ()


def test_c9_days_are_said_in_words() -> None:
    assert read_day("04-23|orthodox+1").words == (
        "23 April, or Monday after Orthodox Easter when that day is not after Orthodox Easter"
    )
    assert read_day("orthodox-43").words == "43 days before Orthodox Easter"
    assert read_day("sunday>=12-11").words == "Sunday on or after 11 December"
