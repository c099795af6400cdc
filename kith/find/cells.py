"""One value of a list as a page shows it.

Drawn here and not in a template: of a template's words, six a cell, two hundred cells were most of a search.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from kith.web import formats
from kith.web.templatetags.kith import ago

SOURCES: Final = "sources"
_NOWRAP: Final = mark_safe(' class="nowrap"')
_MONOSPACED: Final = mark_safe(' class="mono nowrap"')
_BREAKS: Final = mark_safe(' class="break"')


@dataclass(frozen=True, slots=True)
class Cell:
    code: str
    label: str
    text: str


def drawn(cells: Sequence[Cell], *, sources: SafeString) -> SafeString:
    """The `td`s of one row; `sources` stands in the column of that name."""
    return format_html_join(
        "",
        '<td data-label="{}"{}>{}</td>',
        (
            (one.label, _ATTRIBUTES.get(one.code, _BREAKS), sources if one.code == SOURCES else _shown(one))
            for one in cells
        ),
    )


def _shown(cell: Cell) -> SafeString:
    """What is masked is no date and no number, and reads as it stands."""
    return _SHOWN.get(cell.code, _plain)(cell.text) if cell.text else SafeString()


def _plain(text: str) -> SafeString:
    return format_html("<bdi>{}</bdi>", text)


def _day(text: str) -> SafeString:
    try:
        return conditional_escape(formats.day(date.fromisoformat(text)))
    except ValueError:
        return _plain(text)


def _moment(text: str) -> SafeString:
    try:
        return conditional_escape(ago(datetime.fromisoformat(text)))
    except ValueError:
        return _plain(text)


def _phone(text: str) -> SafeString:
    return conditional_escape(formats.phone(text))


def _group_id(text: str) -> SafeString:
    return conditional_escape(formats.group_id(int(text)))


_SHOWN: Final[Mapping[str, Callable[[str], SafeString]]] = {
    **dict.fromkeys(("birth_date", "established_on", "id_number_expires", "passport_expires"), _day),
    **dict.fromkeys(("created", "updated"), _moment),
    "phone": _phone,
    "group_id": _group_id,
}
_ATTRIBUTES: Final = {
    **dict.fromkeys(_SHOWN, _NOWRAP),
    **dict.fromkeys(("group_id", "system_refs"), _MONOSPACED),
    **dict.fromkeys((SOURCES, "address_city", "address_region", "category"), SafeString()),
}
