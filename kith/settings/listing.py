"""All settings on one page: those that have versions, and the older ones with pages of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.module_loading import import_string

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.settings.differences import Difference, differences
from kith.settings.in_force import newest_of, versions
from kith.settings.models import SettingsVersion
from kith.settings.sections import AnySection, sections


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Settings that are kept elsewhere, with a page of their own. Declared in KITH_SETTINGS_ELSEWHERE."""

    label: str
    about: str
    url_name: str
    permission: Permission = Permission.SETTINGS_VIEW


@dataclass(frozen=True, slots=True)
class Listed:
    label: str
    about: str
    url: str
    key: str = ""
    version: SettingsVersion | None = None


def listed(*, actor: Actor) -> tuple[Listed, ...]:
    """One query."""
    require(actor, Permission.SETTINGS_VIEW)
    found = sections()
    latest = newest_of(found.values())
    return tuple(
        Listed(one.label, one.about, reverse(one.url_name), key, latest.get(key))
        for key, one in found.items()
    )


def elsewhere(*, actor: Actor) -> tuple[Listed, ...]:
    declared: tuple[Elsewhere, ...] = import_string(settings.KITH_SETTINGS_ELSEWHERE)
    return tuple(
        Listed(one.label, one.about, reverse(one.url_name)) for one in declared if actor.may(one.permission)
    )


@dataclass(frozen=True, slots=True)
class Happened:
    """One version, and what it changed."""

    version: SettingsVersion
    changes: tuple[Difference, ...]


def history_of(section: AnySection, *, actor: Actor) -> QuerySet[SettingsVersion]:
    """Newest first."""
    require(actor, Permission.SETTINGS_VIEW)
    return versions(section.key)


def told(section: AnySection, rows: Sequence[SettingsVersion]) -> tuple[Happened, ...]:
    """Each version beside the one before it; the first beside what Kith came with. One query."""
    if not rows:
        return ()
    before = versions(section.key).filter(pk__lt=rows[-1].pk).first()
    oldest: object = before.body if before else section.to_json(section.shipped())
    earlier = [*(row.body for row in rows[1:]), oldest]
    return tuple(Happened(row, differences(body, row.body)) for row, body in zip(rows, earlier, strict=True))
