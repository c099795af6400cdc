"""What the settings say now, and said before."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from django.db.models import QuerySet

from kith.kernel.errors import Refused
from kith.settings.models import SettingsVersion
from kith.settings.sections import AnySection, Section

Value = TypeVar("Value")


def in_force(section: Section[Value]) -> Value:
    """One short query. A body that an older Kith saved and this one cannot read is Refused by name."""
    version = newest(section.key)
    return section.from_json(version.body) if version else section.shipped()


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
