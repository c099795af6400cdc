from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from kith.web.api import In

Kind = Literal["csv", "xlsx", "vcard"]
State = Literal["waiting", "running", "ready", "cancelled", "failed", "removed"]
Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_.]{1,60}$")]


class ExportIn(In):
    search: Token = Field(description="Token of a search: keep one, or take a saved view.")
    kind: Kind
    columns: list[Code] = Field(
        default_factory=list,
        max_length=300,
        description="Empty: those of the view, else the usual ones. GroupID and suppression come along.",
    )

    channel: Literal["", "email", "phone", "post"] = Field(
        "",
        description="By which the contacts are to be reached: whoever must not be reached so is left out."
        " Empty: to look at them; whoever is suppressed is in it, and says so.",
    )
    message: Literal["marketing", "affiliate", "service", "critical"] = Field(
        "marketing", description="With a channel: whoever does not want marketing is left out of it."
    )


class ExportState(Schema):
    id: int
    state: State


class ExportOut(Schema):
    id: int
    kind: Kind
    state: State
    words: list[str] = Field(description="What was searched for, without personal values.")
    columns: list[str]
    contacts: int | None = Field(description="Null: not chosen yet.")
    done: int | None = Field(description="Contacts written so far, while it is being written.")
    size: int | None = Field(description="Bytes.")
    failure: str
    asked_at: datetime
    ready_at: datetime | None
    expires_at: datetime | None
