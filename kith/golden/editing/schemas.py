"""An edit of a contact as the API takes it. What is not sent stays; null clears."""

from __future__ import annotations

from typing import Annotated, Final, Literal
from uuid import UUID

from ninja import Field, Schema
from pydantic import StrictBool, StringConstraints

from kith.contacts.adding.schemas import DIALLED, MOST_CUSTOM, TYPE, AddressParts, ContactDetails, Custom
from kith.contacts.versions import LONGEST
from kith.golden.schemas import Mode, StandardField
from kith.matching.records import MAX_REPEATS
from kith.web.api import In, Text

Note = Annotated[str, StringConstraints(max_length=1_000, pattern=r"^[^\x00]*$")]
_ACTION: Final = "ADD one, which starts active; UPDATE or REMOVE the one with this `id`."
_ID: Final = "As the contact lists it. Of ADD: none."
_PRIMARY: Final = "True: it becomes the primary one. Exactly one is."
_ABOUT: Final = "User-defined fields of it, by code."
EditedField = StandardField | Literal["custom"]
ListName = Literal["emails", "phones", "addresses"]


class _RowChange(In):
    id: UUID | None = Field(None, description=_ID)
    type: Text | None = Field(None, description=TYPE)
    is_primary: StrictBool | None = Field(None, description=_PRIMARY)
    note: Note | None = Field(None, description="Null takes it back.")
    custom: Custom = Field(default_factory=dict, max_length=MOST_CUSTOM, description=_ABOUT)


class EmailChange(_RowChange):
    action: Literal["ADD", "UPDATE", "REMOVE"] = Field(description=_ACTION)
    value: Text = ""


class PhoneChange(_RowChange):
    action: Literal["ADD", "UPDATE", "REMOVE"] = Field(description=_ACTION)
    value: Text = ""
    country: Text | None = Field(None, description=DIALLED)


class AddressChange(_RowChange, AddressParts):
    action: Literal["ADD", "UPDATE", "DEACTIVATE", "ACTIVATE", "REMOVE"] = Field(
        description=f"{_ACTION} Only an inactive one is removed: DEACTIVATE it before."
    )


class ContactEditIn(ContactDetails):
    """Fields that are not sent stay; those sent as null are cleared, where there may be nothing. Without its
    number a document has no country and no last day.
    """

    emails: list[EmailChange] = Field(default_factory=list, max_length=MAX_REPEATS)
    phones: list[PhoneChange] = Field(default_factory=list, max_length=MAX_REPEATS)
    addresses: list[AddressChange] = Field(default_factory=list, max_length=MAX_REPEATS)
    mode: Mode = Field(
        "pinned", description="pinned: it stays. until_changed: until its source sends another value."
    )
    reason: Annotated[str, StringConstraints(max_length=300, pattern=r"^[^\x00]*$")] = ""
    based_on: Annotated[str, StringConstraints(max_length=LONGEST, pattern=r"^[A-Za-z0-9_-]*$")] = Field(
        "",
        description="`version` of the contact as it was read. 409 with both values, where somebody else"
        " changed a field that is sent; other fields do not matter.",
    )


class ValueEdited(Schema):
    list: ListName
    action: Literal["ADD", "UPDATE", "DEACTIVATE", "ACTIVATE", "REMOVE"]
    id: UUID = Field(description="That it has now: another one after its value was corrected.")


class ContactEdited(Schema):
    """No value of a person: answers are kept for 24 hours."""

    group_id: int
    state: Literal["in_force", "pending", "unchanged"] = Field(
        description="pending: edits wait for the overnight run here. Of addresses made inactive, and of what"
        " was removed or noted, nothing waits."
    )
    fields: list[EditedField] = Field(
        description="Golden fields that changed. What said so already is not among them."
    )
    values: list[ValueEdited]
