"""Stewardship cases as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from kith.web.api import LARGEST_ID, In, Number

CaseKind = Literal[
    "failed_request",
    "circuit_breaker",
    "failed_run",
    "contradiction",
    "clash",
    "journal",
    "erasure",
    "person_request",
    "backup",
    "sign_on",
    "manual",
]
CaseState = Literal["open", "in_progress", "resolved"]

_WRITTEN = r"^[^\x00]*[^\x00\s][^\x00]*$"
Title = Annotated[str, StringConstraints(max_length=200, pattern=_WRITTEN)]
Written = Annotated[str, StringConstraints(max_length=5_000, pattern=_WRITTEN)]
MaybeWritten = Annotated[str, StringConstraints(max_length=5_000, pattern=r"^[^\x00]*$")]


class CasesAsked(Schema):
    state: CaseState | Literal["unresolved"] | None = Field(
        None, description="`unresolved`: all that are not resolved. Null: all."
    )
    kind: CaseKind | None = None
    owner_id: int | None = Field(None, ge=1, le=LARGEST_ID, description="Of this user.")
    unowned: bool = Field(default=False, description="Yes: only those that are nobody's.")
    group_id: int | None = Field(None, ge=1, le=LARGEST_ID, description="About this contact.")


class CaseOwner(Schema):
    """A user who may work on cases."""

    id: int
    name: str


class CaseOut(Schema):
    """Something that failed or needs a person."""

    id: int
    kind: CaseKind
    title: str = Field(description="GroupIDs and what happened; no values of a person.")
    state: CaseState
    owner: CaseOwner | None = Field(description="Null: nobody's yet.")
    group_id: int | None = Field(description="The contact it is about.")
    request_id: int | None
    run_id: int | None
    operation_id: int | None
    opened_at: datetime
    opened_by: str
    resolved_at: datetime | None
    resolved_by: str | None = Field(description="Null too where the reason went away by itself, or to a key.")


class CaseNoteOut(Schema):
    id: int
    by: str
    at: datetime
    text: str


class CaseIn(In):
    title: Title = Field(description="What is wrong, in one line, without names or numbers of a person.")
    text: MaybeWritten = Field("", description="More about it: the first note.")
    group_id: Number | None = Field(None, description="The contact it is about.")


class NoteIn(In):
    text: Written


class ResolveIn(In):
    text: MaybeWritten = Field("", description="A last note: what was done.")


class OwnerIn(In):
    owner_id: Number | None = Field(description="A user of `/cases/owners`. Null: nobody's again.")


class CaseChanged(Schema):
    id: int
    state: CaseState
    owner_id: int | None


class CaseNoteAdded(Schema):
    id: int
    case_id: int
