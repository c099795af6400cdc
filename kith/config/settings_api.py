"""The settings that have versions, for other systems: one section, its history, and all of them as a file."""

from __future__ import annotations

import json
from typing import Annotated, Final, cast

from ninja import Query, Router
from ninja.params import Path
from pydantic import StringConstraints

from kith.access.permissions import Permission
from kith.config.settings_schemas import (
    Body,
    SettingChange,
    SettingsArriving,
    SettingsFile,
    SettingsFileIn,
    SettingsFilePreview,
    SettingsFileTaken,
    SettingsIn,
    SettingsLine,
    SettingsOut,
    SettingsSaved,
    SettingsVersionLine,
    SettingsVersionOut,
)
from kith.kernel.errors import NotFound, Refused
from kith.settings import actions, carrying
from kith.settings.carrying import Arriving
from kith.settings.in_force import newest, readable
from kith.settings.listing import history_of, listed
from kith.settings.models import SettingsVersion
from kith.settings.sections import section_of
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    Id,
    Listed,
    Paging,
    answers,
    falling,
    only_asks,
)

settings_sections: Final = Router(tags=["settings"])
settings_file: Final = Router(tags=["settings"])

Key = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$"), Path()]


@settings_sections.get(
    "",
    summary="List the settings",
    auth=with_key(Permission.SETTINGS_VIEW),
    response=answers(Listed[SettingsLine]),
)
def list_settings_sections(request: ApiRequest) -> Listed[SettingsLine]:
    """Every section that has versions, in the order of the page, all on one."""
    lines = [
        SettingsLine(key=one.key, label=one.label, about=one.about, version=_line(one.version))
        for one in listed(actor=request.auth)
    ]
    return Listed[SettingsLine](items=lines, next=None)


@settings_sections.get(
    "/{key}",
    summary="Open a section of the settings",
    auth=with_key(Permission.SETTINGS_VIEW),
    response=answers(SettingsOut, *WITH_ID),
)
def open_settings_section(request: ApiRequest, key: Key) -> SettingsOut:
    """What is in force, as the file of all settings has it."""
    section = section_of(key)
    latest = newest(key)
    return SettingsOut(
        key=key,
        label=section.label,
        about=section.about,
        version=_line(latest),
        value=cast("Body", section.to_json(readable(section, latest))),
    )


@settings_sections.put(
    "/{key}",
    summary="Save a section of the settings",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(SettingsSaved, *WITH_ID, *WITH_BODY, *CHANGES),
)
def save_settings_section(request: ApiRequest, key: Key, given: SettingsIn) -> SettingsSaved:
    """All of it at once, in force at once. 409: somebody saved it since you read it."""
    section = section_of(key)
    if not carrying.can_be_kept(given.value):
        raise Refused("It holds characters that cannot be kept. Nothing was changed.")
    value = section.from_file(given.value)
    saved = actions.save_section(
        actor=request.auth, section=section, value=value, note=given.note, based_on=given.based_on
    )
    return _saved(saved)


@settings_sections.get(
    "/{key}/versions",
    summary="List the versions of a section",
    auth=with_key(Permission.SETTINGS_VIEW),
    response=answers(Listed[SettingsVersionLine], *WITH_ID, *WITH_QUERY),
)
def list_settings_versions(
    request: ApiRequest, key: Key, paging: Query[Paging]
) -> Listed[SettingsVersionLine]:
    """The newest first; what Kith came with is none of them."""
    page = falling(history_of(section_of(key), actor=request.auth).order_by(), paging)
    return Listed[SettingsVersionLine](items=[_version(one) for one in page.rows], next=page.next)


@settings_sections.get(
    "/{key}/versions/{version_id}",
    summary="Open a version of a section",
    auth=with_key(Permission.SETTINGS_VIEW),
    response=answers(SettingsVersionOut, *WITH_ID),
)
def open_settings_version(request: ApiRequest, key: Key, version_id: Id) -> SettingsVersionOut:
    """As it was saved."""
    found = history_of(section_of(key), actor=request.auth).filter(pk=version_id).first()
    if found is None:
        raise NotFound("There is no such version of these settings.")
    return SettingsVersionOut(**_version(found).model_dump(), value=found.body)


@settings_sections.post(
    "/{key}/versions/{version_id}/restore",
    summary="Restore a version of a section",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(SettingsSaved, *WITH_ID, *CHANGES),
)
def restore_settings_version(request: ApiRequest, key: Key, version_id: Id) -> SettingsSaved:
    """It becomes the newest again."""
    if not history_of(section_of(key), actor=request.auth).filter(pk=version_id).exists():
        raise NotFound("There is no such version of these settings.")
    return _saved(actions.restore(actor=request.auth, version_id=version_id))


@settings_sections.post(
    "/{key}/restore-shipped",
    summary="Restore what Kith came with",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(SettingsSaved, *WITH_ID, *CHANGES),
)
def restore_shipped_settings(request: ApiRequest, key: Key) -> SettingsSaved:
    return _saved(actions.restore_shipped(actor=request.auth, section=section_of(key)))


@settings_file.get(
    "",
    summary="Export the settings",
    auth=with_key(Permission.SETTINGS_VIEW),
    response=answers(SettingsFile),
)
def export_settings_file(request: ApiRequest) -> SettingsFile:
    """What is in force in every section: the file that the page exports."""
    return SettingsFile.model_validate_json(carrying.written())


@settings_file.post(
    "/preview",
    summary="Preview an import of settings",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(SettingsFilePreview, *WITH_BODY),
)
@only_asks
def preview_settings_file(request: ApiRequest, given: SettingsFile) -> SettingsFilePreview:
    """What the file would change, section by section. Nothing is changed."""
    arriving = [one for one in _arriving(given) if one.changes or one.problems]
    return SettingsFilePreview(sections=[_previewed(one) for one in arriving], seen=carrying.stand())


@settings_file.post(
    "",
    summary="Import settings",
    auth=with_key(Permission.SETTINGS_EDIT),
    response=answers(SettingsFileTaken, *WITH_BODY, *CHANGES),
)
def import_settings_file(request: ApiRequest, given: SettingsFileIn) -> SettingsFileTaken:
    """All of the file or nothing. Sections that it does not have stay."""
    arriving = _arriving(given.file)
    taken = actions.take_in(
        actor=request.auth,
        values={one.section: one.value for one in arriving if one.changes},
        problems=[problem for one in arriving for problem in one.problems],
        note=given.note,
        seen=given.seen,
    )
    return SettingsFileTaken(changed=taken)


def _arriving(given: SettingsFile) -> tuple[Arriving, ...]:
    return carrying.read(json.dumps(given.model_dump()))


def _previewed(one: Arriving) -> SettingsArriving:
    changes = [SettingChange(place=each.place, before=each.before, after=each.after) for each in one.changes]
    return SettingsArriving(
        key=one.section.key, label=one.section.label, changes=changes, problems=list(one.problems)
    )


def _line(version: SettingsVersion | None) -> SettingsVersionLine | None:
    return None if version is None else _version(version)


def _version(version: SettingsVersion) -> SettingsVersionLine:
    return SettingsVersionLine(id=version.pk, at=version.at, by=version.actor, note=version.note)


def _saved(version: SettingsVersion | None) -> SettingsSaved:
    return SettingsSaved(version=version.pk if version else None)
