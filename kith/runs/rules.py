"""When the overnight run is due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CATCH_UP = timedelta(hours=6)
"""A machine that slept through the start still runs if it wakes within this time."""


def is_due(*, now: datetime, starts_at: time, timezone: str, last_started_at: datetime | None) -> bool:
    """Whether the newest start time has passed, within the catch-up time, without a scheduled run."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    start = _start_on(today, starts_at=starts_at, zone=zone)
    if start > now:
        start = _start_on(today - timedelta(days=1), starts_at=starts_at, zone=zone)
    if now - start > CATCH_UP:
        return False
    return last_started_at is None or last_started_at < start


def next_start(*, now: datetime, starts_at: time, timezone: str) -> datetime:
    """In the zone of the schedule."""
    zone = ZoneInfo(timezone)
    today = now.astimezone(zone).date()
    start = _start_on(today, starts_at=starts_at, zone=zone)
    if start <= now:
        start = _start_on(today + timedelta(days=1), starts_at=starts_at, zone=zone)
    return start.astimezone(zone)


def _start_on(day: date, *, starts_at: time, zone: ZoneInfo) -> datetime:
    """One moment a day: an hour that comes twice counts once, one that the clock leaves out comes later.

    In UTC, because times of one zone are compared by the clock on the wall.
    """
    return datetime.combine(day, starts_at.replace(second=0, microsecond=0), tzinfo=zone).astimezone(UTC)
