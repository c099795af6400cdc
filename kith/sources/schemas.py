"""Imports as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from ninja import Field, Schema

from kith.web.api import Text

KindName = Literal["contacts", "transactions", "accounts", "account_transactions", "linked_items"]
YesOrNo = Literal["yes", "no"]
"""Of a form, where everything is text."""
StateName = Literal["draft", "queued", "running", "done", "failed", "cancelled"]


class ImportIn(Schema):
    source: Text = Field("LOCAL", description="Code. LOCAL is Kith's own: contacts by Contact Code.")
    kind: KindName = "contacts"
    sheet: Text = Field("", description="Of a spreadsheet. Empty: the first that holds anything.")
    whole_source: YesOrNo = Field(
        "no", description="The file holds all the source has: what it lacks is marked gone."
    )
    start: YesOrNo = Field("yes", description="no: it stays a draft, and the answer says what it would do.")


class ImportCounts(Schema):
    new: int
    changed: int
    unchanged: int
    rejected: int


class ImportUndone(Schema):
    at: datetime | None = Field(description="Null: it is being taken back now.")
    removed: int = Field(description="Created by the import, and gone again.")
    put_back: int = Field(description="Updated by the import; they say again what they said before.")
    kept: int = Field(description="Somebody changed them since; the result says of each why it stays.")


class ImportOut(Schema):
    id: int
    source: str
    kind: KindName
    state: StateName
    file_name: str
    mapping: dict[str, str] = Field(description="Header to claim field; empty: kept as it came.")
    rows_total: int | None = Field(description="An estimate while it runs.")
    rows_done: int
    counts: ImportCounts
    created_at: datetime
    finished_at: datetime | None
    reason: str = Field(description="Why it failed; empty otherwise.")
    undone: ImportUndone | None = Field(description="Null: nobody took it back.")


class ImportAsked(Schema):
    id: int
    state: StateName


class ImportSent(ImportAsked):
    would: ImportCounts | None = Field(description="Of a draft: what it would do.")


class RejectedRowOut(Schema):
    id: int
    row: int = Field(description="As a spreadsheet counts: the header is row 1.")
    column: str
    reason: str
