"""Which claim wins for each golden field: an ordered list of tie-breakers, as data.

A claim without a value never wins. After the last tie-breaker the order is fixed: source priority, then the
lower System Ref, then the older source record; so the same claims always make the same golden record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from kith.kernel.errors import Refused
from kith.matching.records import CUSTOM, CUSTOM_PREFIX


class Attribute(StrEnum):
    CHOSEN = "chosen"
    SOURCE = "source"
    CLAIMED_AT = "claimed_at"
    RECEIVED_AT = "received_at"
    CREATED_AT = "created_at"
    COMPLETENESS = "completeness"
    FREQUENCY = "frequency"
    LATEST_PURCHASE = "latest_purchase"
    TOTAL_SPENT = "total_spent"
    PURCHASES = "purchases"
    STRICTEST = "strictest"


class Order(StrEnum):
    FIRST = "asc"
    LAST = "desc"


LABELS: Final[dict[Attribute, str]] = {
    Attribute.CHOSEN: "Primary System Ref",
    Attribute.SOURCE: "Source, in this order",
    Attribute.CLAIMED_AT: "Updated at the source",
    Attribute.RECEIVED_AT: "Received",
    Attribute.CREATED_AT: "First received",
    Attribute.COMPLETENESS: "Most complete",
    Attribute.FREQUENCY: "Most frequent value",
    Attribute.LATEST_PURCHASE: "Latest purchase",
    Attribute.TOTAL_SPENT: "Total spent",
    Attribute.PURCHASES: "Number of purchases",
    Attribute.STRICTEST: "Strictest: a no wins",
}
UNORDERED: Final = (Attribute.CHOSEN, Attribute.SOURCE, Attribute.STRICTEST)
"""Attributes whose order is not for choosing."""

NAME: Final = "name"
NAME_PARTS: Final = ("title", "first_name", "middle_name", "last_name")
PLAIN_FIELDS: Final = (
    "company_name",
    "gender",
    "birth_date",
    "id_number",
    "passport_number",
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
)
LIST_FIELDS: Final = ("emails", "phones", "addresses")
FIELDS: Final = (NAME, *PLAIN_FIELDS, *LIST_FIELDS)
RULED_FIELDS: Final = (*FIELDS, CUSTOM)
"""One set of tie-breakers chooses for all user-defined fields, each by itself."""
_PARTS: Final = {
    NAME: NAME_PARTS,
    "id_number": ("id_number", "id_number_country", "id_number_expires"),
    "passport_number": ("passport_number", "passport_country", "passport_expires"),
}
COLUMNS: Final = tuple(part for field in (NAME, *PLAIN_FIELDS) for part in _PARTS.get(field, (field,)))
"""Of a claim and of a contact."""


def parts_of(field: str) -> tuple[str, ...]:
    """Columns that travel together: all of a golden single field come from one claim."""
    return _PARTS.get(field, (field,))


def custom_code(field: str) -> str | None:
    """Of the golden field of a user-defined one; None for others."""
    return field.removeprefix(CUSTOM_PREFIX) if field.startswith(CUSTOM_PREFIX) else None


AUTHORISATIONS: Final = ("direct_marketing", "affiliate_marketing")
MAIN_DETAILS: Final = frozenset(
    {
        NAME,
        "company_name",
        "birth_date",
        "id_number",
        "passport_number",
        "social_security_number",
        "vat_number",
        "registration_number",
        "registration_country",
        *LIST_FIELDS,
    }
)
"""Those that the master of a grouping by hand decides (A7)."""


class _Labels(dict[str, str]):
    """A user-defined field without its definition at hand is called by its code."""

    def __missing__(self, field: str) -> str:
        code = custom_code(field)
        if code is None:
            raise KeyError(field)
        return code.replace("_", " ").capitalize()


FIELD_LABELS: Final[Mapping[str, str]] = _Labels(
    {
        NAME: "Name",
        "company_name": "Company name",
        "gender": "Gender",
        "birth_date": "Date of birth",
        "id_number": "ID number",
        "passport_number": "Passport number",
        "social_security_number": "Social security number",
        "vat_number": "VAT number",
        "registration_number": "Registration number",
        "registration_country": "Country of registration",
        "established_on": "Established on",
        "website": "Website",
        "employees": "Employees",
        "industry": "Industry",
        "category": "Category",
        "name_day": "Name day",
        "language": "Language",
        "residence_country": "Country of residence",
        "direct_marketing": "Direct marketing",
        "affiliate_marketing": "Affiliate marketing",
        "emails": "E-mail",
        "phones": "Phone",
        "addresses": "Address",
        CUSTOM: "User-defined fields",
    }
)


@dataclass(frozen=True, slots=True)
class TieBreaker:
    by: Attribute
    order: Order = Order.LAST
    sources: tuple[str, ...] = ()
    """Source codes, best first, when `by` is SOURCE; sources not named follow by their priority."""


TieBreakers = tuple[TieBreaker, ...]

_DEFAULT: Final[TieBreakers] = (
    TieBreaker(Attribute.CHOSEN),
    TieBreaker(Attribute.CLAIMED_AT),
    TieBreaker(Attribute.COMPLETENESS),
    TieBreaker(Attribute.RECEIVED_AT),
)
_IDENTITY: Final[TieBreakers] = (
    TieBreaker(Attribute.CHOSEN),
    TieBreaker(Attribute.FREQUENCY),
    TieBreaker(Attribute.SOURCE),
    TieBreaker(Attribute.CLAIMED_AT),
)
_REACH: Final[TieBreakers] = (
    TieBreaker(Attribute.CHOSEN),
    TieBreaker(Attribute.CLAIMED_AT),
    TieBreaker(Attribute.FREQUENCY),
    TieBreaker(Attribute.LATEST_PURCHASE),
)
_AUTHORISATION: Final[TieBreakers] = (TieBreaker(Attribute.STRICTEST), TieBreaker(Attribute.CLAIMED_AT))


@dataclass(frozen=True, slots=True)
class Rules:
    by_field: Mapping[str, TieBreakers]

    @classmethod
    def shipped(cls) -> Self:
        identity = (
            "birth_date",
            "gender",
            "id_number",
            "passport_number",
            "social_security_number",
            "vat_number",
        )
        chosen = dict.fromkeys(RULED_FIELDS, _DEFAULT)
        chosen |= dict.fromkeys((*identity, "registration_number"), _IDENTITY)
        chosen |= dict.fromkeys(LIST_FIELDS, _REACH)
        chosen |= dict.fromkeys(AUTHORISATIONS, _AUTHORISATION)
        return cls(chosen)

    def of(self, field: str) -> TieBreakers:
        return self.by_field.get(field, _DEFAULT)

    def to_json(self) -> dict[str, list[dict[str, str | list[str]]]]:
        return {
            field: [{"by": t.by.value, "order": t.order.value, "sources": list(t.sources)} for t in breakers]
            for field, breakers in self.by_field.items()
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[Mapping[str, str | Sequence[str]]]]) -> Self:
        """Refuses unknown fields and attributes by name."""
        unknown = [field for field in data if field not in RULED_FIELDS]
        if unknown:
            raise Refused(f"“{unknown[0]}” is not a golden field.")
        return cls({field: tuple(_breaker(field, item) for item in items) for field, items in data.items()})

    @property
    def need_purchases(self) -> bool:
        wanted = {Attribute.LATEST_PURCHASE, Attribute.TOTAL_SPENT, Attribute.PURCHASES}
        return any(t.by in wanted for breakers in self.by_field.values() for t in breakers)


def problems(rules: Rules) -> tuple[str, ...]:
    """Everything wrong with the rules at once, worded for the person who edits them."""
    found = []
    for field, breakers in rules.by_field.items():
        label = FIELD_LABELS[field]
        names = [breaker.by for breaker in breakers]
        if len(set(names)) != len(names):
            found.append(f"{label}: the same tie-breaker stands twice")
        if Attribute.STRICTEST in names and field not in AUTHORISATIONS:
            found.append(f"{label}: “{LABELS[Attribute.STRICTEST]}” is for marketing authorisations only")
    return tuple(found)


def _breaker(field: str, item: Mapping[str, str | Sequence[str]]) -> TieBreaker:
    try:
        by, order = Attribute(str(item["by"])), Order(str(item.get("order", "desc")))
    except (KeyError, ValueError) as error:
        raise Refused(f"{FIELD_LABELS[field]}: a tie-breaker is not understood.") from error
    return TieBreaker(by, order, tuple(str(code) for code in item.get("sources", ())))
