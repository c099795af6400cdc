"""C2, C3: what no two contacts may share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kith.contacts.settings.codes import inside
from kith.matching.records import COMPANY
from kith.settings.in_force import in_force
from kith.settings.sections import Section

PERSON_FIELDS: Final[Mapping[str, str]] = {
    "first_name": "First name",
    "last_name": "Last name",
    "birth_date": "Date of birth",
    "id_number": "ID number",
    "passport_number": "Passport number",
    "social_security_number": "Social security number",
    "email": "Primary e-mail",
    "phone": "Primary phone",
}
COMPANY_FIELDS: Final[Mapping[str, str]] = {
    "company_name": "Company name",
    "vat_number": "VAT number",
    "registration_number": "Registration number",
    "email": "Primary e-mail",
    "phone": "Primary phone",
}
LABELS: Final[Mapping[str, str]] = {**PERSON_FIELDS, **COMPANY_FIELDS}
MOST_ALTERNATIVES: Final = 8


@dataclass(frozen=True, slots=True)
class Combination:
    """No two contacts agree in all of these fields."""

    fields: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        return " and ".join(inside(LABELS.get(field, field)) for field in self.fields)


@dataclass(frozen=True, slots=True)
class Uniqueness:
    """Each combination must be unique, and every new contact fills in all fields of at least one."""

    persons: tuple[Combination, ...] = ()
    companies: tuple[Combination, ...] = ()

    def of(self, kind: str) -> tuple[Combination, ...]:
        return self.companies if kind == COMPANY else self.persons

    def mandatory(self, kind: str) -> tuple[str, ...]:
        """Fields without which nobody is complete: of several alternatives those that all of them ask for."""
        combinations = self.of(kind)
        shared = set(combinations[0].fields) if combinations else set()
        for one in combinations:
            shared &= set(one.fields)
        return tuple(field for field in LABELS if field in shared)


def _problems(value: Uniqueness) -> tuple[str, ...]:
    return (
        *_problems_of(value.persons, PERSON_FIELDS, "persons"),
        *_problems_of(value.companies, COMPANY_FIELDS, "companies"),
    )


def _problems_of(rule: tuple[Combination, ...], known: Mapping[str, str], whose: str) -> list[str]:
    reasons = []
    if len(rule) > MOST_ALTERNATIVES:
        reasons.append(f"{whose} have at most {MOST_ALTERNATIVES} alternatives")
    for place, one in enumerate(rule, start=1):
        if not one.fields:
            reasons.append(f"alternative {place} of {whose} names no field")
        if set(one.fields) - set(known) or len(set(one.fields)) < len(one.fields):
            reasons.append(
                f"alternative {place} of {whose} names a field twice, or one that {whose} do not have"
            )
        if any(set(other.fields) < set(one.fields) for other in rule):
            reasons.append(
                f"alternative {place} of {whose} can never be met alone: another one asks for less"
            )
    if len({frozenset(one.fields) for one in rule}) < len(rule):
        reasons.append(f"two alternatives of {whose} are the same")
    return reasons


UNIQUENESS: Final = Section(
    key="uniqueness",
    label="Uniqueness of persons and companies",
    about="What no two contacts may share when they are typed in, and what must be filled in for it.",
    shape=Uniqueness,
    shipped=Uniqueness,
    url_name="contact-settings:uniqueness",
    problems=_problems,
)


def uniqueness_in_force() -> Uniqueness:
    return in_force(UNIQUENESS)
