"""A search as other systems ask it (C25): the criteria of the search page, under the same names."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Final, Literal

from ninja import Field, Schema
from pydantic import BeforeValidator, ConfigDict, StrictBool, StringConstraints, WithJsonSchema

from kith.contacts.schemas import ContactLine
from kith.web.api import MOST_ROWS, Cursor, In, Listed, Text

MOST_CODES: Final = 100
Code = Annotated[str, StringConstraints(max_length=60, pattern=r"^[^\x00]*$")]
_CODE: Final = {"type": "string", "maxLength": 60}


def _several(value: object) -> object:
    """One code alone, several, or nothing."""
    if value is None:
        return []
    return [value] if isinstance(value, str) else value


Codes = Annotated[
    list[Code],
    Field(max_length=MOST_CODES),
    BeforeValidator(_several),
    WithJsonSchema(
        {"anyOf": [_CODE, {"type": "array", "items": _CODE, "maxItems": MOST_CODES}, {"type": "null"}]}
    ),
]
"""Any of them; a code that is none of the choices is refused."""

SortText = Literal[
    "found", "name", "-name", "updated", "-updated", "group_id", "-group_id", "duplicates", "-duplicates"
]


def _as_written(value: object) -> object:
    """A number is no day, though pydantic counts seconds."""
    if value is not None and not isinstance(value, date) and not (isinstance(value, str) and "-" in value):
        raise ValueError("give a day as 2026-01-31")
    return value


Day = Annotated[date, BeforeValidator(_as_written)]


class DaysAsked(In):
    """Both days included; one of them may be left out."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")


CustomAsked = Text | StrictBool | DaysAsked | list[Code]
_FIELD_CODE = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{1,60}$")]


class SearchCriteria(In):
    """Everything given must hold; nothing given finds nothing. 422 where the role of the key does not see
    what it asks by.
    """

    q: Text = Field("", description="Words as in the search box: name, e-mail, phone, System Ref …")
    name: Text = ""
    first_name: Text = ""
    last_name: Text = ""
    company_name: Text = ""
    sounds_like: Text = Field("", description="A name that sounds like this one.")
    birth_date: Text = Field("", description="1987-03-14, 14/03/1987 or a year.")
    name_day_from: Day | None = Field(None, description="Who celebrates from this day on.")
    name_day_to: Day | None = None
    kind: Codes = Field(default_factory=list, description="`person`, `company`.")
    category: Codes = Field(default_factory=list, description="Codes; those below them count as well.")
    industry: Codes = Field(default_factory=list, description="Codes.")
    email: Text = Field("", description="A beginning; `@example.org` finds a domain.")
    phone: Text = ""
    postcode: Text = ""
    town: Text = ""
    identity_number: Text = Field(
        "", description="ID, passport, social security, VAT or registration number."
    )
    account_number: Text = Field("", description="The whole number of an account.")
    group_id: Text = Field("", description="As text.")
    system_ref: Text = Field("", description="A beginning.")
    life_cycle: Codes = Field(default_factory=list, description="`financial`, `marketing`.")
    suppressed: StrictBool | None = None
    suppressed_because: Codes = Field(default_factory=list, description="Codes of reasons.")
    direct_marketing: StrictBool | None = None
    affiliate_marketing: StrictBool | None = None
    possible_duplicates: StrictBool | None = None
    team: Codes = Field(default_factory=list, description="Ids of teams, as text; `none`: without one.")
    source: Codes = Field(default_factory=list, description="Codes; one of the sources knows the contact.")
    created_from: Day | None = None
    created_to: Day | None = None
    updated_from: Day | None = None
    updated_to: Day | None = None
    custom: dict[_FIELD_CODE, CustomAsked] = Field(
        default_factory=dict,
        max_length=50,
        description="User-defined fields by code: text, codes of a list, yes or no, or days.",
    )


class SearchIn(SearchCriteria):
    sort: SortText = Field(
        "found",
        description="`found`: by name, those that came to hand soonest. `-` in front: the other way round.",
    )
    cursor: Cursor = Field("", description="`next` of the page before. Empty: the first page.")
    size: int = Field(50, ge=1, le=MOST_ROWS, description="Rows on a page.")


class ContactsFound(Listed[ContactLine]):
    is_cut: bool = Field(
        description="Sorted by `found`, and there are more than are looked at: ask more narrowly."
    )
    count: int = Field(description="How many there are.")
    is_more: bool = Field(description="`count` is where counting ended: there are more.")


SearchToken = Annotated[
    str, WithJsonSchema({"type": "string", "format": "token", "pattern": "^[A-Za-z0-9_-]{1,64}$"})
]


class SearchKept(Schema):
    search: SearchToken = Field(description="Its token: for exports and bulk changes.")
    kept_until: datetime


class SearchOut(Schema):
    search: SearchToken
    words: list[str] = Field(description="What is searched for, without personal values.")


class ViewOut(Schema):
    search: SearchToken = Field(description="Its token: for exports and bulk changes.")
    name: str
    owner: str


class ViewsOut(Schema):
    items: list[ViewOut]
