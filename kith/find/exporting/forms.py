from __future__ import annotations

from django import forms

from kith.contacts.may.rules import Channel, Message
from kith.find.exporting.columns import ALWAYS, columns
from kith.find.exporting.contacting import BY, WHAT, Contacting
from kith.find.exporting.models import Export


def _columns() -> list[tuple[str, str]]:
    return [(one.code, one.label) for one in columns() if one.code not in ALWAYS]


class ExportForm(forms.Form):
    search = forms.CharField(max_length=64, widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label="File", choices=Export.Kind.choices, initial=Export.Kind.CSV, widget=forms.RadioSelect
    )
    channel = forms.ChoiceField(
        label="What it is for",
        required=False,
        choices=[("", "To look at"), *((one.value, f"To contact them {words}") for one, words in BY.items())],
    )
    message = forms.ChoiceField(
        label="With what",
        required=False,
        choices=[(one.value, words) for one, words in WHAT.items()],
        help_text="Whoever must not be reached so, or does not want it, is not in the file.",
    )
    columns = forms.MultipleChoiceField(
        label="Columns", required=False, choices=_columns, widget=forms.CheckboxSelectMultiple
    )

    def clean(self) -> None:
        is_card = self.cleaned_data.get("kind") == Export.Kind.VCARD
        if not is_card and "columns" in self.cleaned_data and not self.cleaned_data["columns"]:
            self.add_error("columns", "Choose at least one column.")

    def contacting(self) -> Contacting | None:
        """Without a message it is marketing: the strictest."""
        given = self.cleaned_data
        if not given["channel"]:
            return None
        return Contacting(Channel(given["channel"]), Message(given["message"] or Message.MARKETING))
