"""Which claim field each header of a file means: guessed, remembered, checked. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from kith.kernel.decision import Decision
from kith.matching.records import ADDRESS_PARTS, CUSTOM_PREFIX, MAX_REPEATS, SINGLE_FIELDS
from kith.sources.headers import FAMILY_KEYS, SINGLE_KEYS, TRANSACTION_KEYS, key_and_number, key_of

CONTACTS: Final = "contacts"
TRANSACTIONS: Final = "transactions"
SYSTEM_REF: Final = "system_ref"

_SINGLE_LABELS: Final = {
    "kind": "Person or company",
    "id_number": "ID number",
    "vat_number": "VAT number",
    "claimed_at": "Updated at (in the source)",
    "source_created_at": "Created at (in the source)",
    "birth_date": "Date of birth",
    "residence_country": "Country of residence",
    "direct_marketing": "Wants direct marketing",
    "affiliate_marketing": "Wants affiliate marketing",
    "id_number_country": "ID registration country",
    "id_number_expires": "ID expires on",
    "passport_country": "Passport registration country",
    "passport_expires": "Passport expires on",
    "registration_country": "Country of registration",
    "employees": "Number of employees",
}
TRANSACTION_FIELDS: Final = {
    SYSTEM_REF: "System Ref",
    "source": "Source code",
    "date": "Date",
    "amount": "Amount",
    "currency": "Currency",
    "kind": "Kind",
    "description": "Description",
    "reference": "Reference",
}
_REPEATED: Final = {
    "email": ("", "type"),
    "phone": ("", "type", "country"),
    "address": ("type", *ADDRESS_PARTS),
}
_EMAIL: Final = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
_PHONE: Final = re.compile(r"^(\+|00|0|\()[\d\s().\-/]{7,20}$")
_DATE: Final = re.compile(r"^(\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d{1,2}-\d{1,2})$")
_PURPOSE: Final = re.compile(
    "^(shipping|billing|delivery|postal|invoice|home|work|contact|main|primary|secondary|second)"
)
"""What an address, phone or e-mail is for, in front of its name."""
_ENOUGH: Final = 0.7


@dataclass(frozen=True, slots=True)
class FieldChoice:
    name: str
    label: str
    group: str


def choices(kind: str, *, custom: Mapping[str, str] | None = None) -> tuple[FieldChoice, ...]:
    """The fields a header may mean, in the order a page lists them. `custom`: labels of the user-defined ones
    by code.
    """
    if kind == TRANSACTIONS:
        return tuple(FieldChoice(name, label, "Transaction") for name, label in TRANSACTION_FIELDS.items())
    found = [FieldChoice(SYSTEM_REF, "System Ref", "Contact")]
    found += [FieldChoice(name, _label(name), "Contact") for name in SINGLE_FIELDS]
    found += [
        FieldChoice(f"{CUSTOM_PREFIX}{code}", label, "User-defined fields")
        for code, label in (custom or {}).items()
    ]
    for number in range(1, MAX_REPEATS + 1):
        for family, parts in _REPEATED.items():
            for part in parts:
                name = f"{family}_{number}_{part}" if part else f"{family}_{number}"
                found.append(FieldChoice(name, _label(name), f"{_label(family)} {number}"))
    return tuple(found)


def _label(name: str) -> str:
    known = _SINGLE_LABELS.get(name)
    text = known or name.replace("_", " ").replace("email", "e-mail").replace("line", "line ").replace(
        "po box", "PO box"
    )
    return f"{text[:1].upper()}{text[1:]}".rstrip()


_NAMES: Final = {kind: frozenset(c.name for c in choices(kind)) for kind in (CONTACTS, TRANSACTIONS)}


def guess(
    headers: Sequence[str],
    samples: Mapping[str, Sequence[str]],
    *,
    kind: str,
    remembered: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Header to field, '' where the column is only kept. `samples`: some values of each header."""
    known = remembered or {}
    taken = {field for header, field in known.items() if header in set(headers) and field}
    mapping: dict[str, str] = {}
    parts = any(FAMILY_KEYS.get(key_of(header)) == "address_street_number" for header in headers)
    for header in headers:
        if header in known:
            mapping[header] = known[header]
            continue
        field = _by_name(header, kind)
        mapping[header] = _free(_street_alone(field, header, parts=parts), taken)
    if kind == CONTACTS:
        for header in headers:
            if not mapping[header] and header not in known:
                mapping[header] = _free(_by_content(samples.get(header, ())), taken)
    return mapping


