"""Contacts and matching as the API says them. Written out: no column reaches the outside by itself."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from ninja import Field, Schema

from kith.contacts.life_cycle import LifeCycle
from kith.matching.records import MAX_REPEATS
from kith.web.api import In, Number, Text

Kind = Literal["person", "company"]


class ContactOwnerIn(In):
    team: Number | None = Field(description="Id of a team. Null: no team owns the contact.")
    was: Number | Literal["none"] | None = Field(
        None, description="Its team as you read it: 409 if it is another by now. Null: no check."
    )


class ContactOwnerChanged(Schema):
    group_id: int
    team: int | None


class ContactDeletionAsked(Schema):
    record_count: int | None = Field(
        None, ge=0, le=2**31 - 1, description="As you read it: 409 if it has others by now. Null: no check."
    )


class ContactDeleted(Schema):
    group_id: int
    system_refs: int = Field(description="How many went with it.")


class SystemRefName(Schema):
    source: str = Field(description="Code of the source.")
    system_ref: str


class SaidBy(SystemRefName):
    at: datetime = Field(description="When the source said it; else when Kith received it.")


class Seen(Schema):
    masked: str | None = Field(
        default=None,
        description="How the value reads to the role of this key, where it does not see it whole.",
    )
    said_by: SaidBy | None = Field(description="Null: nobody in particular, or a System Ref that left.")


class GoldenText(Seen):
    value: str | None = Field(description="Null: masked.")


class GoldenDate(Seen):
    value: date | None = Field(description="Null: masked.")


class GoldenNumber(Seen):
    value: int | None = Field(description="Null: masked.")


class GoldenFlag(Seen):
    value: bool | None = Field(description="Null: masked.")


class Golden(Schema):
    """The best value of each field, and who said it. Null: nobody said anything, or the role of the key does
    not see it.
    """

    title: GoldenText | None
    first_name: GoldenText | None
    middle_name: GoldenText | None
    last_name: GoldenText | None
    gender: GoldenText | None
    birth_date: GoldenDate | None
    company_name: GoldenText | None
    id_number: GoldenText | None
    passport_number: GoldenText | None
    social_security_number: GoldenText | None
    vat_number: GoldenText | None
    registration_number: GoldenText | None
    category: GoldenText | None = Field(description="Code of a category, as the settings have it.")
    id_number_country: GoldenText | None = Field(description="ISO code, of the same claim as the ID number.")
    id_number_expires: GoldenDate | None
    passport_country: GoldenText | None
    passport_expires: GoldenDate | None
    name_day: GoldenText | None = Field(description="Of persons: MM-DD.")
    industry: GoldenText | None = Field(description="Of companies: code of an industry.")
    registration_country: GoldenText | None
    established_on: GoldenDate | None
    website: GoldenText | None
    employees: GoldenNumber | None
    language: GoldenText | None
    residence_country: GoldenText | None
    direct_marketing: GoldenFlag | None
    affiliate_marketing: GoldenFlag | None


class GoldenEmail(Seen):
    id: UUID = Field(description="To edit or remove it; the same as long as the value is.")
    value: str | None = Field(description="Null: masked.")
    type: str
    is_primary: bool


class GoldenPhone(GoldenEmail):
    value: str | None = Field(description="E.164: +35799123456. Null: masked.")


class GoldenAddress(Seen):
    id: UUID = Field(description="To edit or deactivate it; the same as long as street and postcode are.")
    line1: str | None
    line2: str | None
    postcode: str | None
    city: str | None
    region: str | None
    country: str | None
    street: str | None
    street_number: str | None
    floor: str | None
    apartment: str | None
    area: str | None
    district: str | None
    municipality: str | None
    po_box: str | None
    po_box_postcode: str | None
    care_of: str | None
    type: str
    is_primary: bool


class SystemRefOut(SystemRefName):
    received_at: datetime
    claimed_at: datetime | None
    is_primary: bool


class TeamName(Schema):
    id: int
    name: str


class ContactOut(Schema):
    """The golden record under one GroupID."""

    group_id: int
    kind: Kind
    state: Literal["active", "retired", "anonymised"] = Field(
        description="Retired: the GroupID lost its last System Ref. Ask for `successor`, and keep that. "
        "Anonymised: for good; texts are the word “Anonymised”, everything else is null. Erase it too."
    )
    successor: int | None = Field(description="The GroupID that a retired one leads to.")
    life_cycle: LifeCycle = Field(
        description="Financial: holds an account that is not terminated. Computed, never set."
    )
    owner: TeamName | None = Field(description="The team that owns the contact.")
    privacy_level: str = Field(description="Code. With the role of the key it says which fields are masked.")
    name: str
    golden: Golden
    custom: dict[str, GoldenText] = Field(description="User-defined fields by code; those that have a value.")
    emails: list[GoldenEmail]
    phones: list[GoldenPhone]
    addresses: list[GoldenAddress]
    version: str = Field(description="Names this state. Send it as `based_on` with an edit.")
    record_count: int = Field(description="System Refs under this GroupID.")
    system_refs: list[SystemRefOut] = Field(description="The first 200 of them.")
    created_at: datetime
    assembled_at: datetime | None


class ContactLine(Schema):
    group_id: int
    kind: Kind
    name: str
    birth_date: date | None = Field(description="Null also where it is masked for the role of this key.")
    email: str | None
    phone: str | None
    town: str | None
    sources: list[str] = Field(description="Codes of the sources that know the contact.")


class ContactsAsked(Schema):
    kind: Kind | None = None


class PhoneIn(In):
    value: Text
    country: Text | None = Field(None, description="Where a number without a country's code is dialled.")


class AddressIn(In):
    line1: Text | None = None
    line2: Text | None = None
    postcode: Text | None = None
    city: Text | None = None
    region: Text | None = None
    country: Text | None = None


class RecordIn(In):
    """One record as another system holds it, in its own spelling. Empty says nothing."""

    kind: Kind | None = Field(None, description="Null: a company name without a person's is a company.")
    first_name: Text | None = None
    middle_name: Text | None = None
    last_name: Text | None = None
    full_name: Text | None = Field(None, description="Taken apart, where the parts are not known.")
    birth_date: Text | None = Field(None, description="1987-03-14, or as the source writes dates.")
    company_name: Text | None = None
    id_number: Text | None = None
    passport_number: Text | None = None
    social_security_number: Text | None = None
    vat_number: Text | None = None
    registration_number: Text | None = None
    residence_country: Text | None = None
    emails: list[Text] = Field(default_factory=list, max_length=MAX_REPEATS)
    phones: list[PhoneIn] = Field(default_factory=list, max_length=MAX_REPEATS)
    addresses: list[AddressIn] = Field(default_factory=list, max_length=MAX_REPEATS)
    source: Text | None = Field(
        None, description="Code of the source whose date order and country to read it by. Null: LOCAL."
    )


class Evidence(Schema):
    """One comparison of the model, or one criterion of the rule that decided."""

    field: str | None = Field(description="Which field was compared. Null: a criterion of a rule.")
    words: str
    weight: float | None = Field(
        description="Bits for (+) or against (−). Null: a rule, which weighs nothing."
    )


class MatchCandidate(Schema):
    group_id: int
    kind: Kind
    name: str
    verdict: Literal["same", "review"] = Field(
        description="same: the next run would group them. review: a person should look."
    )
    weight: float | None = Field(description="All evidence together, in bits (log2 odds). Null: not weighed.")
    probability: float | None = Field(description="That the two are one, 0 to 1. Null: not weighed.")
    reasons: list[str] = Field(description="What speaks for it, in words.")
    evidence: list[Evidence] = Field(description="Comparison by comparison; whoever decided.")
    missing: list[str] = Field(description="What would have to agree as well, or speaks against it.")
    system_ref: SystemRefName | None = Field(description="The System Ref of the contact that agrees best.")


class Remark(Schema):
    field: str
    sentence: str


class Searched(Schema):
    """What of the record was understood and compared."""

    kind: Kind
    birth_date: date | None
    emails: list[str]
    phones: list[str] = Field(description="E.164.")
    fields: list[str] = Field(description="Fields that say something.")
    remarks: list[Remark] = Field(description="What was read as nothing, or doubted, and why.")


class MatchOut(Schema):
    candidates: list[MatchCandidate] = Field(description="The surest first; at most five.")
    searched: Searched
