"""One row of a file as a claim that forms can edit, and what it makes of the claim that is there. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from kith.contacts.entry import Claim
from kith.contacts.settings.codes import same
from kith.matching.cleaning.names import split_full_name
from kith.matching.cleaning.words import (
    country_of_code,
    read_country,
    read_gender,
    read_kind,
    read_language,
    read_yes_or_no,
)
from kith.matching.records import CUSTOM_PREFIX, MAX_REPEATS, PERSON

EMPTIES: Final = frozenset({"-", "–", "—"})
"""A cell that holds only this takes away what is stored; an empty one leaves it."""
NOT_TYPED: Final = frozenset({"claimed_at", "source_created_at"})
"""Of sources only: they stay beside the claim as they came."""

_SLOT: Final = re.compile(r"^(email|phone|address)_(\d)(?:_(\w+))?$")
_MOST_REF: Final = 255


def _answer(text: str) -> str | None:
    found = read_yes_or_no(text)
    return None if found is None else "yes" if found else "no"


_READ: Final[Mapping[str, Callable[[str], str | None]]] = {
    "gender": read_gender,
    "language": read_language,
    "residence_country": read_country,
    "id_number_country": read_country,
    "passport_country": read_country,
    "registration_country": read_country,
    "direct_marketing": _answer,
    "affiliate_marketing": _answer,
    "category": same,
    "industry": same,
}
_READ_OF_SLOT: Final[Mapping[tuple[str, str], Callable[[str], str | None]]] = {
    ("phone", "country"): country_of_code,
    ("address", "country"): read_country,
    ("phone", "type"): same,
    ("email", "type"): same,
    ("address", "type"): same,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What Kith has under a Contact Code already."""

    kind: str
    fields: Claim
    extra: Claim
    version: str
    """Hex of the content hash."""
    is_gone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    number: int
    ref: str
    is_new_ref: bool
    """The row gave none."""
    kind: str
    """As typed."""
    fields: Claim
    extra: Claim


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """The claim as it would stand."""

    said: Said
    stored: Stored | None
    kind: str
    fields: Claim
    extra: Claim

    @property
    def outcome(self) -> str:
        """As `ImportedRow.Outcome`."""
        if self.stored is None:
            return "created"
        same_claim = (self.fields, self.extra) == (self.stored.fields, self.stored.extra)
        return "unchanged" if same_claim and not self.stored.is_gone else "updated"


def as_typed(fields: Mapping[str, str], *, kind: str) -> Claim:
    """Words as forms offer them (`Male`, `GBR`, `ja` become male, GB, yes); what nobody knows stays as it is,
    for cleaning to speak of. The industry of a person is a user-defined field (A12).
    """
    typed = {name: _typed(name, text) for name, text in fields.items()}
    whole = typed.pop("full_name", "")
    if whole and whole not in EMPTIES and not typed.get("first_name") and not typed.get("last_name"):
        typed |= _parts(whole)
    stray = typed.pop("industry", "") if kind == PERSON else ""
    if stray:
        typed.setdefault(f"{CUSTOM_PREFIX}industry", fields["industry"])
    return typed


def _typed(name: str, text: str) -> str:
    slot = _SLOT.match(name)
    read = _READ_OF_SLOT.get((slot[1], slot[3] or "")) if slot else _READ.get(name)
    return text if read is None or text in EMPTIES else read(text) or text


def _parts(whole: str) -> Claim:
    split = split_full_name(whole)
    found = {
        "title": split.title,
        "first_name": split.first,
        "middle_name": split.middle,
        "last_name": split.last,
    }
    return {name: text for name, text in found.items() if text}


