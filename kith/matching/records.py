"""The one shape in which records reach matching: the cleaned claim, as Arrow columns.

`kith.matching.cleaning` makes it from raw text, `kith.sources` stores it, the engines read it.
Nothing here knows of Django or of a database.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa

PERSON: Final = "person"
COMPANY: Final = "company"

SINGLE_FIELDS: Final = (
    "kind",
    "title",
    "first_name",
    "middle_name",
    "last_name",
    "full_name",
    "gender",
    "birth_date",
    "company_name",
    "id_number",
    "id_number_country",
    "id_number_expires",
    "passport_number",
    "passport_country",
    "passport_expires",
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
    "claimed_at",
    "source_created_at",
)
"""Claim fields a source states once. `full_name` is only ever raw: cleaning splits it."""

FURTHER: Final = (
    "category",
    "id_number_country",
    "id_number_expires",
    "passport_country",
    "passport_expires",
    "name_day",
    "industry",
    "registration_country",
    "established_on",
    "website",
    "employees",
)
"""Of the single fields those that few sources state: no work is done where nobody does."""

CUSTOM: Final = "custom"
CUSTOM_PREFIX: Final = "custom."
"""User-defined fields are claim fields `custom.<code>`; cleaned, one column of values by code."""

ADDRESS_LINES: Final = ("line1", "line2", "postcode", "city", "region", "country")
"""What every address is shown and matched by."""
ADDRESS_DETAILS: Final = (
    "street",
    "street_number",
    "floor",
    "apartment",
    "area",
    "district",
    "municipality",
    "po_box",
    "po_box_postcode",
    "care_of",
)
"""What some sources state beside the lines or instead of them; a stored address has only those it has."""
ADDRESS_PARTS: Final = (*ADDRESS_LINES, *ADDRESS_DETAILS)

MAX_REPEATS: Final = 9
"""Raw repeated fields are numbered from 1: `email_1`, `email_1_type`, `phone_2`, `phone_2_country`,
`address_1_line1`, `address_1_type` … up to this number of each."""

ADDRESS: Final = pa.struct([(part, pa.string()) for part in ("type", *ADDRESS_PARTS)])
REMARK: Final = pa.struct([("field", pa.string()), ("reason", pa.string())])

CLEANED: Final = pa.schema(
    [
        ("kind", pa.string()),
        ("title", pa.string()),
        ("first_name", pa.string()),
        ("middle_name", pa.string()),
        ("last_name", pa.string()),
        ("gender", pa.string()),
        ("birth_date", pa.date32()),
        ("company_name", pa.string()),
        ("id_number", pa.string()),
        ("passport_number", pa.string()),
        ("social_security_number", pa.string()),
        ("vat_number", pa.string()),
        ("registration_number", pa.string()),
        ("category", pa.string()),
        ("id_number_country", pa.string()),
        ("id_number_expires", pa.date32()),
        ("passport_country", pa.string()),
        ("passport_expires", pa.date32()),
        ("name_day", pa.string()),
        ("industry", pa.string()),
        ("registration_country", pa.string()),
        ("established_on", pa.date32()),
        ("website", pa.string()),
        ("employees", pa.int64()),
        ("custom", pa.string()),
        ("language", pa.string()),
        ("residence_country", pa.string()),
        ("direct_marketing", pa.bool_()),
        ("affiliate_marketing", pa.bool_()),
        ("claimed_at", pa.timestamp("us", tz="UTC")),
        ("source_created_at", pa.timestamp("us", tz="UTC")),
        ("emails", pa.list_(pa.string())),
        ("email_types", pa.list_(pa.string())),
        ("phones", pa.list_(pa.string())),
        ("phone_types", pa.list_(pa.string())),
        ("addresses", pa.list_(ADDRESS)),
        # comparable keys: folded to lower-case ASCII, never shown to anybody
        ("first_key", pa.string()),
        ("middle_key", pa.string()),
        ("last_key", pa.string()),
        ("company_key", pa.string()),
        ("street_keys", pa.list_(pa.string())),
        ("postcode_keys", pa.list_(pa.string())),
        ("remarks", pa.list_(REMARK)),
        ("refusals", pa.list_(REMARK)),
    ]
)
"""Names are display-ready (case mended, script kept), e-mails lower-case, phones E.164, countries and
languages ISO two-letter codes, lists never null, `name_day` MM-DD. `custom` is JSON, text by code, null for
none. `street_keys` and `postcode_keys` stand one per address ('' where there is none). `remarks`: what was
read as nothing or doubted, and why. `refusals`: why the row cannot be taken at all (normally empty)."""

MATCHED: Final = tuple(
    name
    for name in (
        "kind",
        "gender",
        "birth_date",
        "id_number",
        "passport_number",
        "social_security_number",
        "vat_number",
        "registration_number",
        "emails",
        "phones",
        "first_key",
        "middle_key",
        "last_key",
        "company_key",
        "street_keys",
        "postcode_keys",
    )
)
"""The columns engines read, beside `record_id` (int64)."""
