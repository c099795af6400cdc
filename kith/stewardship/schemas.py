"""Operations, requests and review as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from kith.contacts.schemas import Kind, SystemRefName
from kith.grouping.schemas import RecordIn, SystemRefIn
from kith.web.api import LARGEST_ID, In, Number, Text

ContactIn = Annotated[
    Number | SystemRefIn, Field(description="A GroupID, or a System Ref: then the contact that holds it.")
]


class GroupIn(In):
    """The children join the master, whose GroupID stays."""

    kind: Literal["group"]
    master: ContactIn
    children: list[ContactIn] = Field(min_length=1)


class UngroupIn(In):
    """Every System Ref gets a GroupID of its own."""

    kind: Literal["ungroup"]
    contact: ContactIn


class SplitIn(In):
    """The contact falls into these parts, which hold each of its System Refs once. The largest part keeps the
    GroupID; of equal ones the one with the primary System Ref, then the first.
    """

    kind: Literal["split"]
    contact: ContactIn
    parts: list[Annotated[list[RecordIn], Field(min_length=1)]] = Field(min_length=2)


class MoveIn(In):
    """One System Ref leaves its contact for another one."""

    kind: Literal["move"]
    record: RecordIn
    to: ContactIn


class KeepApartIn(In):
    """These contacts are not one; no run will group any two of them."""

    kind: Literal["keep_apart"]
    contacts: list[ContactIn] = Field(min_length=2)


class UndoIn(In):
    """Take an operation back; what cannot come back is said in the preview."""

    kind: Literal["undo"]
    operation: Number


ChangeIn = Annotated[
    GroupIn | UngroupIn | SplitIn | MoveIn | KeepApartIn | UndoIn, Field(discriminator="kind")
]


class PreviewIn(In):
    change: ChangeIn


class OperationIn(PreviewIn):
    reason: Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")] = Field(
        "", description="For whoever asks later; shown in the history of the contacts."
    )
    seen: Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9a-f]*$")] = Field(
        "", description="`seen` of the preview it was decided on: 409 if anything changed since."
    )
    lift: bool = Field(
        default=False,
        description="Yes, earlier decisions of people may be lifted. Without it that is refused.",
    )


class GoldenChangeOut(Schema):
    field: str
    before: str
    after: str
    lost: list[str] = Field(description="Values of the other contacts that the golden record would not show.")


class ContactAfterOut(Schema):
    group_id: int | None = Field(description="Null: a new GroupID.")
    name: str
    record_ids: list[int]
    golden: dict[str, str] = Field(description="By golden field, as read.")
    changes: list[GoldenChangeOut]
    protections: list[str] = Field(description="What would forbid to reach it, in words.")


class RetirementOut(Schema):
    group_id: int
    successor: int | None = Field(description="Null: the first of the new contacts.")


class EarlierDecisionOut(Schema):
    operation_id: int
    verdict: str
    by: str
    at: datetime
    reason: str
    pairs: int = Field(description="Pairs of System Refs it is about.")


class AlongOut(Schema):
    label: str = Field(description="`notes`, `account`: in the number that fits.")
    number: int


class MovedOut(Schema):
    system_refs: int
    transactions: int
    along: list[AlongOut] = Field(description="What was added to them; what there is none of is left out.")


class PreviewOut(Schema):
    """What would happen. Nothing has."""

    allowed: bool
    reasons: list[str] = Field(description="Every reason against it; empty where it is allowed.")
    contacts: list[ContactAfterOut] = Field(description="What there is afterwards; the first 50.")
    contact_count: int
    retired: list[RetirementOut]
    returns: list[int] = Field(description="Retired GroupIDs that would be in use again.")
    lifted: list[EarlierDecisionOut] = Field(
        description="Decisions of people that would be lifted: needs `lift`."
    )
    warnings: list[str]
    cannot: list[str] = Field(description="Of an undo: what will not come back, and why.")
    moved: MovedOut
    seen: str = Field(description="Names this state. Send it along with the operation.")


class OperationMade(Schema):
    """Done, or waiting: one of the two ids is there."""

    state: Literal["done", "waiting"]
    operation_id: int | None
    request_id: int | None = Field(
        description="It waits for the overnight run, or for a second person: see `/requests`."
    )
    group_ids: list[int] = Field(description="The contacts there are now of those concerned; the first 100.")
    retired: list[int] = Field(description="GroupIDs that retired; the first 100.")


OperationKind = Literal["group", "ungroup", "split", "move", "keep_apart", "undo", "run"]


class OperationsAsked(Schema):
    kind: OperationKind | None = None
    group_id: int | None = Field(None, ge=1, le=LARGEST_ID, description="That concerned this contact.")


class OperationOut(Schema):
    """One change of who is who, by a person, a system or a run. It is undone as a whole."""

    id: int
    kind: OperationKind
    at: datetime
    by: str
    reason: str
    run_id: int | None
    undoes: int | None = Field(description="The operation that it took back.")
    undone_by: int | None = Field(description="Null: it stands.")
    group_ids: list[int] = Field(description="Contacts it concerned, the first few; none of a run.")


class MoveOut(SystemRefName):
    record_id: int
    from_group_id: int
    to_group_id: int


RequestState = Literal["awaiting_second", "queued", "applied", "failed", "rejected", "cancelled"]
RequestKind = Literal["group", "ungroup", "split", "move"]


class RequestsAsked(Schema):
    state: RequestState | Literal["waiting"] | None = Field(
        None, description="`waiting`: all that can still be cancelled."
    )
    kind: RequestKind | None = None


class RequestOut(Schema):
    """A change that waits, or waited: for the overnight run, or for a second person first."""

    id: int
    kind: str
    state: RequestState
    words: str = Field(description="What is asked for.")
    group_ids: list[int]
    reason: str
    asked_by: str
    asked_at: datetime
    closed_at: datetime | None
    failure: str = Field(description="Why it failed; empty otherwise.")
    operation_id: int | None
    run_id: int | None


class RequestCancelled(Schema):
    id: int
    state: RequestState


ReviewKind = Literal["pair", "bridge", "contradiction", "too_large"]


class ReviewAsked(Schema):
    kind: ReviewKind | None = None
    source: Text = Field("", description="Code of a source that knows one of the contacts.")
    at_least: int | None = Field(None, ge=0, le=100, description="Match probability, in per cent.")
    at_most: int | None = Field(None, ge=0, le=100)


class ReviewSide(Schema):
    group_id: int
    record_id: int = Field(description="The System Ref that speaks for the question.")
    name: str


class ReviewOut(Schema):
    """Are these two contacts one?"""

    id: int
    kind: ReviewKind
    contact_kind: Kind
    state: Literal["open", "decided", "waiting", "gone"]
    left: ReviewSide
    right: ReviewSide
    weight: float = Field(description="Bits (log2 odds) for one contact.")
    probability: float
    words: str = Field(description="What agrees and what differs.")
    sources: list[str] = Field(description="Codes of the sources of both.")
    assigned_to: int | None = Field(description="Id of the user who shall decide it.")
    skipped_at: datetime | None
    answer: Literal["group", "apart", ""]
    operation_id: int | None
    request_id: int | None


class AnswerIn(In):
    answer: Literal["group", "apart"]
    master: Number | None = Field(
        None, description="Whose GroupID stays: one of the two. Null: the one with more System Refs."
    )


class AssignedIn(In):
    user: Number | None = Field(description="Id of somebody who may group. Null: nobody.")


ReviewBatchState = Literal["waiting", "running", "done", "cancelled", "undoing", "undone"]


class SimilarQuestions(Schema):
    total: int = Field(description="How many there are, counted up to 10,000.")
    words: list[str] = Field(description="What agrees and what differs in all of them.")
    items: list[ReviewOut] = Field(description="The first ten.")


class BatchAnswerIn(In):
    answer: Literal["group", "apart"]
    total: int | None = Field(
        None, ge=0, le=2**31 - 1, description="`total` as you read it: 409 if others by now. Null: no check."
    )


class ReviewBatchMade(Schema):
    id: int
    state: ReviewBatchState
    total: int


class ReviewBatchOut(ReviewBatchMade):
    answer: Literal["group", "apart"]
    words: list[str] = Field(description="What agrees and what differs in all its questions.")
    done: int = Field(description="Answers that stand.")
    refused: int = Field(description="A rule said no, or somebody answered meanwhile.")
    asked_at: datetime
    finished_at: datetime | None


class ReviewAnswered(Schema):
    id: int
    state: Literal["open", "decided", "waiting", "gone"]
    operation_id: int | None
    request_id: int | None