def merged(said: Said, stored: Stored | None) -> Merged:
    """An empty cell leaves what is stored, a dash takes it away. An e-mail, phone or address is replaced as a
    whole: an address the one of its type, everything else the one of its number.
    """
    kind = stored.kind if stored else read_kind(said.kind) or PERSON
    typed = as_typed(said.fields, kind=kind)
    fields = dict(stored.fields) if stored else {}
    for name, text in typed.items():
        if _SLOT.match(name) is None:
            _put(fields, name, text)
    for (stem, number), parts in sorted(slots(typed).items()):
        _replace(fields, stem, _place(fields, stem, number, parts), parts)
    extra = {**(stored.extra if stored else {}), **said.extra}
    return Merged(said=said, stored=stored, kind=kind, fields=fields, extra=extra)


def _put(fields: Claim, name: str, text: str) -> None:
    if text in EMPTIES:
        fields.pop(name, None)
    else:
        fields[name] = text


def slots(fields: Mapping[str, str]) -> dict[tuple[str, int], Claim]:
    """Parts ('' for the value itself) by (email, phone or address; number), where a value is given."""
    found: dict[tuple[str, int], Claim] = {}
    for name, text in fields.items():
        slot = _SLOT.match(name)
        if slot:
            found.setdefault((slot[1], int(slot[2])), {})[slot[3] or ""] = text
    return {place: parts for place, parts in found.items() if _tells(place[0], parts)}


def _tells(stem: str, parts: Mapping[str, str]) -> bool:
    """A country or a type alone says nothing of whom."""
    return bool(set(parts) - {"type", "country"}) if stem == "address" else "" in parts


def _place(fields: Claim, stem: str, number: int, parts: Claim) -> int:
    kind = parts.get("type", "")
    if stem != "address" or not kind:
        return number
    there = {place: same(one.get("type", "")) for (of, place), one in slots(fields).items() if of == stem}
    alike = [place for place, its in sorted(there.items()) if its == kind]
    if alike:
        return alike[0]
    free = [place for place in range(1, MAX_REPEATS + 1) if place not in there]
    return number if number in free or not free else free[0]


def _replace(fields: Claim, stem: str, number: int, parts: Claim) -> None:
    start = f"{stem}_{number}"
    for name in [name for name in fields if name == start or name.startswith(f"{start}_")]:
        del fields[name]
    kept = {part: text for part, text in parts.items() if text not in EMPTIES}
    if _tells(stem, kept):
        fields |= {f"{start}_{part}" if part else start: text for part, text in kept.items()}


def faults(row: Merged) -> Iterator[tuple[str, str]]:
    """Claim field and sentence, of what the row itself must say (C32)."""
    said, stated = row.said, read_kind(row.said.kind)
    if len(said.ref) > _MOST_REF:
        yield "system_ref", f"The Contact Code is longer than {_MOST_REF} characters."
    if said.kind and stated is None:
        yield "kind", "The Contact Type is PERSON or COMPANY."
    elif row.stored is None and not said.kind:
        yield "kind", "The Contact Type is missing: PERSON or COMPANY."
    elif row.stored is not None and stated not in {None, row.stored.kind}:
        yield "kind", f"This Contact Code is a {row.stored.kind}'s, and stays one."
    else:
        yield from _nameless(row)
    typed = slots(as_typed(said.fields, kind=row.kind))
    for (stem, number), parts in typed.items():
        if stem == "phone" and _needs_country(parts):
            yield f"phone_{number}_country", "A phone number needs its country, a code such as GBR."
    kinds = [parts["type"] for (stem, _), parts in typed.items() if stem == "address" and parts.get("type")]
    for kind in sorted({one for one in kinds if kinds.count(one) > 1}):
        yield "address_1_type", f"The row has two addresses of the type {kind}."


_NAMES: Final = {
    "person": (("first_name", "First Name"), ("last_name", "Last Name")),
    "company": (("company_name", "Company Name"),),
}


def _nameless(row: Merged) -> Iterator[tuple[str, str]]:
    for name, label in _NAMES[row.kind]:
        if not row.fields.get(name):
            yield name, f"A {row.kind} needs a {label}."


def _needs_country(parts: Claim) -> bool:
    text = parts.get("", "")
    return text not in EMPTIES and not parts.get("country") and not text.startswith(("+", "00"))
