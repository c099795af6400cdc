from __future__ import annotations

from django import forms
from django.http import QueryDict

from kith.sources.actions import SourceDetails
from kith.sources.models import Import, SourceSystem


class EditSourceForm(forms.Form):
    name = forms.CharField(max_length=80)
    kind = forms.ChoiceField(choices=SourceSystem.Kind.choices)
    priority = forms.IntegerField(
        min_value=0,
        max_value=32_767,
        initial=50,
        help_text="Lower goes first where rules ask for source order.",
    )
    colour = forms.CharField(initial="#5d574d", widget=forms.TextInput(attrs={"type": "color"}))
    default_country = forms.CharField(
        max_length=2,
        initial="GB",
        help_text="Two letters. How phones and postcodes without a country are read.",
    )
    date_order = forms.ChoiceField(choices=SourceSystem.DateOrder.choices, label="Dates are written")

    def clean_default_country(self) -> str:
        return str(self.cleaned_data["default_country"]).upper()

    def details(self) -> SourceDetails:
        given = self.cleaned_data
        return SourceDetails(
            name=given["name"],
            kind=given["kind"],
            priority=given["priority"],
            colour=given["colour"],
            default_country=given["default_country"],
            date_order=given["date_order"],
        )


class AddSourceForm(EditSourceForm):
    code = forms.RegexField(
        r"^[A-Za-z0-9_-]+$",
        max_length=30,
        help_text="Letters, digits, - and _. It never changes.",
        error_messages={"invalid": "Only letters, digits, - and _; no spaces."},
    )
    field_order = ("code", "name")


class SourceField(forms.ModelChoiceField[SourceSystem]):
    def label_from_instance(self, obj: SourceSystem) -> str:
        return f"{obj.name} ({obj.code})"


class NewImportForm(forms.Form):
    source = SourceField(SourceSystem.objects.filter(paused_at=None).order_by("name"), empty_label=None)
    kind = forms.ChoiceField(choices=Import.Kind.choices, label="The file holds")
    file = forms.FileField(help_text="CSV, XLSX or XLS. Delimiter and encoding are found out.")
    sheet = forms.CharField(
        required=False, max_length=100, help_text="Of a spreadsheet; else the first that holds anything."
    )
    whole_source = forms.BooleanField(
        required=False,
        label="The file is the whole source",
        help_text="System Refs that it does not hold are marked as gone. Nothing is deleted.",
    )


class ContactImportForm(forms.Form):
    file = forms.FileField(
        help_text="A filled-in template, or any CSV, XLSX or XLS with a header. Delimiter and encoding are"
        " found out."
    )
    sheet = forms.CharField(
        required=False, max_length=100, help_text="Of a spreadsheet; else the first that holds anything."
    )


class JunkListForm(forms.Form):
    """One text area per list, one value a line."""

    def __init__(self, data: QueryDict | None, *, lists: dict[str, list[str]]) -> None:
        super().__init__(data, initial={name: "\n".join(words) for name, words in lists.items()})
        for name in lists:
            self.fields[name] = forms.CharField(
                required=False, max_length=200_000, strip=False, widget=forms.Textarea(attrs={"rows": 8})
            )

    def words(self) -> dict[str, list[str]]:
        return {
            name: [line.strip() for line in str(text).splitlines() if line.strip()]
            for name, text in self.cleaned_data.items()
        }
