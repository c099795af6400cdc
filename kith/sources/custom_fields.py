"""User-defined fields: which there are, and how their values are read. A section of the settings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kith.matching.cleaning.custom import CustomShape, CustomType
from kith.settings.in_force import in_force
from kith.settings.sections import Section

MOST: Final = 200
_CODE: Final = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


class Entity(StrEnum):
    CONTACT = "contact"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomField:
    code: str
    """Never changes: claims name it `custom.<code>`."""
    label: str
    type: CustomType = CustomType.TEXT
    entity: Entity = Entity.CONTACT
    choices: tuple[Choice, ...] = ()
    is_active: bool = True

    @property
    def shape(self) -> CustomShape:
        return CustomShape(self.code, self.type, tuple((one.code, one.label) for one in self.choices))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomFields:
    fields: tuple[CustomField, ...] = ()
    """In the order in which pages show them."""


def shipped() -> CustomFields:
    """Industries are of companies; what sources say of persons is kept here (A12)."""
    return CustomFields(fields=(CustomField(code="industry", label="Industry (of a person)"),))


def problems(value: CustomFields) -> tuple[str, ...]:
    found = [sentence for one in value.fields for sentence in _problems(one)]
    codes = [one.code for one in value.fields]
    found += [f"The code {code} stands twice." for code in _repeated(codes)]
    if len(codes) > MOST:
        found.append(f"There may be at most {MOST} fields.")
    return tuple(found)


def _problems(one: CustomField) -> Iterable[str]:
    if not _CODE.match(one.code):
        yield f"“{one.code}”: a code is small letters, digits and _, and begins with a letter."
    if not one.label.strip():
        yield f"{one.code}: give it a label."
    if one.type is CustomType.CHOICE and not one.choices:
        yield f"{one.label or one.code}: say what there is to choose from."
    if one.type is not CustomType.CHOICE and one.choices:
        yield f"{one.label or one.code}: only a choice has choices."
    for code in _repeated([choice.code for choice in one.choices]):
        yield f"{one.label or one.code}: the choice {code} stands twice."
    if any(not choice.code.strip() or not choice.label.strip() for choice in one.choices):
        yield f"{one.label or one.code}: each choice has a code and a label."


def _repeated(codes: list[str]) -> list[str]:
    return sorted({code for code in codes if codes.count(code) > 1})


def refuses(before: CustomFields, after: CustomFields) -> tuple[str, ...]:
    """Claims and edits of years may name a code: it stays what it is."""
    kept = {one.code: one for one in after.fields}
    found = []
    for old in before.fields:
        new = kept.get(old.code)
        if new is None:
            found.append(f"{old.label} cannot be removed; make it inactive instead.")
        elif (new.type, new.entity) != (old.type, old.entity):
            found.append(f"{old.label} keeps its type and what it belongs to; make another field instead.")
        elif {one.code for one in old.choices} - {one.code for one in new.choices}:
            found.append(f"{old.label}: a choice that was offered cannot be removed; change its label.")
    return tuple(found)


CUSTOM_FIELDS: Final = Section(
    key="custom_fields",
    label="User-defined fields",
    about="Fields of your own for contacts, addresses, phones and e-mails.",
    shape=CustomFields,
    shipped=shipped,
    url_name="sources:custom-fields",
    problems=problems,
    refuses=refuses,
)


def custom_fields(entity: Entity = Entity.CONTACT) -> tuple[CustomField, ...]:
    """The active ones, in order."""
    every = in_force(CUSTOM_FIELDS).fields
    return tuple(one for one in every if one.is_active and one.entity is entity)


def shapes() -> tuple[CustomShape, ...]:
    """Of what claims state of contacts, inactive ones too: what is stored goes on reading alike."""
    every = in_force(CUSTOM_FIELDS).fields
    return tuple(one.shape for one in every if one.entity is Entity.CONTACT)
