from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import StringConstraints

from kith.web.api import NAMES_STATE, SEEN, In, Seen, Text

AccountState = Literal["active", "suspended", "terminated"]
TransactionKind = Literal["financial", "wallet"]
ItemKind = Literal["subscription", "job", "activity", "service_request", "lead", "other"]
Money = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,14}(\.[0-9]{1,2})?$")]
"""As text, to the cent: a JSON number is none."""
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Notes = Annotated[str, StringConstraints(max_length=10_000, pattern=r"^[^\x00]*$")]


class AccountOut(Schema):
    id: int
    group_id: int | None = Field(description="The contact its System Ref belongs to now.")
    number: str
    name: str
    classification: str
    currency: str
    state: AccountState
    is_suspense: bool = Field(description="The system's Suspense Account.")
    billing_address: str = Field(description="Key of the address that bills go to; empty for none.")
    balance: Decimal = Field(description="Sum of its financial transactions.")
    wallet: Decimal = Field(description="Sum of its wallet transactions.")
    unbilled: Decimal
    opened_at: datetime
    terminated_at: datetime | None
    seen: str = Field(description=NAMES_STATE)


class AccountsOut(Schema):
    items: list[AccountOut]


class AccountIn(In):
    number: Text
    name: Text = ""
    classification: Text = ""
    currency: Currency
    billing_address: Text = Field("", description="Key of one of the contact's addresses.")


class AccountEditIn(AccountIn):
    seen: Seen = Field("", description=SEEN)


class AccountChanged(Schema):
    id: int
    state: AccountState


class AccountStateIn(In):
    state: AccountState
    was: AccountState | None = Field(
        None, description="Its state as you read it: 409 if it is another by now. Null: no check."
    )


class AccountDeleted(Schema):
    id: int


class AccountTransactionOut(Schema):
    id: int
    kind: TransactionKind
    reference: str
    date: date
    amount: Decimal
    currency: str
    is_unbilled: bool
    description: str
    posted_at: datetime


class PostingIn(In):
    kind: TransactionKind = "financial"
    reference: Text = Field(description="Once per account.")
    date: date
    amount: Money
    is_unbilled: bool = False
    description: Text = ""


class Posted(Schema):
    id: int
    account_id: int


class BilledIn(In):
    is_unbilled: bool


class LinkedItemOut(Schema):
    id: int
    group_id: int | None = Field(description="The contact its System Ref belongs to now.")
    kind: ItemKind
    reference: str
    title: str
    is_running: bool
    started_date: date | None
    ended_date: date | None
    amount: Decimal | None
    currency: str
    is_unbilled: bool
    notes: str
    seen: str = Field(description=NAMES_STATE)


class LinkedItemIn(In):
    kind: ItemKind
    title: Text
    reference: Text = Field("", description="Once per System Ref and kind. Empty: one is made.")
    is_running: bool = True
    started_date: date | None = None
    ended_date: date | None = None
    amount: Money | None = None
    currency: Currency | Literal[""] = ""
    is_unbilled: bool = False
    notes: Notes = ""


class LinkedItemEditIn(LinkedItemIn):
    seen: Seen = Field("", description=SEEN)


class LinkedItemChanged(Schema):
    id: int
