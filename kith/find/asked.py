"""A search as a body of the API says it: read by the criteria of the rooms, refused at its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kith.contacts import queries
from kith.contacts.asking import SearchCriterion, Shape, Value
from kith.find.criteria import by_key
from kith.find.schemas import DaysAsked, SearchCriteria
from kith.find.searches import Search, Sort
from kith.kernel.errors import Refused
from kith.matching.records import CUSTOM_PREFIX

_NO_CHOICE: Final = "This is none of the choices."
_OTHERWISE: Final = {
    Shape.TEXT: "Give a text.",
    Shape.CHOICE: "Give a code, or a list of codes.",
    Shape.DAYS: "Give days: from, to, or both.",
    Shape.YES_NO: "Give yes or no: true or false.",
}
Given = str | bool | DaysAsked | list[str] | None


def asked_for(body: SearchCriteria, *, sort: str = "") -> Search:
    """Raises Refused, with the place of each criterion that cannot be read."""
    known = by_key()
    given = {key: _given(body, one) for key, one in known.items() if not key.startswith(CUSTOM_PREFIX)}
    given |= {f"{CUSTOM_PREFIX}{code}": value for code, value in body.custom.items()}
    values, refused = dict[str, Value](), dict[str, str]()
    for key, one in given.items():
        try:
            values[key] = _value(known.get(key), one)
        except ValueError as error:
            refused[key] = str(error)
    if refused:
        place, sentence = next(iter(refused.items()))
        raise Refused(f"{place}: {sentence}", fields=refused)
    return Search.of(values, sort=Sort.read(sort))


def _given(body: SearchCriteria, criterion: SearchCriterion) -> Given:
    key = criterion.key
    if criterion.shape is Shape.DAYS:
        return DaysAsked(**{end: getattr(body, f"{key}_{end}") for end in ("from", "to")})
    value: Given = getattr(body, key)
    return value


def _value(criterion: SearchCriterion | None, given: Given) -> Value:
    """Raises ValueError in words for whoever asked; what was sent is not among them."""
    if criterion is None:
        raise ValueError("There is no such field.")
    match criterion.shape, given:
        case _, None:
            return Value()
        case Shape.TEXT, str():
            return Value(text=given.strip())
        case Shape.YES_NO, bool():
            return Value(codes=("yes" if given else "no",))
        case Shape.DAYS, DaysAsked():
            return Value(first=given.first, last=given.last)
        case Shape.CHOICE, str():
            return _chosen(criterion, [given])
        case Shape.CHOICE, list():
            return _chosen(criterion, given)
    raise ValueError(_OTHERWISE[criterion.shape])


def _chosen(criterion: SearchCriterion, codes: list[str]) -> Value:
    wanted = {one for one in codes if one}
    called = _source_ids() if criterion.key == "source" and wanted else {}
    found = {called.get(one, "" if called else one) for one in wanted}
    offered = {code for code, _ in criterion.choices()} if found and criterion.choices else set()
    if not found <= offered:
        raise ValueError(_NO_CHOICE)
    return Value(codes=tuple(sorted(found)))


def _source_ids() -> Mapping[str, str]:
    """Other systems name a source by its code, the page's address by its number."""
    return {one.code: str(pk) for pk, one in queries.sources_by_id().items()}
