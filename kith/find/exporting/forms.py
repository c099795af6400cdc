from __future__ import annotations

from django import forms

from kith.find.exporting.columns import ALWAYS, columns
from kith.find.exporting.models import Export


def _columns() -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in columns() if one.code not in ALWAYS]


class ExportForm(forms.Form):
    search = forms.CharField(max_length=64, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="File", choices=Export.Kind.choices, initial=Export.Kind.CSV, widget=forms.RadioSelect
    )
    columns = forms.MultipleChoiceField(
        label="Columns", required=False, choices=_columns, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> None:
        is_card = self.cleaned_data.get("kind") == Export.Kind.VCARD
        if not is_card and "columns" in self.cleaned_data and not self.cleaned_data["columns"]:
            self.add_error("columns", "Choose at least one column.")
