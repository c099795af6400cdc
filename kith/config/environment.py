"""Typed readers of the environment: they refuse a bad value instead of guessing."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class BadEnvironment(Exception):
    """A setting from the environment is not usable; the sentence names it."""


def text(name: str, default: str = "") -> str:
    """The variable, or the content of the file that `NAME_FILE` points to."""
    path = os.environ.get(f"{name}_FILE")
    if path:
        return Path(path).read_text(encoding="utf-8").strip()
    return os.environ.get(name, default)


def flag(name: str, *, default: bool) -> bool:
    value = text(name).strip().lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise BadEnvironment(f"{name} must be yes or no.")


def number(name: str, default: int) -> int:
    value = text(name).strip()
    if not value:
        return default
    if not value.isdigit():
        raise BadEnvironment(f"{name} must be a whole number.")
    return int(value)


def time_of_day(name: str, default: str) -> time | None:
    """None where it says `no`."""
    value = text(name, default).strip().lower()
    if value == "no":
        return None
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise BadEnvironment(f"{name} must be a time such as 05:00, or no.") from None


def zone(name: str, default: str) -> str:
    value = text(name).strip() or default
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise BadEnvironment(f"{name} must be a time zone such as Europe/Athens.") from None
    return value


def words(name: str, default: str = "") -> list[str]:
    return [word.strip() for word in text(name, default).split(",") if word.strip()]
