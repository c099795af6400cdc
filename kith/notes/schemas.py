"""Notes as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Final

from ninja import Field, Schema
from pydantic import StringConstraints

from kith.notes.actions import LONGEST
from kith.web.api import In

_ANY: Final = r"[^\x00\x1c-\x1f]"
Words = Annotated[str, StringConstraints(max_length=LONGEST, pattern=rf"^{_ANY}*[^\s\x00\x1c-\x1f]{_ANY}*$")]
"""At least one character that is no space."""


class ContactNoteEdit(Schema):
    text: str = Field(description="What it said before this edit.")
    by: str
    at: datetime


class ContactNote(Schema):
    id: int
    text: str
    by: str = Field(description="Who wrote it first.")
    at: datetime
    edits: list[ContactNoteEdit] = Field(description="The newest first.")


class ContactNoteIn(In):
    text: Words


class ContactNoteEditIn(In):
    text: Words
    edits: int = Field(ge=0, le=2**31 - 1, description="How many edits it had when you read it.")


class ContactNoteMade(Schema):
    id: int
    group_id: int


class ContactNoteEdited(Schema):
    id: int
    edits: int
