"""Role × privacy level × field: shown, masked or hidden. Pure; whatever is not decided is hidden."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, Self

from kith.contacts.rights.masks import Mask, masked
from kith.matching.records import ADDRESS_PARTS, CUSTOM, CUSTOM_PREFIX

PERSON: Final = "person"
COMPANY: Final = "company"


class Shown(StrEnum):
    SHOWN = "shown"
    MASKED = "masked"
    HIDDEN = "hidden"

    @property
    def rank(self) -> int:
        return _RANKS[self]


_RANKS: Final = {shown: place for place, shown in enumerate(Shown)}
ALWAYS_SHOWN: Final = frozenset({"name", "company_name"})
"""Without a name nobody is found, and no page has a heading."""
IDENTITY: Final = (
    "id_number",
    "passport_number",
    "social_security_number",
    "vat_number",
    "registration_number",
)
PUBLIC_OF_COMPANIES: Final = frozenset({"vat_number", "registration_number"})
"""Stand in public registers: of companies they are shown where they are only masked."""
MASKS: Final[Mapping[str, Mask]] = {
    **dict.fromkeys(IDENTITY, Mask.NUMBER),
    "birth_date": Mask.DAY,
    "gender": Mask.TEXT,
    "category": Mask.TEXT,
    "name_day": Mask.TEXT,
    "language": Mask.TEXT,
    "residence_country": Mask.TEXT,
    "direct_marketing": Mask.TEXT,
    "affiliate_marketing": Mask.TEXT,
    "registration_country": Mask.TEXT,
    "established_on": Mask.YEAR,
    "website": Mask.TEXT,
    "employees": Mask.TEXT,
    "industry": Mask.TEXT,
    "emails": Mask.EMAIL,
    "phones": Mask.PHONE,
    "addresses": Mask.TEXT,
    CUSTOM: Mask.TEXT,
}
"""Every golden field that can be masked or hidden, and how it reads then. A field that is in neither list is
hidden from everybody, so a new one needs its decision here."""
_COLUMNS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("title", "first_name", "middle_name", "last_name", "full_name"), "name"),
    "id_number_country": "id_number",
    "id_number_expires": "id_number",
    "passport_country": "passport_number",
    "passport_expires": "passport_number",
    "email": "emails",
    "phone": "phones",
    "address": "addresses",
    "town": "addresses",
    "postcode": "addresses",
    **dict.fromkeys(ADDRESS_PARTS, "addresses"),
    **dict.fromkeys(("claimed_at", "source_created_at", "kind"), "name"),
}
_NUMBERED: Final = re.compile(r"^(email|phone|address)_\d+(_\w+)?$")


def field_of(name: str) -> str:
    """The golden field whose right counts: of a column, of a field of a claim (`email_2`, `address_1_city`),
    of words for a part. Itself where it is one, or is not known."""
    numbered = _NUMBERED.match(name)
    return _COLUMNS[numbered[1]] if numbered else _COLUMNS.get(name, name)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one actor sees. Of all contacts until `at` says of which: then the strictest level counts."""

    by_level: Mapping[str, Mapping[str, Shown]]
    """Of the mildest of the actor's roles. What is not in it is hidden."""
    level: str | None = None
    kind: str = PERSON
    revealed: frozenset[str] = frozenset()
    may_reveal: bool = False
    birth_date: Mask = Mask.DAY

    def at(self, level: str, *, kind: str = PERSON, revealed: Iterable[str] = ()) -> Self:
        """Of one contact."""
        return replace(self, level=level, kind=kind, revealed=frozenset(revealed))

    def shows(self, field: str) -> Shown:
        field = field_of(field)
        if field in ALWAYS_SHOWN:
            return Shown.SHOWN
        if self.level is not None:
            return self._at(self.level, field)
        found = (self._at(level, field) for level in self.by_level)
        return max(found, key=lambda one: one.rank, default=Shown.HIDDEN)

    def of(self, field: str, value: str) -> str:
        """As it may be read: masked text when masked, '' when hidden."""
        match self.shows(field):
            case Shown.SHOWN:
                return value
            case Shown.MASKED:
                return masked(self._mask(field_of(field)), value)
            case _:
                return ""

    def name(self, name: str) -> str:
        """Whoever has no name is called by an e-mail."""
        return self.of("emails", name) if "@" in name and " " not in name else name

    def may_ask_by(self, field: str) -> bool:
        """Whether a search by it finds anybody: finding by what one may not read would tell it. Contacts of
        levels at which it is not shown are not found by it (`asking.found_by`)."""
        return self.mildest().shows(field) is Shown.SHOWN

    def mildest(self) -> Self:
        """Itself of one contact; else what it sees of the contacts it sees most of. For searching only."""
        if self.level is not None:
            return self
        best = union([{"": cells} for cells in self.by_level.values()])
        return replace(self, by_level=best, level="")

    def levels_with(self, fields: Iterable[str], *, allowed: Iterable[Shown]) -> frozenset[str]:
        """At which each of these fields is one of `allowed`."""
        wanted, among = tuple(fields), frozenset(allowed)
        return frozenset(
            level for level in self.by_level if all(self.at(level).shows(one) in among for one in wanted)
        )

    def may_ask_to_see(self, field: str) -> bool:
        return self.may_reveal and self.shows(field) is Shown.MASKED

    def _at(self, level: str, field: str) -> Shown:
        cells = self.by_level.get(level)
        known = MASKS.keys() | {CUSTOM}
        row = CUSTOM if field.startswith(CUSTOM_PREFIX) and field not in (cells or {}) else field
        if cells is None or (row not in known and not row.startswith(CUSTOM_PREFIX)):
            return Shown.HIDDEN
        shown = cells.get(row, Shown.HIDDEN)
        if shown is Shown.MASKED and (
            field in self.revealed or (self.kind == COMPANY and field in PUBLIC_OF_COMPANIES)
        ):
            return Shown.SHOWN
        return shown

    def _mask(self, field: str) -> Mask:
        if field == "birth_date":
            return self.birth_date
        return MASKS.get(field, Mask.TEXT)


def union(sights: Iterable[Mapping[str, Mapping[str, Shown]]]) -> Mapping[str, Mapping[str, Shown]]:
    """Whoever has several roles sees what any of them sees."""
    found: dict[str, dict[str, Shown]] = {}
    for by_level in sights:
        for level, cells in by_level.items():
            mine = found.setdefault(level, {})
            for field, shown in cells.items():
                mine[field] = min(mine.get(field, Shown.HIDDEN), shown, key=lambda one: one.rank)
    return found


EVERYTHING: Final[Mapping[str, Shown]] = dict.fromkeys(MASKS, Shown.SHOWN)
