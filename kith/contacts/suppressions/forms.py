from __future__ import annotations

from datetime import date
from typing import Final

from django import forms

from kith.contacts.models import Suppression
from kith.contacts.rules import MAY_END, OF_VALUES
from kith.contacts.suppressions.actions import Because
from kith.contacts.suppressions.models import SuppressedValue
from kith.contacts.suppressions.queries import Asked
from kith.contacts.suppressions.value_queries import AskedValues
from kith.web.typed import GroupIdField

_LONGEST_NOTE: Final = 500
_REACHED: Final = [(one.value, one.label) for one in (SuppressedValue.Kind.EMAIL, SuppressedValue.Kind.PHONE)]
_MAY_END: Final = ", ".join(str(one.label) for one in Suppression.Reason if one in MAY_END)
END_HELP: Final = f"Its last day; none: until somebody unflags it. Only with the reasons {_MAY_END}."
SOURCE_HELP: Final = "Where it comes from: a newsletter, an authority's list."


class SearchForm(forms.Form):
    group_id = GroupIdField(required=False)
    reason = forms.ChoiceField(
        label="Reason", required=False, choices=[("", "Every reason"), *Suppression.Reason.choices]
    )
    scope = forms.ChoiceField(
        label="Forbids", required=False, choices=[("", "Anything"), *Suppression.Scope.choices]
    )
    month = forms.RegexField(
        r"^\d{4}-(0[1-9]|1[0-2])$",
        label="Month",
        required=False,
        widget=forms.TextInput(attrs={"type": "month"}),
        error_messages={"invalid": "A month is written 2026-11."},
    )
    actor = forms.CharField(label="Flagged by", required=False, max_length=120)
    source = forms.CharField(label="Comes from", required=False, max_length=60)
    ended = forms.BooleanField(label="Unflagged ones too", required=False)

    def asked(self) -> Asked:
        given = self.cleaned_data
        return Asked(
            reason=given["reason"],
            scope=given["scope"],
            month=date.fromisoformat(f"{given['month']}-01") if given["month"] else None,
            group_id=given["group_id"],
            actor=given["actor"],
            source=given["source"],
            ended=given["ended"],
        )


class BecauseForm(forms.Form):
    reason = forms.ChoiceField(
        label="Reason", choices=[("", "—"), *((one.value, str(one.label)) for one in OF_VALUES)]
    )
    scope = forms.ChoiceField(
        label="Forbids", choices=Suppression.Scope.choices, initial="all", required=False
    )
    ends_on = forms.DateField(
        label="Ends on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=END_HELP,
    )
    source = forms.CharField(label="Comes from", required=False, max_length=60, help_text=SOURCE_HELP)
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=_LONGEST_NOTE,
        help_text="Who asked for it, when, how",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def because(self) -> Because:
        given = self.cleaned_data
        return Because(
            reason=given["reason"],
            scope=given["scope"] or Suppression.Scope.ALL,
            note=given["note"],
            source=given["source"],
            ends_on=given["ends_on"],
        )


class ValueForm(BecauseForm):
    value = forms.CharField(
        label="E-mail or phone",
        max_length=254,
        help_text="Of somebody Kith knows, or does not know yet. A phone with + and its country code.",
    )
    field_order = ("value",)


class ListForm(BecauseForm):
    file = forms.FileField(
        help_text="CSV, XLSX or XLS, with columns called E-mail, Phone, System Ref (and Source, the code of"
        " its source); or one column of e-mails and phones."
    )
    field_order = ("file",)


class ValueSearchForm(forms.Form):
    value = forms.CharField(label="E-mail or phone", required=False, max_length=254)
    kind = forms.ChoiceField(label="Kind", required=False, choices=[("", "Both"), *_REACHED])
    reason = forms.ChoiceField(
        label="Reason",
        required=False,
        choices=[("", "Every reason"), *((one.value, str(one.label)) for one in OF_VALUES)],
    )
    list = forms.IntegerField(
        label="List", required=False, min_value=1, max_value=2**62, widget=forms.HiddenInput
    )
    ended = forms.BooleanField(label="Unflagged ones too", required=False)

    def asked(self) -> AskedValues:
        given = self.cleaned_data
        return AskedValues(
            value=given["value"],
            kind=given["kind"],
            reason=given["reason"],
            list_id=given["list"],
            ended=given["ended"],
        )


class UndoForm(forms.Form):
    note = forms.CharField(
        label="Note", max_length=_LONGEST_NOTE, help_text="Why it is undone, and who asked for it"
    )
