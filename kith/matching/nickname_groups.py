"""Which first names stand for which: the `nicknames` package (English) and our own list, as sets of groups.

A name may be short for many ('chris'), so each name carries several groups and two names agree when they
share one. The group is a key to compare by, never a name to show.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Final

from nicknames import NickNamer

_OWN_LIST: Final = "nickname_groups.txt"
_HEADINGS: Final = {"men": "male", "women": "female"}


def groups_of(first_key: str) -> frozenset[str]:
    """Always holds the name itself, so that equal names agree."""
    return _groups().get(first_key, frozenset()) | {first_key}


def same_person_name(left: str, right: str) -> bool:
    return bool(left and right) and not groups_of(left).isdisjoint(groups_of(right))


def gender_of(first_key: str) -> str:
    """'male' or 'female' where our list knows the (first) word as a name of the one only, else ''."""
    return genders().get(first_key.partition(" ")[0], "")


@cache
def all_groups() -> Mapping[str, frozenset[str]]:
    return {name: groups | {name} for name, groups in _groups().items()}


@cache
def _groups() -> Mapping[str, frozenset[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for canonical, nicks in NickNamer().nickname_lookup.items():
        for nick in nicks:
            # The package also lists long names as nicknames of short ones (bill -> robert), which would
            # make Robert and William one name.
            if 2 < len(nick) <= len(canonical):
                groups[nick].add(canonical)
    for number, names in enumerate(_own_groups()):
        for name in names:
            groups[name].add(f"#{number}")
    return {name: frozenset(found) for name, found in groups.items()}


@cache
def genders() -> Mapping[str, str]:
    known: dict[str, set[str]] = defaultdict(set)
    for gender, names in _own_lines():
        for name in names:
            known[name].add(gender)
    return {
        name: next(iter(genders))
        for name, genders in known.items()
        if len(genders) == 1 and "" not in genders
    }


def _own_groups() -> list[list[str]]:
    return [names for _, names in _own_lines()]


@cache
def _own_lines() -> tuple[tuple[str, list[str]], ...]:
    """The names of each line, with 'male', 'female' or '' as the heading above them says."""
    text = resources.files(__package__).joinpath(_OWN_LIST).read_text(encoding="utf-8")
    found, gender = [], ""
    for line in filter(None, text.splitlines()):
        if line.startswith("# ---"):
            gender = _HEADINGS.get(line.split()[-1], "")
        elif not line.startswith("#"):
            found.append((gender, line.split()))
    return tuple(found)
