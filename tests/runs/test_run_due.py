"""When the overnight run is due: also on the nights when the clocks change."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from kith.runs.rules import is_due, next_start
from kith.runs.words import in_words

LONDON = (
    "Europe/London"  # spring: 29 March 2026, 01:00 becomes 02:00; autumn: 25 October, 02:00 becomes 01:00
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "last", "due"),
    [
        ("2026-11-22T01:59", None, False),
        ("2026-11-22T02:00", None, True),
        ("2026-11-22T02:01", "2026-11-22T02:00", False),
        ("2026-11-22T02:01", "2026-11-21T02:00", True),
        ("2026-11-22T08:00", "2026-11-21T02:00", True),
        ("2026-11-22T08:01", "2026-11-21T02:00", False),
    ],
)
def test_the_run_is_due_once_a_night_and_is_caught_up_within_six_hours(
    now: str, last: str | None, due: bool
) -> None:
    assert (
        is_due(now=at(now), starts_at=time(2), timezone="UTC", last_started_at=at(last) if last else None)
        is due
    )


@pytest.mark.parametrize("midnight", ["2026-03-29T00:00", "2026-10-25T00:00", "2026-06-01T00:00"])
@pytest.mark.parametrize("starts_at", [time(0, 30), time(1, 30), time(2), time(3)])
def test_the_run_starts_exactly_once_on_nights_when_the_clocks_change(midnight: str, starts_at: time) -> None:
    last, starts = at(midnight) - timedelta(days=1), []
    for minute in range(24 * 60):
        now = at(midnight) - timedelta(hours=2) + timedelta(minutes=minute)
        if is_due(now=now, starts_at=starts_at, timezone=LONDON, last_started_at=last):
            last = now
            starts.append(now)
    assert len([start for start in starts if start >= at(midnight) - timedelta(hours=1)]) == 1


def test_the_next_start_is_told_in_the_zone_of_the_schedule() -> None:
    start = next_start(now=at("2026-10-24T20:00"), starts_at=time(2), timezone=LONDON)
    assert f"{start:%d %H:%M %Z}" == "25 02:00 GMT"
    later = next_start(now=start, starts_at=time(2), timezone=LONDON)
    assert later - start == timedelta(days=1)


def test_figures_read_as_words_in_a_fixed_order_and_figures_of_sources_stay_out() -> None:
    counts = {"moved": 0, "source_1_records": 7, "placed": 1204, "unheard_of": 2, "blocks_cut": 0}
    assert in_words(counts) == (
        "1,204 System Refs got their first GroupID, 0 System Refs changed GroupID, 2 unheard of"
    )
