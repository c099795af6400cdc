"""Printouts as the API asks for them and tells of them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Field, Schema
from pydantic import StringConstraints

from kith.printouts.formats import Format
from kith.printouts.models import Sending
from kith.web.api import In

SectionKey = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,30}$")]
_SECTIONS = "Keys of sections, as a JSON printout names them. None: the usual ones. A vCard has none."


class PrintoutAsked(Schema):
    format: Format = Format.PDF
    section: list[SectionKey] = Field(default_factory=list, max_length=50, description=_SECTIONS)


class PrintoutSendIn(In):
    format: Format = Format.PDF
    sections: list[SectionKey] = Field(default_factory=list, max_length=50, description=_SECTIONS)


class PrintoutAccepted(Schema):
    id: int
    group_id: int
    state: Sending.State


class PrintoutSending(Schema):
    id: int
    format: Format
    sections: list[str]
    state: Sending.State = Field(description="waiting, sent or failed.")
    trouble: str = Field(description="Why it was not sent, or why the last attempt failed. '': nothing did.")
    attempts: int
    by: str
    asked_at: datetime
    ended_at: datetime | None
