"""What the settings say now, and said before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar, cast

from django.db.models import QuerySet

from kith.kernel.errors import Refused
from kith.settings.models import SettingsVersion
from kith.settings.sections import AnySection, Section

Value = TypeVar("Value")
_Stamp = tuple[int, datetime]
"""Which version of a section is in force: its id, and when it was saved."""


@dataclass(slots=True)
class _Seen:
    stamps: dict[str, _Stamp] | None = None
    values: dict[str, object] = field(default_factory=dict)


_SEEN: ContextVar[_Seen | None] = ContextVar("settings_seen", default=None)
_READ: Final[dict[str, tuple[_Stamp, object]]] = {}
"""By section, the version this process read last. Versions never change, and their values are frozen."""


@contextmanager
def seen_once() -> Iterator[None]:
    """Within it the settings are one state, for which the database is asked once, whatever is read of it."""
    token = _SEEN.set(_Seen())
    try:
        yield
    finally:
        _SEEN.reset(token)


def look_again() -> None:
    """Settings were saved: what was seen before counts no more."""
    seen = _SEEN.get()
    if seen is not None:
        seen.stamps = None
        seen.values.clear()


def in_force(section: Section[Value]) -> Value:
    """A body that an older Kith saved and this one cannot read is Refused by name. One short query; within
    `seen_once` one for all sections, and one more for each that was saved since this process read it."""
    seen = _SEEN.get()
    if seen is None:
        version = newest(section.key)
        return section.from_json(version.body) if version else section.shipped()
    if section.key not in seen.values:
        if seen.stamps is None:
            seen.stamps = _stamps()
        seen.values[section.key] = _value(section, seen.stamps.get(section.key))
    return cast("Value", seen.values[section.key])


def _stamps() -> dict[str, _Stamp]:
    latest = SettingsVersion.objects.order_by("section", "-id").distinct("section")
    return {key: (pk, at) for key, pk, at in latest.values_list("section", "pk", "at")}


def _value(section: Section[Value], stamp: _Stamp | None) -> Value:
    if stamp is None:
        return section.shipped()
    known = _READ.get(section.key)
    if known is not None and known[0] == stamp:
        return cast("Value", known[1])
    value = section.from_json(SettingsVersion.objects.get(pk=stamp[0]).body)
    _READ[section.key] = (stamp, value)
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
