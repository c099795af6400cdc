"""The one clock, so that tests can hold it still."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo


def be_in(zone: str) -> None:
    """Once, when the settings are read: where the organisation is (`KITH_TIME_ZONE`)."""
    global _here  # noqa: PLW0603  one place of the process, given by whoever reads the environment
    _here = ZoneInfo(zone)


def now() -> datetime:
    return datetime.now(tz=UTC)


def today() -> date:
    """Where the organisation is."""
    return now().astimezone(_here).date()


_here: tzinfo = UTC
