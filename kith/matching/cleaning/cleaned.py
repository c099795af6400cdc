"""What cleaning makes of one record."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime

from kith.matching.records import ADDRESS_DETAILS


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedAddress:
    type: str | None
    line1: str | None
    line2: str | None
    postcode: str | None
    city: str | None
    region: str | None
    country: str | None
    street: str | None = None
    street_number: str | None = None
    floor: str | None = None
    apartment: str | None = None
    area: str | None = None
    district: str | None = None
    municipality: str | None = None
    po_box: str | None = None
    po_box_postcode: str | None = None
    care_of: str | None = None

    def as_json(self) -> dict[str, str | None]:
        """As it is stored: without the details it has not."""
        stated = asdict(self)
        return {
            part: text for part, text in stated.items() if text is not None or part not in ADDRESS_DETAILS
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanedRecord:
    """One row of `kith.matching.records.CLEANED`, name for name."""

    kind: str
    title: str | None
    first_name: str | None
    middle_name: str | None
    last_name: str | None
    gender: str | None
    birth_date: date | None
    company_name: str | None
    id_number: str | None
    passport_number: str | None
    social_security_number: str | None
    vat_number: str | None
    registration_number: str | None
    category: str | None
    id_number_country: str | None
    id_number_expires: date | None
    passport_country: str | None
    passport_expires: date | None
    name_day: str | None
    industry: str | None
    registration_country: str | None
    established_on: date | None
    website: str | None
    employees: int | None
    custom: dict[str, str] | None
    """User-defined fields: text by code."""
    language: str | None
    residence_country: str | None
    direct_marketing: bool | None
    affiliate_marketing: bool | None
    claimed_at: datetime | None
    source_created_at: datetime | None
    emails: tuple[str, ...]
    email_types: tuple[str | None, ...]
    phones: tuple[str, ...]
    phone_types: tuple[str | None, ...]
    addresses: tuple[CleanedAddress, ...]
    first_key: str | None
    middle_key: str | None
    last_key: str | None
    company_key: str | None
    street_keys: tuple[str, ...]
    postcode_keys: tuple[str, ...]
    remarks: tuple[Remark, ...]
    refusals: tuple[Remark, ...]
