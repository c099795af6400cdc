"""Codes that a row may name: those of the settings, inactive ones too where they are there already. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kith.contacts.intake.typed import Merged, slots
from kith.contacts.settings.categories import Categories, categories_in_force
from kith.contacts.settings.codes import same
from kith.contacts.settings.industries import Industries, industries_in_force
from kith.contacts.settings.supported_types import (
    ADDRESSES,
    EMAILS,
    PHONES,
    SupportedTypes,
    types_in_force,
)

_FAMILY: Final[Mapping[str, str]] = {"email": EMAILS, "phone": PHONES, "address": ADDRESSES}


@dataclass(frozen=True, slots=True)
class Codes:
    types: SupportedTypes
    categories: Categories
    industries: Industries

    @classmethod
    def now(cls) -> Codes:
        return cls(types_in_force(), categories_in_force(), industries_in_force())

    def faults(self, row: Merged) -> Iterator[tuple[str, str]]:
        """Claim field and sentence, of codes that this row brings."""
        before = row.stored.fields if row.stored else {}
        for name, known in (("category", self.categories.of), ("industry", self.industries.of)):
            code = row.fields.get(name, "")
            if code and code != before.get(name) and known(code) is None:
                yield name, f"There is no {name} with the code {code[:40]}."
        for (stem, number), parts in slots(row.fields).items():
            name, code = f"{stem}_{number}_type", parts.get("type", "")
            known_codes = {one.code for one in self.types.of(_FAMILY[stem])}
            if code and before.get(name) != code and same(code) not in known_codes:
                yield name, f"There is no type of {_WORDS[stem]} with the code {code[:40]}."


_WORDS: Final = {"email": "e-mail", "phone": "phone", "address": "address"}
