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


def groups_of(first_key: str) -> frozenset[str]:
    """Always holds the name itself, so that equal names agree."""
    return _groups().get(first_key, frozenset()) | {first_key}


def same_person_name(left: str, right: str) -> bool:
    return bool(left and right) and not groups_of(left).isdisjoint(groups_of(right))


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


def _own_groups() -> list[list[str]]:
    text = resources.files(__package__).joinpath(_OWN_LIST).read_text(encoding="utf-8")
    return [line.split() for line in text.splitlines() if line and not line.startswith("#")]
