"""Lineage, System Refs and decisions as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema

from kith.contacts.schemas import Kind, SystemRefName
from kith.web.api import MOST_ROWS, Cursor, In, Number, Text

Verdict = Literal["together", "apart"]


class SystemRefIn(In):
    """By its name; or give `record_id`, Kith's own number of it, in its place."""

    source: Text = Field(description="Code of the source.")
    system_ref: Text


RecordIn = Annotated[
    Number | SystemRefIn, Field(description="A System Ref: by its record id, or by source and System Ref.")
]


class Holder(Schema):
    group_id: int
    system_refs: int = Field(description="How many of them it holds now.")


class Lineage(Schema):
    """Where a GroupID leads, for ever."""

    group_id: int
    kind: Kind
    state: Literal["active", "retired"]
    created_at: datetime
    retired_at: datetime | None
    successor: int | None = Field(description="The active GroupID that it leads to now. Null while active.")
    successors: list[int] = Field(description="The whole chain there, the active one last.")
    held_by: list[Holder] = Field(
        description="All GroupIDs that hold a System Ref this one ever held: what it was split into. The"
        " first 200, by number of System Refs."
    )
    predecessors: list[int] = Field(description="Retired GroupIDs that lead straight here; the first 200.")


class SystemRefSearch(In):
    source: Text = Field("", description="Code of the source. Empty: any.")
    system_ref: Text = Field("", description="The whole System Ref, as the source writes it. Empty: all.")
    cursor: Cursor = Field("", description="`next` of the page before. Empty: the first page.")
    size: int = Field(50, ge=1, le=MOST_ROWS, description="Rows on a page.")


class SystemRefLine(SystemRefName):
    record_id: int = Field(description="Kith's own number of this System Ref, for operations.")
    group_id: int | None = Field(description="The contact it belongs to. Null: it waits for the next run.")
    kind: Kind
    first_received_at: datetime
    received_at: datetime
    claimed_at: datetime | None


class Stay(Schema):
    """From one change of membership to the next."""

    group_id: int
    came_from: int | None = Field(description="Null: its first GroupID.")
    since: datetime
    until: datetime | None = Field(description="Null: it is there now.")
    operation_id: int | None
    run_id: int | None


class SystemRefDetail(SystemRefLine):
    """One System Ref, what its source said, and its path through GroupIDs."""

    fields: dict[str, str] = Field(description="As received, by claim field.")
    path: list[Stay] = Field(description="The oldest first.")


class DecisionsAsked(Schema):
    record_id: int | None = Field(None, ge=1, le=2**63 - 1, description="Of this System Ref.")
    group_id: int | None = Field(
        None, ge=1, le=2**63 - 1, description="Of the System Refs that this contact holds."
    )
    verdict: Verdict | None = None
    in_force: bool | None = Field(None, description="Yes: those nobody lifted. No: only lifted ones.")


class DecisionEnd(SystemRefName):
    record_id: int
    group_id: int | None


class DecisionOut(Schema):
    """A person said of two System Refs that they are one, or that they are not."""

    id: int
    verdict: Verdict
    left: DecisionEnd
    right: DecisionEnd
    operation_id: int
    by: str
    at: datetime
    reason: str
    lifted_by: int | None = Field(description="The operation that lifted it. Null: it is in force.")
