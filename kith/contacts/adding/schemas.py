"""A contact as the API takes it, in the spelling of whoever sends it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from ninja import Field, Schema
from pydantic import StrictBool, StringConstraints

from kith.contacts.schemas import Kind
from kith.matching.records import MAX_REPEATS
from kith.web.api import LONGEST_TEXT, MOST_ROWS, In, Number, Text

Custom = dict[str, Text | None]
MOST_CUSTOM: Final = 200
Said = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT, pattern=r"^[^\x00]*$")]
TYPE: Final = "Code of a supported type."
DIALLED: Final = "Where a number without a country's code is dialled."


class ContactDetails(In):
    """The single fields of a person or a company."""

    title: Text | None = None
    first_name: Text | None = None
    middle_name: Text | None = None
    last_name: Text | None = None
    gender: Literal["female", "male", "other"] | None = None
    birth_date: Text | None = Field(None, description="1987-03-14, or as it is typed in Kith.")
    company_name: Text | None = None
    id_number: Text | None = None
    id_number_country: Text | None = None
    id_number_expires: Text | None = None
    passport_number: Text | None = None
    passport_country: Text | None = None
    passport_expires: Text | None = None
    social_security_number: Text | None = None
    vat_number: Text | None = None
    registration_number: Text | None = None
    registration_country: Text | None = None
    established_on: Text | None = None
    website: Text | None = None
    employees: Number | None = None
    industry: Text | None = Field(None, description="Code of an industry.")
    category: Text | None = Field(None, description="Code of a category.")
    name_day: Text | None = Field(None, description="04-23, or as it is typed in Kith.")
    language: Text | None = Field(None, description="ISO code of two letters.")
    residence_country: Text | None = None
    direct_marketing: StrictBool | None = None
    affiliate_marketing: StrictBool | None = None
    custom: Custom = Field(
        default_factory=dict, max_length=MOST_CUSTOM, description="User-defined fields by code."
    )


class AddressParts(In):
    """Of whichever of the two formats: lines, or street and number."""

    line1: Text | None = None
    line2: Text | None = None
    postcode: Text | None = None
    city: Text | None = None
    region: Text | None = None
    country: Text | None = None
    street: Text | None = None
    street_number: Text | None = None
    floor: Text | None = None
    apartment: Text | None = None
    area: Text | None = None
    district: Text | None = None
    municipality: Text | None = None
    po_box: Text | None = None
    po_box_postcode: Text | None = None
    care_of: Text | None = None


class NewEmail(In):
    value: Said
    type: Text | None = Field(None, description=TYPE)
    is_primary: StrictBool = False


class NewPhone(NewEmail):
    country: Text | None = Field(None, description=DIALLED)


class NewAddress(AddressParts):
    type: Text | None = Field(None, description=TYPE)
    is_primary: StrictBool = False


class ContactIn(ContactDetails):
    """A new person or company. Without a primary one, the first of each list is; of addresses say which."""

    kind: Kind
    emails: list[NewEmail] = Field(default_factory=list, max_length=MAX_REPEATS)
    phones: list[NewPhone] = Field(default_factory=list, max_length=MAX_REPEATS)
    addresses: list[NewAddress] = Field(default_factory=list, max_length=MAX_REPEATS)
    returns: StrictBool = Field(
        default=False,
        description="Somebody who was anonymised registers anew, by their own will. Takes its own right.",
    )
    save_anyway: StrictBool = Field(
        default=False,
        description="Also where it may be a contact that is there already. Never twice the same.",
    )
    group_with: list[Number] = Field(
        default_factory=list,
        max_length=MOST_ROWS,
        description="Contacts that it is the same as, and will be grouped with by an operation: it may clash"
        " with these.",
    )


class ContactAdded(Schema):
    group_id: int
    group_with: list[int] = Field(description="As sent. Group them now: `POST /operations`.")
