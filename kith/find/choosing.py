"""Whom a search means: one meaning for the page, exports and bulk changes."""

from __future__ import annotations

from typing import Final

from django.db.models import Q, QuerySet

from kith.contacts.asking import SearchCriterion, Shape, Value
from kith.contacts.models import Contact
from kith.contacts.rights.asking import found_by
from kith.contacts.rights.rules import Sight
from kith.find.criteria import by_key
from kith.find.searches import Search
from kith.kernel.errors import Refused
from kith.web.formats import day

_UNKNOWN: Final = "This search asks for something that is no longer there."


def chosen(search: Search, *, sight: Sight) -> QuerySet[Contact]:
    """Active contacts, each once, in no order; of a search that asks for nothing, none.

    Raises Refused where it asks by what this sight shows of nobody: who is found would tell it. Contacts of
    stricter levels are not found by what it does not show of them.
    """
    condition = condition_of(search, sight=sight)
    if condition is None:
        return Contact.objects.none()
    return Contact.objects.filter(condition, state=Contact.State.ACTIVE)


def condition_of(search: Search, *, sight: Sight) -> Q | None:
    if search.is_empty:
        return None
    known = by_key()
    condition = Q()
    for asked in search.asked:
        criterion = known.get(asked.key)
        if criterion is None:
            raise Refused(_UNKNOWN)
        if not criterion.may_be_asked(sight):
            raise Refused(f"You may not search by “{criterion.label}”: you do not see it.")
        part = criterion.condition(asked.value, sight)
        if part is None:
            return None
        condition &= part & found_by(sight, criterion.fields, whole_where_masked=criterion.whole_where_masked)
    return condition


def describe(search: Search) -> list[str]:
    """In words, without personal values: `Type: Person`, `Surname (given)`."""
    known = by_key()
    return [_words(known[one.key], one.value) if one.key in known else _UNKNOWN for one in search.asked]


def _words(criterion: SearchCriterion, value: Value) -> str:
    if criterion.is_personal:
        return f"{criterion.label} (given)"
    return f"{criterion.label}: {_value_words(criterion, value)}"


def _value_words(criterion: SearchCriterion, value: Value) -> str:
    match criterion.shape:
        case Shape.CHOICE:
            labels = dict(criterion.choices() if criterion.choices else ())
            return ", ".join(labels.get(code, code) for code in value.codes)
        case Shape.DAYS:
            return " ".join(
                f"{word} {day(one)}" for word, one in (("from", value.first), ("to", value.last)) if one
            )
        case Shape.YES_NO:
            return "yes" if value.is_yes else "no"
        case _:
            return value.text
