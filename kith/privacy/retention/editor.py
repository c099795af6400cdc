"""The page of the retention rules: edited, simulated, then saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django import forms

from kith.access.http import KithRequest
from kith.access.permissions import Permission
from kith.privacy.retention import queries
from kith.privacy.retention.sections import (
    CONTACTS,
    LONGEST,
    RETENTION,
    Retention,
    Rule,
    Unit,
    retained,
    rules_in_force,
)
from kith.privacy.retention.simulating import mark_of, simulate, would_ask
from kith.settings.editing import Draft, Editor, Typed
from kith.settings.rows import List, RowForm, Values
from kith.sources.models import SourceSystem

SIMULATE: Final = "simulate"
_BETWEEN: Final = ";"
_NOT_SEEN: Final = "Simulate first: it is not in force before somebody saw what it would remove."


class RuleRow(RowForm):
    name = forms.CharField(label="Name", max_length=60)
    what = forms.ChoiceField(label="What")
    keep = forms.IntegerField(label="Kept for", min_value=1, max_value=LONGEST)
    unit = forms.ChoiceField(
        label="Days or months", choices=[(Unit.DAYS.value, "days"), (Unit.MONTHS.value, "months")]
    )
    source = forms.ChoiceField(label="Contacts known only by", required=False)
    active = forms.BooleanField(label="In force", required=False)

    def clean(self) -> dict[str, object]:
        given = self.cleaned_data
        is_of_contacts = given.get("what") == CONTACTS
        if is_of_contacts and given.get("unit") == Unit.DAYS:
            self.add_error("unit", "Contacts are kept for months.")
        if given.get("source") and not is_of_contacts:
            self.add_error("source", "Only a rule about contacts names a source.")
        return given

    def known_as(self, values: Values) -> str:
        return str(values.get("name") or "")

    def in_short(self, values: Values) -> str:
        told = [f"{values.get('keep')} {values.get('unit')}"]
        return " · ".join([*told, *(["not in force"] if not values.get("active") else [])])


class SeenForm(forms.Form):
    """What was simulated goes with the form, until it is saved."""

    simulated = forms.CharField(required=False, max_length=40_000, widget=forms.HiddenInput())


def rule_of(row: Values) -> Rule:
    return Rule(
        name=str(row["name"]).strip(),
        what=str(row["what"]),
        keep=int(str(row["keep"])),
        unit=Unit(str(row["unit"])),
        source=str(row.get("source") or ""),
        active=bool(row.get("active")),
    )


def _shown(value: Retention) -> Typed:
    rows: list[Values] = [
        {
            "name": one.name,
            "what": one.what,
            "keep": one.keep,
            "unit": one.unit.value,
            "source": one.source,
            "active": one.active,
        }
        for one in value.rules
    ]
    return Typed({}, {"rules": rows})


def _prepare(draft: Draft) -> None:
    things = [(one.key, one.label) for one in retained().values()]
    things.append((CONTACTS, "Contacts: anonymised"))
    sources = [("", "any sources"), *SourceSystem.objects.order_by("name").values_list("code", "name")]
    for row in draft.rows_of("rules").rows:
        for name, choices in (("what", things), ("source", sources)):
            field = row.form.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices


def _check(draft: Draft) -> None:
    assert draft.form is not None
    seen = str(draft.form.cleaned_data["simulated"]).split(_BETWEEN)
    known = {*seen, *(mark_of(rule) for rule in rules_in_force())}
    for row in draft.rows_of("rules").rows:
        rule = rule_of(row.form.cleaned_data)
        if rule.active and mark_of(rule) not in known:
            row.form.add_error(None, _NOT_SEEN)


def _more(request: KithRequest, draft: Draft) -> Mapping[str, object]:
    shown: dict[str, object] = {
        "kept": queries.kept_last(actor=request.actor),
        "may_look": request.actor.may(Permission.PRIVACY_VIEW),
    }
    if request.POST.get("do") != SIMULATE:
        return {**shown, "marks": request.POST.get("simulated", "") if request.method == "POST" else ""}
    read = [(row.name, _read_row(row.form)) for row in draft.rows_of("rules").rows]
    found = simulate(rule for _name, rule in read if rule is not None)
    return {
        **shown,
        "found": found,
        "would_ask": would_ask(found),
        "unread": [name for name, rule in read if rule is None],
        "marks": _marks(one.rule for one in found),
    }


def _read_row(form: RowForm) -> Rule | None:
    """None: it cannot be simulated before what is wrong with it is mended."""
    checked = type(form)(
        {form.add_prefix(name): value for name, value in form.initial.items()}, prefix=form.prefix
    )
    for name in ("what", "source"):
        field, drawn = checked.fields[name], form.fields[name]
        assert isinstance(field, forms.ChoiceField)
        assert isinstance(drawn, forms.ChoiceField)
        field.choices = drawn.choices
    return rule_of(checked.cleaned_data) if checked.is_valid() else None


def _marks(rules: Iterable[Rule]) -> str:
    return _BETWEEN.join(mark_of(rule) for rule in rules)


EDITOR: Final = Editor(
    section=RETENTION,
    form=SeenForm,
    lists=(
        List(
            name="rules",
            label="Rules",
            one="rule",
            form=RuleRow,
            about="What is older goes every night. What no rule in force is about is kept for ever.",
            is_ordered=False,
            unique=("name",),
        ),
    ),
    shown=_shown,
    read=lambda typed: Retention(tuple(rule_of(row) for row in typed.rows["rules"])),
    prepare=_prepare,
    check=_check,
    after="privacy/retention/_simulation.html",
    more=_more,
    saved="Saved. The next night keeps to it.",
)
