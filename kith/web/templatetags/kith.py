"""Template words used on every page."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Protocol

import lucide
from django import template
from django.forms import BaseForm, BoundField, CheckboxInput
from django.template.context import RequestContext
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from kith.kernel.clock import now
from kith.web import charts, formats

register = template.Library()
HEX = re.compile(r"#[0-9a-fA-F]{6}")
NONE = "—"


class PageLike(Protocol):
    @property
    def number(self) -> int: ...


@register.simple_tag
@lru_cache(maxsize=512)
def icon(name: str, size: int = 16) -> SafeString:
    """A lucide icon beside words; it says nothing by itself."""
    svg = lucide._render_icon(name + "", size, **{"class": "icon", "aria-hidden": "true"})
    return mark_safe(svg)  # noqa: S308  # rendered from the icon set, not from input


@register.simple_tag
def dot(colour: str) -> SafeString:
    """The colour of a source; the name stands beside it."""
    fill = colour if HEX.fullmatch(str(colour or "")) else "currentColor"
    return format_html(
        '<svg class="dot" width="8" height="8" viewBox="0 0 8 8" aria-hidden="true">'
        '<circle cx="4" cy="4" r="4" fill="{}"/></svg>',
        fill,
    )


class SourceLike(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def colour(self) -> str: ...


@register.simple_tag
def sourcedots(sources: Mapping[int, SourceLike], ids: Sequence[int]) -> SafeString:
    """The sources of one contact, each with its colour and name, in the order of all sources."""
    return _sourcedots(tuple((one.colour, one.name) for pk, one in sources.items() if pk in ids))


@lru_cache(maxsize=512)
def _sourcedots(sources: tuple[tuple[str, str], ...]) -> SafeString:
    """Kept: a list draws the same few combinations in each of its rows."""
    return format_html_join(
        " ",
        '<span class="source nowrap">{} <span class="small">{}</span></span>',
        ((dot(colour), name) for colour, name in sources),
    )


@register.filter
def groupid(value: int | str | None) -> str:
    return formats.group_id(int(str(value))) if str(value).isdigit() else NONE


@register.filter
def count(value: int | str | None) -> str:
    return NONE if value is None or value == "" else formats.count(int(value))


@register.filter
def day(value: date | datetime | str | None) -> str:
    """Text is a masked date, and comes back as it is."""
    if isinstance(value, str):
        return value or NONE
    return formats.day(value) if isinstance(value, date) else NONE


@register.filter
def ago(value: datetime | None) -> str:
    """Relative, with the exact time on hover."""
    if not isinstance(value, datetime):
        return NONE
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        value.isoformat(timespec="seconds"),
        formats.exact(value),
        formats.age(value, now=now()),
    )


@register.filter
def exact(value: datetime | None) -> str:
    return formats.exact(value) if isinstance(value, datetime) else NONE


@register.filter
def phone(value: str | None) -> str:
    return formats.phone(value) if value else NONE


@register.filter
def money(amount: Decimal | int | None, currency: str = "") -> str:
    return NONE if amount is None or amount == "" else formats.money(amount, currency)


@register.inclusion_tag("web/parts/formfield.html")
def formfield(field: BoundField) -> dict[str, object]:
    widget = field.field.widget
    return {
        "field": field,
        "is_group": widget.use_fieldset,
        "is_checkbox": isinstance(widget, CheckboxInput),
    }


@register.inclusion_tag("web/parts/formerrors.html")
def formerrors(form: BaseForm) -> dict[str, object]:
    """What is wrong with the form as a whole; field errors stand at their fields."""
    return {"errors": form.non_field_errors()}


@register.inclusion_tag("web/parts/progressbar.html")
def progressbar(done: int | None, total: int | None = None, unit: str = "") -> dict[str, object]:
    known = bool(total)
    percent = min(100, 100 * (done or 0) // (total or 1)) if known else None
    return {"done": done or 0, "total": total, "unit": unit, "known": known, "percent": percent}


@register.inclusion_tag("web/parts/pager.html", takes_context=True)
def pager(context: RequestContext, page: PageLike) -> dict[str, object]:
    return {
        "page": page,
        "request": context.get("request"),
        "next": page.number + 1,
        "previous": page.number - 1,
    }


@register.inclusion_tag("web/parts/emptystate.html")
def emptystate(
    title: str, sentence: str = "", url: str = "", label: str = "", icon_name: str = "inbox"
) -> dict[str, object]:
    return {"title": title, "sentence": sentence, "url": url, "label": label, "icon_name": icon_name}


@register.inclusion_tag("web/parts/sparkline.html")
def sparkline(
    values: Sequence[float], label: str = "", width: int = 160, height: int = 36
) -> dict[str, object]:
    """`label` is the text equivalent: what the line shows, from where to where."""
    return {"chart": charts.sparkline(values, width=width, height=height), "label": label}


@register.inclusion_tag("web/parts/waterfall.html")
def waterfall(steps: Sequence[tuple[str, float, str]]) -> dict[str, object]:
    """Steps of (label, weight, words); the words are read out beside each bar."""
    return {"bars": charts.waterfall(steps)}


@register.filter
def duration(span: timedelta | None) -> str:
    return formats.duration(span) if span is not None else NONE
