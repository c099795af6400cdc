"""Tasks to erase elsewhere as the API says them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from kith.web.api import LARGEST_ID, In

TaskState = Literal["open", "confirmed", "refused"]
How = Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*[^\x00\s][^\x00]*$")]


class TasksAsked(Schema):
    state: TaskState | None = Field(None, description="Null: all.")
    source: str | None = Field(None, max_length=20, description="Code of the source that has to erase.")
    group_id: int | None = Field(None, ge=1, le=LARGEST_ID, description="Of this anonymised contact.")


class ErasureTask(Schema):
    """Somebody who was anonymised here, and has to be erased in their own system too."""

    id: int
    group_id: int
    target: Literal["source", "sso"]
    source: str
    state: TaskState
    due_on: date
    closed_at: datetime | None
    note: str = Field(description="How it was erased, or why not.")


class ErasureTaskOpened(ErasureTask):
    system_ref: str | None = Field(
        description="As the source knows the person, or the SSO ID. Null once the task is closed: nobody"
        " here can tell any more."
    )


class ErasureTaskClosed(In):
    erased: bool = Field(description="No: it is not erased there, and will not be.")
    note: How = Field(description="How, or why not; no details of the person.")


class ErasureTaskChanged(Schema):
    id: int
    state: TaskState
