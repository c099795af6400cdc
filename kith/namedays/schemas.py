from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema

from kith.settings.rows import MOST_ROWS
from kith.web.api import In, Paging, Text

StateName = Literal["running", "done", "failed", "cancelled"]
TriggerName = Literal["night", "button"]
DayText = Annotated[
    str,
    Field(
        max_length=60,
        description="`04-23`; `orthodox+50` or `western-3`, days from Easter; `sunday>=12-11`, on it or the"
        " next one after; `04-23|orthodox+1`, or that day of Easter when it is not after Easter.",
        examples=["04-23|orthodox+1"],
    ),
]


class CelebratingQuery(Paging):
    start: date | None = Field(None, description="The first day; today where it is left out.")
    end: date | None = Field(
        None, description="The last day, at most a year later; the first where left out."
    )


class CelebratingOut(Schema):
    group_id: int
    name: str
    on: date = Field(description="The first such day of those that were asked for.")
    is_sure: bool = Field(
        description="False: perhaps. The first name is short for a listed one, or another spelling of it."
    )


class NameDayRuleIn(In):
    day: DayText
    names: list[Text] = Field(min_length=1, max_length=200)


class NameDayRulesIn(In):
    rules: list[NameDayRuleIn] = Field(max_length=MOST_ROWS)


class NameDayRuleOut(Schema):
    day: DayText
    words: str
    names: list[str]


class NameDayRulesOut(Schema):
    rules: list[NameDayRuleOut]


class NameDayRulesReplaced(Schema):
    rules: int = Field(description="How many are in force now.")


class NameDayRunOut(Schema):
    id: int
    state: StateName
    trigger: TriggerName
    started_at: datetime
    finished_at: datetime | None
    counts: dict[str, int] = Field(description="`persons`, `typed`, `found`, `added`, `changed`, `removed`.")
    reason: str = Field(description="Why it failed; empty otherwise.")


class NameDayRunQueued(Schema):
    state: Literal["queued"]
