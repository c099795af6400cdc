"""The criteria that rooms declare, in the order of the page."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from django.conf import settings
from django.utils.module_loading import import_string

from kith.contacts.asking import Criteria, SearchCriterion
from kith.contacts.rights.rules import Sight


def criteria() -> tuple[SearchCriterion, ...]:
    """Declared in the setting KITH_SEARCH_CRITERIA."""
    declared: tuple[Criteria, ...] = import_string(settings.KITH_SEARCH_CRITERIA)
    return tuple(one for of_room in declared for one in of_room())


def by_key() -> Mapping[str, SearchCriterion]:
    return {one.key: one for one in criteria()}


def offered(sight: Sight) -> tuple[tuple[str, tuple[SearchCriterion, ...]], ...]:
    """By heading, in order of first mention, those that this sight may ask by."""
    sight = sight.mildest()
    allowed = [one for one in criteria() if one.may_be_asked(sight)]
    headings = list(dict.fromkeys(one.heading for one in allowed))
    in_order = sorted(allowed, key=lambda one: headings.index(one.heading))
    return tuple((heading, tuple(ones)) for heading, ones in groupby(in_order, key=lambda one: one.heading))
