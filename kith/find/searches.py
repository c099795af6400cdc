"""A search as plain data: what is asked for, in which order the results stand, which columns show."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final, Self

from kith.contacts.asking import Value

TEXT: Final = "q"
"""The criterion of the one box: anything."""


class SortKey(StrEnum):
    FOUND = "found"
    """By name, of those looked at: what answers soonest."""
    NAME = "name"
    GROUP_ID = "group_id"
    """The order in which contacts came to be."""
    UPDATED = "updated"
    DUPLICATES = "duplicates"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS: Final = {
    SortKey.FOUND: "Soonest answer",
    SortKey.NAME: "Name",
    SortKey.GROUP_ID: "GroupID",
    SortKey.UPDATED: "Updated",
    SortKey.DUPLICATES: "Possible duplicates",
}


@dataclass(frozen=True, slots=True)
class Sort:
    key: SortKey = SortKey.FOUND
    descending: bool = False

    @property
    def text(self) -> str:
        """`-updated`."""
        return f"{'-' if self.descending else ''}{self.key}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Nonsense reads as the default."""
        key = text.removeprefix("-")
        known = key in set(SortKey)
        return cls(SortKey(key), descending=text.startswith("-")) if known else cls()


@dataclass(frozen=True, slots=True)
class Asked:
    key: str
    """Of a criterion."""
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """Everything asked for must hold. A search that asks for nothing finds nobody."""

    asked: tuple[Asked, ...] = ()
    """By key; none empty, no key twice."""
    sort: Sort = Sort()
    columns: tuple[str, ...] = ()
    """Keys; () for those that show where nobody chose."""

    @classmethod
    def of(
        cls, values: Mapping[str, Value], *, sort: Sort | None = None, columns: tuple[str, ...] = ()
    ) -> Self:
        asked = tuple(Asked(key, value) for key, value in sorted(values.items()) if not value.is_empty)
        return cls(asked=asked, sort=sort or Sort(), columns=columns)

    @property
    def is_empty(self) -> bool:
        return not self.asked

    @property
    def values(self) -> Mapping[str, Value]:
        return {one.key: one.value for one in self.asked}

    def with_values(self, values: Mapping[str, Value]) -> Self:
        return replace(self, asked=type(self).of(values).asked)


def written(search: Search) -> str:
    """JSON; personal values are in it."""
    return json.dumps(
        {
            "asked": {one.key: _written(one.value) for one in search.asked},
            "sort": search.sort.text,
            "columns": list(search.columns),
        },
        ensure_ascii=False,
    )


def _written(value: Value) -> Mapping[str, object]:
    every = {
        "text": value.text,
        "codes": list(value.codes),
        "first": value.first.isoformat() if value.first else "",
        "last": value.last.isoformat() if value.last else "",
    }
    return {name: one for name, one in every.items() if one}


def read(text: str) -> Search:
    """What `written` wrote."""
    body = json.loads(text)
    values = {
        str(key): Value(
            text=str(given.get("text", "")),
            codes=tuple(str(code) for code in given.get("codes", ())),
            first=_day(given.get("first", "")),
            last=_day(given.get("last", "")),
        )
        for key, given in body["asked"].items()
    }
    return Search.of(values, sort=Sort.read(str(body["sort"])), columns=tuple(map(str, body["columns"])))


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
