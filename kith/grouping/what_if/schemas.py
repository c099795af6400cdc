"""Shadow runs and known pairs as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from ninja.params import Path
from pydantic import StringConstraints

from kith.contacts.schemas import SystemRefName
from kith.golden.schemas import RuledField
from kith.grouping.schemas import RecordIn
from kith.web.api import MOST_ROWS, In, Number, Text

MOST_RULES = 200
State = Literal["queued", "running", "done", "failed", "cancelled"]
Kind = Annotated[str, StringConstraints(pattern=r"^[a-z_-]{1,60}$"), Path()]


class MatchingCriterion(In):
    field: Literal[
        "first_name",
        "middle_name",
        "last_name",
        "full_name",
        "company_name",
        "birth_date",
        "email",
        "phone",
        "address_line",
        "postcode",
        "id_number",
        "passport_number",
        "social_security_number",
        "vat_number",
        "registration_number",
        "identity_number",
    ]
    comparison: Literal[
        "exact", "similar", "nickname", "first_letters", "near_date", "phonetic", "different"
    ] = "exact"
    threshold: float | None = Field(
        None, ge=0, le=1_000, description="Similarity, letters or days; null where nothing is to be said."
    )


class MatchingRule(In):
    name: Text
    criteria: list[MatchingCriterion] = Field(min_length=1, max_length=20)
    enabled: bool = True
    verdict: Literal["group", "review", "never"] = "group"


class MatchingRuleSet(In):
    """In order of rank: the first rule that holds decides."""

    person: list[MatchingRule] = Field(max_length=MOST_RULES)
    company: list[MatchingRule] = Field(max_length=MOST_RULES)


class MatchingGuards(In):
    """What keeps evidence from joining too much. Null: as in force."""

    bridge_at: float | None = Field(None, ge=0, le=100, description="A link below so many bits is weak.")
    most_records: int | None = Field(
        None, ge=2, le=100_000, description="Evidence alone makes no larger group."
    )
    names_alone: bool | None = None
    details_alone: bool | None = None


class GoldenTieBreaker(In):
    by: Literal[
        "chosen",
        "source",
        "claimed_at",
        "received_at",
        "created_at",
        "completeness",
        "frequency",
        "latest_purchase",
        "total_spent",
        "purchases",
        "strictest",
    ]
    order: Literal["asc", "desc"] = "desc"
    sources: list[Text] = Field(default_factory=list, max_length=MOST_ROWS, description="Codes, best first.")


GoldenRuleSet = dict[RuledField, Annotated[list[GoldenTieBreaker], Field(max_length=20)]]


class WhatIfIn(In):
    """What is tried in the place of what is in force. Null, or not given: as in force."""

    rules: MatchingRuleSet | None = None
    person_model_id: Number | None = Field(None, description="A version of the matching model of persons.")
    company_model_id: Number | None = None
    guards: MatchingGuards | None = None
    golden: GoldenRuleSet | None = Field(
        None, description="Golden record rules by field; a field that is not named stays as in force."
    )
    note: Text = ""


class InForce(Schema):
    """What decides now."""

    rules: MatchingRuleSet
    person_model_id: int | None = Field(description="Null: the model Kith ships.")
    company_model_id: int | None
    guards: MatchingGuards
    golden: GoldenRuleSet


class WhatIfLine(Schema):
    id: int
    state: State
    tries: list[str] = Field(description="What is tried, in words.")
    note: str
    asked_at: datetime
    finished_at: datetime | None
    published_at: datetime | None


class StageDone(Schema):
    done: int
    total: int | None
    words: str


class KnownFound(Schema):
    """Known pairs of one verdict."""

    pairs: int
    right_now: int
    right_then: int


class FoundKind(Schema):
    """One kind of change."""

    kind: str = Field(description="For `/what-ifs/{id}/examples/{kind}`.")
    label: str
    count: int
    examples: int = Field(description="How many are kept, to look at.")


class WhatIfFound(Schema):
    """What publishing would do; ids and counts."""

    counts: dict[str, int]
    kinds: list[FoundKind]
    held: str = Field(description="What the circuit breaker would say; empty where it lets the run go.")
    milliseconds: dict[str, int] = Field(description="By stage.")
    same: KnownFound
    different: KnownFound
    known_wrong: list[int] = Field(description="Known pairs that it gets wrong, by id; the first 100.")
    known_changed: list[int] = Field(description="Known pairs on which it differs from now; the first 100.")


class WhatIfOut(WhatIfLine):
    began_at: datetime | None
    error: str = Field(description="Why it failed; empty otherwise.")
    progress: StageDone | None = Field(description="While it goes on.")
    found: WhatIfFound | None = Field(description="Null until it is done.")
    base_changed: bool = Field(
        description="Something else came into force since: it cannot be published any more."
    )
    data_changed: bool = Field(description="System Refs, GroupIDs or decisions changed since it was read.")


class WhatIfState(Schema):
    id: int
    state: State
    published_at: datetime | None


class PartThen(Schema):
    """A contact as it would be afterwards."""

    group_id: int | None = Field(description="Null: a new GroupID.")
    record_ids: list[int]


class ExampleOut(Schema):
    group_ids: list[int] = Field(description="The contacts as they are now.")
    parts: list[PartThen]
    pair: list[int] = Field(description="Record ids of the two System Refs on which most hangs, or empty.")


class ExamplesOut(Schema):
    kind: str
    label: str
    count: int
    examples: list[ExampleOut]


class PairIn(In):
    left: RecordIn
    right: RecordIn
    verdict: Literal["same", "different"]
    note: Text = ""


class PairsIn(In):
    pairs: list[PairIn] = Field(min_length=1, max_length=MOST_ROWS)


class PairsAdded(Schema):
    added: int = Field(description="How many; what was said of a pair before is replaced.")


class PairEnd(SystemRefName):
    record_id: int
    group_id: int | None


class PairOut(Schema):
    """Two System Refs of which somebody knows whether they are one. It decides nothing."""

    id: int
    left: PairEnd | None = Field(description="Null: this System Ref is gone.")
    right: PairEnd | None
    verdict: Literal["same", "different"]
    note: str
    added_at: datetime
    is_right_now: bool = Field(description="Whether the contacts as they are agree.")


class PairRemoved(Schema):
    id: int
