"""Two System Refs as they might be: one detail the same on both, or one contradicting detail gone. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import combinations
from typing import Final, TypeAlias

from kith.matching.comparable import Comparable
from kith.matching.records import COMPANY

Two: TypeAlias = tuple[Comparable, Comparable]

_PERSON: Final = {
    "first_key": "first name",
    "last_key": "last name",
    "gender": "gender",
    "birth_date": "birth date",
    "id_number": "ID number",
    "passport_number": "passport number",
    "social_security_number": "social security number",
}
_COMPANY: Final = {
    "company_key": "company name",
    "vat_number": "VAT number",
    "registration_number": "registration number",
}
_LISTS: Final = {"emails": "e-mail", "phones": "phone"}
_NOBODY_KNOWS: Final[dict[str, object]] = {
    "birth_date": date(1901, 2, 3),
    "id_number": "a-number-of-nobody",
    "vat_number": "a-number-of-nobody",
}
"""Values for what neither side knows: that both knew the same one. They are nobody's."""
_OF_NOBODY: Final = {"emails": ("somebody@nobody.invalid",), "phones": ("+00000000000",)}


@dataclass(frozen=True, slots=True)
class Variation:
    words: tuple[str, ...]
    """One for each detail that is otherwise: 'the same e-mail on both', 'no birth date on {left}'."""
    two: Two


def single(two: Two) -> Iterator[Variation]:
    """With one detail changed; some twice, once on either side."""
    for _, variation in _named(two):
        yield variation


def double(two: Two) -> Iterator[Variation]:
    """With two different details changed."""
    names = [name for name, _ in _named(two)]
    for first, second in combinations(dict.fromkeys(names), 2):
        for one in _of(two, first):
            for both in _of(one.two, second):
                yield Variation((*one.words, *both.words), both.two)


def _of(two: Two, name: str) -> Iterator[Variation]:
    return (variation for found, variation in _named(two) if found == name)


def _named(two: Two) -> Iterator[tuple[str, Variation]]:
    labels = _COMPANY if two[0].kind == COMPANY else _PERSON
    for name, label in labels.items():
        yield from ((name, variation) for variation in _of_one(two, name, label))
    for name, label in _LISTS.items():
        yield from ((name, variation) for variation in _of_list(two, name, label))
    yield from (("address", variation) for variation in _of_addresses(two))


def _of_one(two: Two, name: str, label: str) -> Iterator[Variation]:
    left, right = two
    one, other = getattr(left, name), getattr(right, name)
    if one and one == other:
        return
    same = (f"the same {label} on both",)
    if one:
        yield Variation(same, (left, _put(right, name, one)))
    if other:
        yield Variation(same, (_put(left, name, other), right))
    if one and other:
        nothing = None if name == "birth_date" else ""
        yield Variation((f"no {label} on {{right}}",), (left, _put(right, name, nothing)))
        yield Variation((f"no {label} on {{left}}",), (_put(left, name, nothing), right))
    elif not one and not other and name in _NOBODY_KNOWS:
        made_up = _NOBODY_KNOWS[name]
        yield Variation(same, (_put(left, name, made_up), _put(right, name, made_up)))


def _of_list(two: Two, name: str, label: str) -> Iterator[Variation]:
    left, right = two
    one, other = getattr(left, name), getattr(right, name)
    if set(one) & set(other):
        return
    same, shared = (f"one {label} in common",), (one or other or _OF_NOBODY[name])[:1]
    yield Variation(same, (_put(left, name, _with(one, shared)), _put(right, name, _with(other, shared))))


def _put(record: Comparable, name: str, value: object) -> Comparable:
    return replace(record, **{name: value})  # type: ignore[arg-type]  # the value is one of this field


def _with(known: tuple[str, ...], shared: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*known, *shared)))


def _of_addresses(two: Two) -> Iterator[Variation]:
    left, right = two
    ours, theirs = _addresses(left), _addresses(right)
    if set(ours) & set(theirs) or not (ours or theirs):
        return
    shared = (ours or theirs)[:1]
    words = ("one address in common",)
    yield Variation(words, (_living_at(left, (*ours, *shared)), _living_at(right, (*theirs, *shared))))


def _addresses(record: Comparable) -> tuple[tuple[str, str], ...]:
    """(street, postcode) of those that have both."""
    both = zip(record.street_keys, record.postcode_keys, strict=True)
    return tuple((street, postcode) for street, postcode in both if street and postcode)


def _living_at(record: Comparable, addresses: tuple[tuple[str, str], ...]) -> Comparable:
    each = tuple(dict.fromkeys(addresses))
    return replace(
        record,
        street_keys=tuple(street for street, _ in each),
        postcode_keys=tuple(postcode for _, postcode in each),
    )
