from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from kith.web.api import In

Kind = Literal["category", "owner", "email_type"]
State = Literal["waiting", "running", "done", "cancelled", "undoing", "undone"]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{0,40}$")]


class BulkChangeIn(In):
    search: Token = Field(description="Token of a search: keep one, or take a saved view.")
    kind: Kind
    value: Code = Field(
        "", description="Code of a category or an e-mail type, id of a team. Empty: clear it; not of a type."
    )


class BulkPreview(Schema):
    total: int
    would_change: int
    have_it: int
    cannot: int


class BulkChangeState(Schema):
    id: int
    state: State


class BulkChangeOut(Schema):
    id: int
    kind: Kind
    value: str
    state: State
    words: list[str] = Field(description="What was searched for, without personal values.")
    total: int = Field(description="Contacts that the search found when it was asked for.")
    changed: int = Field(description="Changed by it and standing.")
    had_it: int
    refused: int
    kept: int = Field(description="Not undone: changed again since, or its processing is restricted.")
    done: int | None = Field(description="Contacts gone through so far, while it is under way.")
    asked_at: datetime
    finished_at: datetime | None
