"""A record on its way in through the API: the raw fields that cleaning reads, and what it made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kith.contacts.entry import Claim
from kith.contacts.schemas import Kind, RecordIn, Remark, Searched
from kith.matching.cleaning import CleanedRecord
from kith.matching.cleaning.words import read_country
from kith.matching.records import COMPANY

_SINGLE: Final = (
    "kind",
    "first_name",
    "middle_name",
    "last_name",
    "full_name",
    "birth_date",
    "company_name",
    "id_number",
    "passport_number",
    "social_security_number",
    "vat_number",
    "registration_number",
    "residence_country",
)
_COMPARED: Final = (
    "first_name",
    "middle_name",
    "last_name",
    "birth_date",
    "company_name",
    "id_number",
    "passport_number",
    "social_security_number",
    "vat_number",
    "registration_number",
    "emails",
    "phones",
    "addresses",
)
_NUMBERED: Final = re.compile(r"(email|phone|address)_(\d+)(?:_(\w+))?")
_LISTS: Final = {"email": "emails", "phone": "phones", "address": "addresses"}


def raw_record(record: RecordIn) -> Claim:
    """Numbered from 1, as import files have them: `email_1`, `phone_2_country`, `address_1_city`."""
    return dict(_raw_fields(record))


def _raw_fields(record: RecordIn) -> Iterator[tuple[str, str]]:
    for name in _SINGLE:
        text = getattr(record, name)
        if text:
            yield name, text
    for number, email in enumerate(record.emails, start=1):
        yield f"email_{number}", email
    for number, phone in enumerate(record.phones, start=1):
        yield f"phone_{number}", phone.value
        if phone.country:
            yield f"phone_{number}_country", read_country(phone.country) or phone.country
    for number, address in enumerate(record.addresses, start=1):
        for part, text in address.model_dump(exclude_none=True).items():
            yield f"address_{number}_{part}", text


def searched(cleaned: CleanedRecord) -> Searched:
    kind: Kind = "company" if cleaned.kind == COMPANY else "person"
    said = (*cleaned.remarks, *cleaned.refusals)
    return Searched(
        kind=kind,
        birth_date=cleaned.birth_date,
        emails=list(cleaned.emails),
        phones=list(cleaned.phones),
        fields=[name for name in _COMPARED if getattr(cleaned, name)],
        remarks=[Remark(field=_outer_name(one.field), sentence=one.reason) for one in said],
    )


def _outer_name(raw: str) -> str:
    """`phone_2_country` → `phones[1].country`."""
    numbered = _NUMBERED.fullmatch(raw)
    if numbered is None:
        return raw
    stem, number, part = numbered.groups()
    name = f"{_LISTS[stem]}[{int(number) - 1}]"
    if stem == "email":
        return name
    return f"{name}.{part}" if part else f"{name}.value" if stem == "phone" else name
