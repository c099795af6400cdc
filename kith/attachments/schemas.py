"""Attachments as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from kith.web.api import NAMES_STATE, SEEN, In, Number, Seen, Text

Note = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]

Address = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")]


class AttachmentOut(Schema):
    id: int
    group_id: int = Field(description="Of the contact it hangs on now.")
    kind: Literal["file", "url"]
    name: str
    classification: str = Field(description="Code; empty: none.")
    note: str
    media_type: str | None = Field(description="Of a file, told by its content.")
    size: int | None = Field(description="Of a file, in bytes.")
    url: str | None = Field(description="Of a web address.")
    library_entry: int | None = Field(
        description="The entry of the library that it is; null: a file of its own."
    )
    by: str
    at: datetime
    seen: str = Field(description=NAMES_STATE)


class FilingIn(Schema):
    name: Text = Field("", description="Empty: the name of the file.")
    classification: Text = Field("", description="Code, as the settings list them. Empty: none.")
    note: Note = ""


class RefilingIn(In):
    name: Text = Field("", description="Empty: it keeps its name.")
    classification: Text = Field("", description="Code, as the settings list them. Empty: none.")
    note: Note = ""
    seen: Seen = Field("", description=SEEN)


class AttachmentDeleteIn(In):
    reason: Literal["wrong_contact", "wrong_file", "no_longer_needed", "asked_for"]
    note: Note = ""
    seen: Seen = Field("", description=SEEN)


class AttachmentChanged(Schema):
    id: int


class PhotoChanged(Schema):
    group_id: int


class FromLibraryIn(In):
    entry: Number = Field(description="Id of an active entry of the library.")
    name: Text = Field("", description="Empty: the name of the entry.")
    classification: Text = Field("", description="Code. Empty: that of the entry.")
    note: Note = ""


class AttachmentMade(Schema):
    id: int
    group_id: int


class LibraryEntryOut(Schema):
    id: int
    kind: Literal["file", "url"]
    name: str
    classification: str
    note: str
    url: str | None
    is_active: bool
    seen: str = Field(description=NAMES_STATE)


class LibraryAddressIn(In):
    url: Address = Field(description="Whole, with https:// or http://.")
    name: Text = Field(description="Once in the library.")
    classification: Text = Field("", description="Code, as the settings list them. Empty: none.")
    note: Note = ""


class LibraryEntryIn(In):
    name: Text = Field(description="Once in the library.")
    classification: Text = Field("", description="Code, as the settings list them. Empty: none.")
    note: Note = ""
    url: Address = Field("", description="Of a web address; that of a file is empty.")
    is_active: bool = Field(description="No: it is retired, and attached to nobody any more.")
    seen: Seen = Field("", description=SEEN)


class LibraryEntryChanged(Schema):
    id: int
    is_active: bool
