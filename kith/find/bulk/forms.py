from __future__ import annotations

from collections.abc import Sequence

from django import forms

from kith.find.bulk.changes import Changing, changing
from kith.find.bulk.models import BulkChange

CLEAR = "-"
"""Chosen on purpose, so that nobody clears a detail by choosing nothing."""


class BulkChangeForm(forms.Form):
    """A field per kind of change, of which the one that was chosen counts."""

    search = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, data: object = None, *, offered: Sequence[Changing], token: str = "") -> None:
        super().__init__(data, initial={"search": token})  # type: ignore[arg-type]  # request.POST or None
        self.fields["kind"] = forms.ChoiceField(
            label="Change", choices=[(one.kind.value, one.kind.label) for one in offered]
        )
        for one in offered:
            clear = [(CLEAR, "None: clear it")] if one.may_clear else []
            self.fields[one.kind.value] = forms.ChoiceField(
                label=one.kind.label, required=False, choices=[("", "—"), *clear, *one.choices()]
            )

    def clean(self) -> None:
        kind = self.cleaned_data.get("kind")
        if kind and kind not in self.errors and not self.cleaned_data.get(kind):
            self.add_error(kind, "Choose what it is to be.")

    @property
    def kind(self) -> BulkChange.Kind:
        return BulkChange.Kind(self.cleaned_data["kind"])

    @property
    def value(self) -> str:
        said = str(self.cleaned_data[self.kind])
        return "" if said == CLEAR else said

    @property
    def of(self) -> Changing:
        return changing(self.kind)
