from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeVar

from django.db import connection, transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.kernel.decision import Decision
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.settings import carrying
from kith.settings.in_force import look_again, newest, readable
from kith.settings.models import SettingsVersion
from kith.settings.sections import AnySection, Section, section_of

Value = TypeVar("Value")
_LOCK = 5_287_414_911
ANYTHING: Final = -1
_CHANGED = (
    "Somebody saved these settings after you opened them. Nothing of yours was saved: open the page again "
    "beside this one and bring your changes over."
)


@transaction.atomic
def save_section(
    *, actor: Actor, section: Section[Value], value: Value, note: str = "", based_on: int | None = ANYTHING
) -> SettingsVersion | None:
    """A new version, in force at once; None where it says nothing new.

    `based_on`: the version the editor was opened with (None: the shipped one); Conflict if there is another
    by now. ANYTHING: whatever there is.
    """
    require(actor, Permission.SETTINGS_EDIT)
    _lock()
    latest = newest(section.key)
    if based_on not in (ANYTHING, latest.pk if latest else None):
        raise Conflict(_CHANGED)
    before = readable(section, latest)
    body = section.to_json(value)
    if value == before and (latest is None or latest.body == body):
        return None
    Decision((*section.problems(value), *section.refuses(before, value))).or_raise()
    version = SettingsVersion.objects.create(
        section=section.key,
        body=body,
        note=note.strip()[:200],
        user_id=actor.user_id,
        actor=actor.name,
    )
    look_again()
    section.reacts(before, value)
    journal.record(
        "SettingsSaved",
        by=actor,
        subject_type="settings_version",
        subject_id=version.pk,
        detail={"section": section.key},
    )
    return version


@transaction.atomic
def restore(*, actor: Actor, version_id: int) -> SettingsVersion | None:
    """What an earlier version said is in force again; None where it is already."""
    require(actor, Permission.SETTINGS_EDIT)
    version = SettingsVersion.objects.filter(pk=version_id).first()
    if version is None:
        raise NotFound("There is no such version of the settings.")
    section = section_of(version.section)
    value = section.from_json(version.body)
    return save_section(actor=actor, section=section, value=value, note=f"Version {version_id} again")


@transaction.atomic
def restore_shipped(*, actor: Actor, section: AnySection) -> SettingsVersion | None:
    """What Kith came with is in force again; None where it is already."""
    require(actor, Permission.SETTINGS_EDIT)
    return save_section(
        actor=actor, section=section, value=section.shipped(), note="What Kith came with again"
    )


@transaction.atomic
def take_in(
    *,
    actor: Actor,
    values: Mapping[AnySection, object],
    problems: Sequence[str] = (),
    note: str = "",
    seen: str = "",
) -> int:
    """What a file says: all of it or nothing, in the order of the list. Returns how many sections changed.

    `problems`: sentences against the file; with one of them nothing is taken in. `seen`: how the settings
    stood (`carrying.stand`) when somebody looked at what would change; Conflict where they stand otherwise.
    """
    require(actor, Permission.SETTINGS_EDIT)
    _lock()
    if problems:
        raise Refused(f"Nothing was taken in. {' '.join(problems)}")
    if seen and seen != carrying.stand():
        raise Conflict("Somebody changed settings meanwhile. Look again at what this file would change.")
    saved = [
        save_section(actor=actor, section=section, value=value, note=note)
        for section, value in values.items()
    ]
    return sum(1 for version in saved if version is not None)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
