"""What the settings say now, and said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TypeVar, cast

from django.db.models import QuerySet

from kith.kernel.errors import Refused
from kith.settings.models import SettingsVersion
from kith.settings.sections import AnySection, Section

Value = TypeVar("Value")


_SEEN: ContextVar[dict[str, object] | None] = ContextVar("settings_seen", default=None)


@contextmanager
def seen_once() -> Iterator[None]:
    """Within it each section is read once: a request sees one state of it, and asks for it once."""
    token = _SEEN.set({})
    try:
        yield
    finally:
        _SEEN.reset(token)


def look_again() -> None:
    """Settings were saved: what was seen before counts no more."""
    seen = _SEEN.get()
    if seen is not None:
        seen.clear()


def in_force(section: Section[Value]) -> Value:
    """One short query. A body that an older Kith saved and this one cannot read is Refused by name."""
    seen = _SEEN.get()
    if seen is not None and section.key in seen:
        return cast("Value", seen[section.key])
    version = newest(section.key)
    value = section.from_json(version.body) if version else section.shipped()
    if seen is not None:
        seen[section.key] = value
    return value


def readable(section: Section[Value], version: SettingsVersion | None) -> Value:
    """What this version says; as shipped where there is none, or one that this Kith cannot read."""
    try:
        return section.from_json(version.body) if version else section.shipped()
    except Refused:
        return section.shipped()


def newest(key: str) -> SettingsVersion | None:
    return versions(key).first()


def versions(key: str) -> QuerySet[SettingsVersion]:
    """Newest first."""
    return SettingsVersion.objects.filter(section=key).order_by("-id")


def newest_of(found: Iterable[AnySection]) -> dict[str, SettingsVersion]:
    """By key, one query for all; a section that nobody changed has none."""
    keys = [section.key for section in found]
    latest = SettingsVersion.objects.filter(section__in=keys).order_by("section", "-id").distinct("section")
    return {version.section: version for version in latest}
