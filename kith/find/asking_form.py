"""The criteria as the page draws them: plain data, which draws sooner than thirty form fields do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from kith.contacts.asking import SearchCriterion, Shape, Value
from kith.contacts.rights.rules import Sight
from kith.find.addresses import Read
from kith.find.criteria import offered
from kith.find.searches import TEXT

FEW: Final = 8
"""Choices that stand as boxes to tick; more are a list."""


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    label: str
    is_chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedField:
    key: str
    label: str
    shape: str
    options: tuple[Option, ...] = ()
    text: str = ""
    first: str = ""
    last: str = ""
    help_text: str = ""
    trouble: str = ""

    @property
    def is_long(self) -> bool:
        return len(self.options) > FEW


Headings = tuple[tuple[str, tuple[AskedField, ...]], ...]


def text_of(read: Read) -> str:
    """Of the one box."""
    return read.search.values.get(TEXT, Value()).text


def is_open(read: Read) -> bool:
    """After a search its results stand first; what was asked for stands above them in words."""
    return bool(read.unread)


def _says_something(read: Read) -> bool:
    return bool(read.unread) or any(one.key != TEXT for one in read.search.asked)


def drawn(read: Read, sight: Sight) -> SafeString:
    found: Headings = tuple(
        (heading, tuple(_field(one, read) for one in ones)) for heading, ones in offered(sight) if heading
    )
    return _drawn(found) if _says_something(read) else _drawn_empty(found)


@lru_cache(maxsize=16)
def _drawn_empty(headings: Headings) -> SafeString:
    """Drawn again when a source, a team or another choice is added."""
    return _drawn(headings)


def _drawn(headings: Headings) -> SafeString:
    return mark_safe(render_to_string("find/_criteria.html", {"headings": headings}))  # noqa: S308  # rendered by a template


def _field(criterion: SearchCriterion, read: Read) -> AskedField:
    key, value = criterion.key, read.search.values.get(criterion.key, Value())
    return AskedField(
        key=key,
        label=criterion.label,
        shape=criterion.shape.value,
        options=tuple(Option(code, label, code in value.codes) for code, label in _choices(criterion)),
        text=value.text,
        first=_shown(read.typed, f"{key}_from", value.first),
        last=_shown(read.typed, f"{key}_to", value.last),
        help_text=criterion.help_text,
        trouble=read.unread.get(key, ""),
    )


def _choices(criterion: SearchCriterion) -> Sequence[tuple[str, str]]:
    if criterion.shape is Shape.YES_NO:
        return (("yes", "Yes"), ("no", "No"))
    return tuple(criterion.choices()) if criterion.choices else ()


def _shown(typed: Mapping[str, str], name: str, day: object) -> str:
    return typed.get(name, "") or (str(day) if day else "")
