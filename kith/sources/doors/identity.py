"""What tells who somebody is, as texts that are equal for the same person. Pure.

Never an e-mail, a phone or a name alone: families share them (A1).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

COLUMNS: Final = (
    "first_key",
    "last_key",
    "company_key",
    "birth_date",
    "postcode_keys",
    "emails",
    "phones",
    "id_number",
    "id_number_country",
    "passport_number",
    "passport_country",
    "social_security_number",
    "vat_number",
    "registration_number",
    "registration_country",
)
"""Of `kith.matching.records.CLEANED`."""
NUMBERS: Final = (
    ("id", "id_number", "id_number_country"),
    ("passport", "passport_number", "passport_country"),
    ("ssn", "social_security_number", ""),
    ("vat", "vat_number", ""),
    ("reg", "registration_number", "registration_country"),
)


def identity_keys(cleaned: Mapping[str, object]) -> frozenset[str]:
    """Of one cleaned record, column by column."""
    return frozenset((*_of_numbers(cleaned), *_of_person(cleaned), *_of_company(cleaned)))


def _of_numbers(cleaned: Mapping[str, object]) -> Iterator[str]:
    for kind, number, country in NUMBERS:
        if cleaned.get(number):
            yield f"{kind}\x1f{cleaned.get(country) or ''}\x1f{cleaned[number]}"


def _of_person(cleaned: Mapping[str, object]) -> Iterator[str]:
    first, last, born = (cleaned.get(name) for name in ("first_key", "last_key", "birth_date"))
    if not last:
        return
    for email in _texts(cleaned.get("emails")):
        yield f"email\x1f{email.lower()}\x1f{last}"
    if not first:
        return
    for phone in _texts(cleaned.get("phones")):
        yield f"phone\x1f{phone}\x1f{last}\x1f{first}"
    if born:
        for postcode in _texts(cleaned.get("postcode_keys")):
            yield f"born\x1f{first}\x1f{last}\x1f{born}\x1f{postcode}"


def _of_company(cleaned: Mapping[str, object]) -> Iterator[str]:
    company = cleaned.get("company_key")
    if company and not cleaned.get("last_key"):
        for email in _texts(cleaned.get("emails")):
            yield f"company\x1f{email.lower()}\x1f{company}"


def _texts(value: object) -> Sequence[str]:
    return [str(one) for one in value if one] if isinstance(value, (list, tuple)) else ()
