"""Golden values, what people say of them, and corrections as the API says them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from ninja import Field, Schema
from ninja.params import Path
from pydantic import StringConstraints

from kith.contacts.schemas import Kind, SaidBy, SystemRefName
from kith.web.api import MOST_ROWS, In, Number, Text

StandardField = Literal[
    "name",
    "company_name",
    "gender",
    "birth_date",
    "id_number",
    "passport_number",
    "social_security_number",
    "vat_number",
    "registration_number",
    "registration_country",
    "established_on",
    "website",
    "employees",
    "industry",
    "category",
    "name_day",
    "language",
    "residence_country",
    "direct_marketing",
    "affiliate_marketing",
    "emails",
    "phones",
    "addresses",
]
GoldenField = StandardField | Annotated[str, StringConstraints(pattern=r"^custom\.[a-z0-9_]{1,40}$")]
"""A user-defined field is called `custom.` and its code."""
RuledField = StandardField | Literal["custom"]
"""What golden record rules speak of: `custom` is all user-defined fields together."""
FieldInPath = Annotated[GoldenField, Path()]
Mode = Literal["pinned", "until_changed"]
ClaimFields = dict[str, str]
_CLAIM_FIELDS = "By claim field, as they are typed: `first_name`; of a list its first, `email_1`."


class Dissent(Schema):
    """A System Ref that says otherwise."""

    said_by: SaidBy
    words: str = Field(description="Empty: it says nothing.")


class OverrideOut(Schema):
    """A person, or another system, says what the field is."""

    id: int
    words: str = Field(description="What it says, in one line; empty: that there is no value.")
    mode: Mode = Field(description="pinned: it stays. until_changed: until its source sends another value.")
    by: str
    at: datetime
    note: str
    dissent: list[Dissent] = Field(description="System Refs that say otherwise. Of a pending one: none yet.")


class GoldenValue(Schema):
    """One value of the field; of a list one of several."""

    fields: ClaimFields = Field(description=_CLAIM_FIELDS)
    words: str
    key: str = Field(description="Of a list: names this value, to correct or take it back. Else empty.")
    id: UUID | None = Field(description="Of a list: to edit or remove it. Else null.")
    note: str = Field(description="Of a list: what somebody noted about this value.")
    custom: dict[str, str] = Field(description="Of a list: user-defined fields of this value, by code.")
    is_primary: bool
    said_by: SaidBy | None = Field(description="Null: no source says so, a person does.")


class OtherValue(Schema):
    """What some System Refs say, and the golden record does not."""

    fields: ClaimFields = Field(description=_CLAIM_FIELDS)
    words: str
    said_by: list[SaidBy]


class InactiveValue(Schema):
    """An address that is not used any more: it can be activated or removed."""

    id: UUID
    words: str
    type: str
    by: str
    at: datetime


class GoldenFieldOut(Schema):
    field: GoldenField
    label: str
    values: list[GoldenValue] = Field(description="Empty: there is none.")
    override: OverrideOut | None = Field(description="What a person said, and is in force. Null: nothing.")
    pending: OverrideOut | None = Field(description="What comes into force with the next overnight run.")
    idle: list[OverrideOut] = Field(description="In force, and outranked: by another one, or by a no.")
    others: list[OtherValue]
    inactive: list[InactiveValue]
    seen: str = Field(description="Names this state. Send it along with an override.")


class GoldenValues(Schema):
    """Each golden field of a contact: its value, who said it, and who says otherwise."""

    group_id: int
    kind: Kind
    successor: int | None = Field(description="Of a retired GroupID, which has no fields: where it leads.")
    fields: list[GoldenFieldOut]


class OverrideIn(In):
    value: dict[
        Annotated[str, StringConstraints(max_length=40)],
        Annotated[str, StringConstraints(max_length=500, pattern=r"^[^\x00]*$")],
    ] = Field(
        max_length=10, description=_CLAIM_FIELDS + " Empty says that there is no value, where that may be."
    )
    mode: Mode
    note: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] = ""
    leads: bool = Field(default=True, description="Of a list: the value becomes the primary one.")
    instead_of: Text = Field("", description="Of a list: the `key` of a typed value that this one corrects.")
    seen: Annotated[str, StringConstraints(max_length=40, pattern=r"^[0-9a-f]*$")] = Field(
        "", description="`seen` of the field as it was read: 409 if anything changed since."
    )


class OverrideMade(Schema):
    """No value of a person: answers are kept for 24 hours."""

    id: int
    group_id: int
    field: StandardField | Literal["custom"] = Field(description="custom: one of the user-defined fields.")
    mode: Mode
    state: Literal["in_force", "pending"]


class OverrideWithdrawn(Schema):
    id: int
    state: Literal["ended"]


class PrimaryIn(In):
    record_id: Number = Field(description="System Ref of the contact that leads from now on.")


class PrimaryMade(Schema):
    group_id: int
    record_id: int


class KeyIn(In):
    key: Text = Field(description="`key` of the value that goes; the others stay.")


class ValueTakenBack(Schema):
    override_id: int | None = Field(description="What says the others. Null: there are none.")


class CorrectionsAsked(Schema):
    source: Text = Field("", description="Code of the source that is wrong. Empty: all sources.")
    told: bool = Field(default=False, description="Yes: those that the source knows of.")


class CorrectionsPaging(Schema):
    cursor: Annotated[str, StringConstraints(pattern=r"^([A-Za-z0-9_-]{22})?$")] = Field(
        "", description="`next` of the page before. Empty: the first page."
    )
    size: int = Field(50, ge=1, le=MOST_ROWS, description="Rows on a page.")


class Told(Schema):
    by: str
    at: datetime


class CorrectionOut(SystemRefName):
    """A source says of one of its System Refs what a person corrected."""

    override_id: int
    record_id: int
    group_id: int
    field: GoldenField
    label: str
    says: str = Field(description="What the source says, in one line; empty: nothing.")
    right: str = Field(description="What is right; empty: there is no value.")
    by: str = Field(description="Who corrected it.")
    at: datetime
    note: str
    told: Told | None


class TaskIn(In):
    override_id: Number
    record_id: Number


class ToldIn(In):
    corrections: list[TaskIn] = Field(min_length=1, max_length=MOST_ROWS)


class ToldOut(Schema):
    told: int = Field(description="How many; one that needs no telling any more is passed over.")
