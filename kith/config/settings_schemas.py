"""The settings as the API says them. What a section holds, its page and the exported file tell."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import JsonValue, StringConstraints

from kith.web.api import In, Number

Note = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Body = dict[str, JsonValue]


class SettingsVersionLine(Schema):
    id: int
    at: datetime
    by: str
    note: str


class SettingsVersionOut(SettingsVersionLine):
    value: Body


class SettingsLine(Schema):
    key: str
    label: str
    about: str
    version: SettingsVersionLine | None = Field(description="In force. Null: what Kith came with.")


class SettingsOut(SettingsLine):
    value: Body


class SettingsIn(In):
    value: Body = Field(description="The section as a whole, as it was read.")
    note: Note = ""
    based_on: Number | None = Field(description="Id of the `version` read. Null: what Kith came with.")


class SettingsSaved(Schema):
    version: int | None = Field(description="In force now. Null: it said so already.")


class SettingsFile(In):
    format: Literal["kith-settings-1"]
    sections: dict[str, JsonValue] = Field(description="By key.")


class SettingsFileIn(In):
    file: SettingsFile
    note: Note = ""
    seen: Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9a-f]*$")] = Field(
        "", description="`seen` of the preview: 409 where settings changed since."
    )


class SettingChange(Schema):
    place: str
    before: str = Field(description="Empty: it is added.")
    after: str = Field(description="Empty: it is gone.")


class SettingsArriving(Schema):
    key: str
    label: str
    changes: list[SettingChange]
    problems: list[str] = Field(description="With one of them nothing of the file can be taken in.")


class SettingsFilePreview(Schema):
    sections: list[SettingsArriving] = Field(description="Those that would change, or cannot.")
    seen: str


class SettingsFileTaken(Schema):
    changed: int = Field(description="Sections.")
