"""Searches in addresses and forms. What may tell who somebody is never stands in an address: it is sent by
POST and kept under a token, which stands there instead.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final

from django.http import QueryDict
from django.urls import reverse

from kith.contacts.asking import SearchCriterion, Shape, Value
from kith.find.criteria import by_key
from kith.find.listing import Place
from kith.find.searches import Search, Sort

KEPT: Final = "s"
"""The parameter that holds the token of a kept search."""
LONGEST: Final = 200
MOST_CODES: Final = 100
_YES: Final = {"yes": "yes", "on": "yes", "1": "yes", "no": "no"}
_MOST_DIGITS: Final = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a form or an address says."""

    search: Search
    unread: Mapping[str, str] = field(default_factory=dict)
    """By key of a criterion what is wrong with what was typed."""
    typed: Mapping[str, str] = field(default_factory=dict)
    """Of those, as they were typed."""


def read(data: QueryDict) -> Read:
    """Unknown names are left out, and so is what cannot be read: `unread` says so."""
    values, unread, typed = dict[str, Value](), dict[str, str](), dict[str, str]()
    for key, criterion in by_key().items():
        try:
            values[key] = _value(criterion, data)
        except ValueError:
            unread[key] = "This is not a date."
            typed[f"{key}_from"], typed[f"{key}_to"] = data.get(f"{key}_from", ""), data.get(f"{key}_to", "")
    chosen, text = data.get("criterion", ""), data.get("value", "").strip()[:LONGEST]
    if text:
        values[chosen if chosen in values else "q"] = Value(text=text)
    columns = tuple(dict.fromkeys(",".join(data.getlist("columns")).split(",")))
    search = Search.of(values, sort=Sort.read(data.get("sort", "")), columns=tuple(filter(None, columns)))
    return Read(search=search, unread=unread, typed=typed)


def _value(criterion: SearchCriterion, data: QueryDict) -> Value:
    """Raises ValueError."""
    key = criterion.key
    match criterion.shape:
        case Shape.TEXT:
            return Value(text=data.get(key, "").replace("\x00", "").strip()[:LONGEST])
        case Shape.CHOICE:
            codes = {code for code in data.getlist(key)[:MOST_CODES] if code}
            offered = {code for code, _ in criterion.choices()} if codes and criterion.choices else set()
            return Value(codes=tuple(sorted(codes & offered)))
        case Shape.DAYS:
            return Value(first=_day(data.get(f"{key}_from", "")), last=_day(data.get(f"{key}_to", "")))
        case Shape.YES_NO:
            said = _YES.get(data.get(key, ""), "")
            return Value(codes=(said,) if said else ())


def _day(text: str) -> date | None:
    return date.fromisoformat(text.strip()) if text.strip() else None


def place_of(data: Mapping[str, str]) -> Place:
    return Place(after=_number(data.get("after", "")), before=_number(data.get("before", "")))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else None


def is_personal(search: Search) -> bool:
    """A key that no room declares any more is taken for one."""
    known = by_key()
    return any(one.key not in known or known[one.key].is_personal for one in search.asked)


def laid_over(search: Search, data: QueryDict) -> Search:
    """A kept search, in the order and with the columns that the address names."""
    sort = Sort.read(data.get("sort", "")) if "sort" in data else search.sort
    columns = read(QueryDict(data.urlencode())).search.columns if "columns" in data else search.columns
    return replace(search, sort=sort, columns=columns)


def parameters(search: Search, *, token: str = "") -> list[tuple[str, str]]:
    """For an address, or for the hidden fields of a form; of a personal search only with its token."""
    said = [(KEPT, token)] if token else [pair for one in search.asked for pair in _said(one.key, one.value)]
    if search.sort != Sort() or token:
        said.append(("sort", search.sort.text))
    if search.columns:
        said.append(("columns", ",".join(search.columns)))
    return said


def _said(key: str, value: Value) -> list[tuple[str, str]]:
    said = [(key, value.text)] if value.text else []
    said += [(key, code) for code in value.codes]
    ends = (("from", value.first), ("to", value.last))
    return said + [(f"{key}_{end}", day.isoformat()) for end, day in ends if day]


def address(search: Search, *, token: str = "") -> str:
    query = QueryDict(mutable=True)
    for name, text in parameters(search, token=token):
        query.appendlist(name, text)
    return f"{reverse('contacts:search')}{'?' if query else ''}{query.urlencode()}"