def _street_alone(field: str, header: str, *, parts: bool) -> str:
    """Beside a column of house numbers a street is only that, and no whole line. `parts`: there is one."""
    is_street = field.startswith("address_") and key_of(header) in {"street", "streetname", "addressstreet"}
    return field.replace("_line1", "_street") if parts and is_street else field


def _by_name(header: str, kind: str) -> str:
    exact = header.strip().lower()
    if _is_field(exact, kind=kind):
        return exact
    text, number = key_and_number(header)
    if kind == TRANSACTIONS:
        return TRANSACTION_KEYS.get(key_of(header), "")
    if key_of(header) in SINGLE_KEYS:
        return SINGLE_KEYS[key_of(header)]
    family = FAMILY_KEYS.get(text) or FAMILY_KEYS.get(_PURPOSE.sub("", text), "")
    if not family:
        return ""
    if family == "address_line1" and number is not None:
        return f"address_1_line{min(number, 2)}"
    stem, _, part = family.partition("_")
    return f"{stem}_{number or 1}_{part}" if part else f"{stem}_{number or 1}"


def _free(field: str, taken: set[str]) -> str:
    """The field, or for a repeated one its next free number; '' when there is none."""
    if not field:
        return ""
    candidates = [field]
    stem = re.match(r"^(email|phone|address)_(\d)(.*)$", field)
    if stem:
        first = int(stem[2])
        candidates = [f"{stem[1]}_{n}{stem[3]}" for n in range(max(first, 1), MAX_REPEATS + 1)]
    for candidate in candidates:
        if candidate not in taken:
            taken.add(candidate)
            return candidate
    return ""


def _by_content(values: Sequence[str]) -> str:
    filled = [value.strip() for value in values if value.strip()]
    if not filled:
        return ""
    for field, pattern in (("email_1", _EMAIL), ("phone_1", _PHONE), ("birth_date", _DATE)):
        fitting = [value for value in filled if pattern.match(value)]
        if len(fitting) >= _ENOUGH * len(filled) and (field != "birth_date" or _of_births(fitting)):
            return field
    return ""


def _of_births(values: Sequence[str]) -> bool:
    """Dates of births spread over decades; dates of registrations do not."""
    years = [int(year) for value in values for year in re.findall(r"\d{4}", value)]
    return len(years) > 1 and max(years) - min(years) > 15 and min(years) < 1995


def _is_field(field: str, *, kind: str) -> bool:
    return field in _NAMES[kind] or (kind == CONTACTS and _CUSTOM.match(field) is not None)


_TELLING: Final = frozenset({SYSTEM_REF, "first_name", "last_name", "full_name", "company_name"})
_CUSTOM: Final = re.compile(r"^custom\.[a-z0-9_]{1,40}$")


def may_map(mapping: Mapping[str, str], *, kind: str, makes_refs: bool = False) -> Decision:
    """`makes_refs`: the source is Kith's own, where an empty code gets a new one (C32)."""
    reasons = []
    fields = [field for field in mapping.values() if field]
    unknown = sorted({field for field in fields if not _is_field(field, kind=kind)})
    if unknown:
        reasons.append(f"there is no field called {', '.join(unknown)}")
    twice = sorted({field for field in fields if fields.count(field) > 1})
    for field in twice:
        headers = [header for header, mapped in mapping.items() if mapped == field]
        reasons.append(f"{' and '.join(headers)} are both mapped to {_label(field)}")
    if SYSTEM_REF not in fields and not makes_refs:
        reasons.append(
            "no column is mapped to the System Ref, the identifier by which the source knows a client"
        )
    if makes_refs and not _TELLING & set(fields):
        reasons.append("no column is mapped to a name or to the Contact Code")
    if kind == TRANSACTIONS:
        reasons += [f"no column is mapped to {field}" for field in ("date", "amount") if field not in fields]
    return Decision(tuple(reasons))
