"""The one clock, so that tests can hold it still."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils.timezone import localdate


def now() -> datetime:
    return datetime.now(tz=UTC)


def today() -> date:
    """Where the organisation is (`KITH_TIME_ZONE`)."""
    return localdate(now())
