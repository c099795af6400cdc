"""When the overnight run is due."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

CATCH_UP = timedelta(hours=6)
"""A machine that slept through the start still runs if it wakes within this time."""


def is_due(*, now: datetime, starts_at: time, timezone: str, last_started_at: datetime | None) -> bool:
    """Whether the newest start time has passed, within the catch-up time, without a scheduled run."""
    local = now.astimezone(ZoneInfo(timezone))
    start = local.replace(hour=starts_at.hour, minute=starts_at.minute, second=0, microsecond=0)
    if start > local:
        start -= timedelta(days=1)
    if local - start > CATCH_UP:
        return False
    return last_started_at is None or last_started_at < start


def next_start(*, now: datetime, starts_at: time, timezone: str) -> datetime:
    local = now.astimezone(ZoneInfo(timezone))
    start = local.replace(hour=starts_at.hour, minute=starts_at.minute, second=0, microsecond=0)
    return start if start > local else start + timedelta(days=1)
