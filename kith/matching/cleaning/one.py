"""One record at a time, for forms; the same cleaning as for a million."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from kith.matching.cleaning.options import CleaningOptions
from kith.matching.cleaning.table import clean
from kith.matching.cleaning.text import well_formed


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


def clean_record(raw: Mapping[str, str | None], *, options: CleaningOptions) -> CleanedRecord:
    texts = {name: None if text is None else well_formed(text) for name, text in raw.items()}
    frame = pl.DataFrame({"record": [0]}).with_columns(
        pl.lit(text, dtype=pl.String).alias(name) for name, text in texts.items()
    )
    row: dict[str, object] = clean(frame, options=options).to_pylist()[0]
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    made: dict[str, Any] = row | lists
    made["addresses"] = tuple(CleanedAddress(**address) for address in made["addresses"])
    made["remarks"] = tuple(Remark(**remark) for remark in made["remarks"])
    made["refusals"] = tuple(Remark(**remark) for remark in made["refusals"])
    return CleanedRecord(**made)
