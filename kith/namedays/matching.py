"""Whose name day is when: first names against the names of rules."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from kith.matching.cleaning.text import fold_words, tidy
from kith.matching.nickname_groups import groups_of
from kith.namedays.days import Day, read_day

LONGEST_NAME: Final = 60
_BETWEEN: Final = re.compile(r"[\s\-‐–/&,+]+")


@dataclass(frozen=True, slots=True)
class Rule:
    day: Day
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A name as a rule lists it, with the day of that rule."""

    name: str
    day: Day
    is_sure: bool = True
    """Found by a spelling that is listed; else by what it is short for."""
    calendar: str = ""


class Calendar:
    """Rules that are looked into together. `year`: which of two rules is the earlier one is asked of it."""

    def __init__(self, code: str, rules: Iterable[Rule], *, year: int) -> None:
        self.code = code
        self._year = year
        self._by_key = self._first_by_key(rules)
        self._seen: dict[str, Listed | None] = {}

    def find(self, first_name: str) -> Listed | None:
        """A listed spelling goes before what a name is short for; of several words the first known one."""
        if first_name not in self._seen:
            keys = _keys(first_name)
            self._seen[first_name] = self._exact(keys) or self._short_for(keys)
        return self._seen[first_name]

    def _first_by_key(self, rules: Iterable[Rule]) -> Mapping[str, Listed]:
        """Two rules with one name: the earliest date from January (A36)."""
        first: dict[str, Listed] = {}
        for rule in rules:
            for name in rule.names:
                found = Listed(name, rule.day, calendar=self.code)
                for key in _spellings(name):
                    if key not in first or self._order(found) < self._order(first[key]):
                        first[key] = found
        return first

    @cached_property
    def _by_group(self) -> Mapping[str, Listed]:
        first: dict[str, Listed] = {}
        for key, listed in sorted(self._by_key.items()):
            if key.startswith("="):
                continue
            found = Listed(listed.name, listed.day, is_sure=False, calendar=self.code)
            for group in groups_of(key):
                if group not in first or self._order(found) < self._order(first[group]):
                    first[group] = found
        return first

    def _exact(self, keys: Sequence[str]) -> Listed | None:
        return next((self._by_key[key] for key in keys if key in self._by_key), None)

    def _short_for(self, keys: Sequence[str]) -> Listed | None:
        for key in (one for one in keys if not one.startswith("=")):
            found = [self._by_group[group] for group in groups_of(key) if group in self._by_group]
            if found:
                return min(found, key=self._order)
        return None

    def _order(self, listed: Listed) -> tuple[str, str]:
        return (listed.day.on(self._year).isoformat(), listed.day.code)


def _keys(first_name: str) -> tuple[str, ...]:
    """The name as a whole, then its words; each as it is spelt, then folded."""
    words = _BETWEEN.split(tidy(first_name)[:LONGEST_NAME])
    return tuple(dict.fromkeys(key for one in (" ".join(words), *words) for key in _spellings(one)))


def _spellings(name: str) -> tuple[str, ...]:
    """As it is spelt (Märta is not Marta where both are listed), and folded: of other scripts and accents."""
    folded = "".join(fold_words(name))
    return (f"={name.casefold()}", folded) if len(folded) > 1 else ()


def first_of(calendars: Iterable[Calendar], first_name: str) -> Listed | None:
    """The first calendar that lists the name says when; where none does, the first that knows what it is
    short for.
    """
    found = [listed for one in calendars if (listed := one.find(first_name)) is not None]
    return next((one for one in found if one.is_sure), found[0] if found else None)


def rules_of(lines: Iterable[tuple[str, Iterable[str]]]) -> tuple[Rule, ...]:
    """Of one day only one rule; names in their order, each once."""
    names: dict[str, list[str]] = defaultdict(list)
    for day, some in lines:
        names[read_day(day).code].extend(some)
    return tuple(Rule(read_day(code), tuple(dict.fromkeys(found))) for code, found in names.items())
