"""C6: which types addresses, e-mails and phones can have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models.functions import Upper

from kith.contacts.models import ContactAddress, ContactEmail, ContactPhone
from kith.contacts.settings.codes import by_code, problems_of, removed, same
from kith.contacts.settings.in_use import still_in_use
from kith.settings.in_force import in_force
from kith.settings.sections import Section

ADDRESSES: Final = "addresses"
EMAILS: Final = "emails"
PHONES: Final = "phones"
LISTS: Final = (ADDRESSES, EMAILS, PHONES)
ONE: Final[Mapping[str, str]] = {ADDRESSES: "address", EMAILS: "e-mail", PHONES: "phone"}

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SupportedType:
    code: str
    label: str
    mandatory: bool = False
    """Whoever is typed in has one of it."""
    active: bool = True
    """Offered in forms. Inactive: what has it keeps it."""


@dataclass(frozen=True, slots=True)
class SupportedTypes:
    addresses: tuple[SupportedType, ...] = ()
    emails: tuple[SupportedType, ...] = ()
    phones: tuple[SupportedType, ...] = ()

    def of(self, field: str) -> tuple[SupportedType, ...]:
        """`field`: addresses, emails or phones."""
        found: Mapping[str, tuple[SupportedType, ...]] = {
            ADDRESSES: self.addresses,
            EMAILS: self.emails,
            PHONES: self.phones,
        }
        return found[field]

    def label(self, field: str, stored: str) -> str:
        """How a stored type reads; what no setting knows, as its source wrote it."""
        return next((one.label for one in self.of(field) if one.code == same(stored)), stored)

    def choices(self, field: str, *, present: str = "") -> Choices:
        """For a form: the active ones, and the `present` one, whatever it is."""
        here = same(present)
        offered = [(one.code, one.label) for one in self.of(field) if one.active or one.code == here]
        strange = [(here, present)] if here and here not in dict(offered) else []
        return [("", "—"), *offered, *strange]

    def missing(self, field: str, given: Sequence[str]) -> tuple[SupportedType, ...]:
        """Mandatory types of which none was `given`."""
        codes = {same(code) for code in given}
        return tuple(one for one in self.of(field) if one.active and one.mandatory and one.code not in codes)


def _custom() -> tuple[SupportedType, ...]:
    return tuple(SupportedType(f"CUSTOM{n}", f"Custom {n}", active=False) for n in range(1, 6))


def _shipped() -> SupportedTypes:
    business = SupportedType("BUSINESS", "Business")
    return SupportedTypes(
        addresses=(SupportedType("HOME", "Home"), business, SupportedType("POBOX", "PO box"), *_custom()),
        emails=(SupportedType("PERSONAL", "Personal"), business, *_custom()),
        phones=(
            SupportedType("LANDLINE", "Landline"),
            SupportedType("MOBILE", "Mobile"),
            SupportedType("FAX", "Fax"),
            *_custom(),
        ),
    )


def _problems(value: SupportedTypes) -> tuple[str, ...]:
    return tuple(
        reason for field in LISTS for reason in problems_of(value.of(field), what=f"{ONE[field]} type")
    )


def _refuses(before: SupportedTypes, after: SupportedTypes) -> tuple[str, ...]:
    reasons = []
    for field in LISTS:
        labels = by_code(before.of(field))
        for code in in_use(field, removed(before.of(field), after.of(field))):
            reasons.append(still_in_use(f"{ONE[field]} type", labels[code].label))
    return tuple(reasons)


ROWS: Final[Mapping[str, type[ContactAddress] | type[ContactEmail] | type[ContactPhone]]] = {
    ADDRESSES: ContactAddress,
    EMAILS: ContactEmail,
    PHONES: ContactPhone,
}


def in_use(field: str, codes: Sequence[str]) -> list[str]:
    """Those of these codes that a golden address, e-mail or phone has."""
    if not codes:
        return []
    rows = ROWS[field].objects.annotate(code=Upper("type")).filter(code__in=codes)
    return sorted(set(rows.values_list("code", flat=True).distinct()))


TYPES: Final = Section(
    key="contact_types",
    label="Types of addresses, e-mails and phones",
    about="Which types can be chosen, what they are called, and which of them everybody must have.",
    shape=SupportedTypes,
    shipped=_shipped,
    url_name="contact-settings:types",
    problems=_problems,
    refuses=_refuses,
)


def types_in_force() -> SupportedTypes:
    return in_force(TYPES)
