"""The criteria as the page draws them: plain data, which draws sooner than thirty form fields do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

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


def text_of(read: Read) -> str:
    """Of the one box."""
    return read.search.values.get(TEXT, Value()).text


def is_open(read: Read) -> bool:
    """After a search its results stand first; what was asked for stands above them in words."""
    return bool(read.unread)


def drawn(read: Read, sight: Sight) -> SafeString:
    asked = {one.key for one in read.search.asked} | set(read.unread)
    return format_html_join(
        "",
        '<fieldset class="find-group"><legend>{}</legend><div class="criteria-fields">{}</div></fieldset>',
        ((heading, _drawn_in_order(ones, read, asked)) for heading, ones in offered(sight) if heading),
    )


def _drawn_in_order(ones: Sequence[SearchCriterion], read: Read, asked: AbstractSet[str]) -> SafeString:
    fields = ((_field(one, read), one.key in asked) for one in ones)
    return format_html_join("", "{}", ((_drawn(one) if says else _drawn_empty(one),) for one, says in fields))


@lru_cache(maxsize=256)
def _drawn_empty(field: AskedField) -> SafeString:
    """Kept, for it says of nobody anything; drawn again when a source, a team or another choice is added."""
    return _drawn(field)


def _drawn(field: AskedField) -> SafeString:
    return render_to_string("find/_criterion.html", {"one": field})


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
