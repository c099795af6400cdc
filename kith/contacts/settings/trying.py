"""The tester of the formatting rules: what the rules on the page, saved or not, say to one value."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from kith.access.http import KithRequest
from kith.contacts.settings.formatting import FIELDS, MOST_VALUE, FormatRule, Formatting
from kith.matching.cleaning.words import read_country
from kith.settings.editing import Draft
from kith.settings.rows import RowForm, Values


def tried(
    request: KithRequest, draft: Draft, *, read: Callable[[Values], FormatRule]
) -> Mapping[str, object]:
    """What the template draws. The value is posted: it does not belong in an address."""
    asked = {name: request.POST.get(f"try_{name}", "").strip() for name in ("field", "country", "value")}
    shown = {"fields": FIELDS.items(), "asked": asked}
    if request.POST.get("do") != "try" or not asked["value"]:
        return shown
    country = read_country(asked["country"]) or "" if asked["country"] else ""
    rules = [rule for row in draft.rows_of("rules").rows if (rule := _rule(row.form, read)) is not None]
    rule = Formatting(tuple(rules)).rule_for(asked["field"], country)
    wrong = rule.wrong(asked["value"][: MOST_VALUE + 1]) if rule else ""
    return {**shown, "is_tried": True, "rule": rule, "wrong": wrong}


def _rule(form: RowForm, read: Callable[[Values], FormatRule]) -> FormatRule | None:
    """Of a row that could be saved; the others say nothing yet."""
    checked = type(form)(
        {form.add_prefix(name): value for name, value in form.initial.items()}, prefix=form.prefix
    )
    return read(checked.cleaned_data) if checked.is_valid() else None
