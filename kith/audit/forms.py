from __future__ import annotations

from datetime import date

from django import forms
from django.http import QueryDict

from kith.audit import presenters
from kith.audit.queries import JournalSearch

BIGGEST_ID = 2**63 - 1


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class JournalForm(forms.Form):
    event = forms.ChoiceField(required=False)
    user = forms.TypedChoiceField(required=False, coerce=int, empty_value=None)
    group_id = forms.CharField(
        label="GroupID", required=False, max_length=30, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    since = _day("From")
    until = _day("To")

    def __init__(self, data: QueryDict, *, events: list[str], people: list[tuple[int, str]]) -> None:
        super().__init__(data)
        choices = [("", "Every event"), *((event, presenters.label(event)) for event in events)]
        self.fields["event"] = forms.ChoiceField(required=False, choices=choices)
        self.fields["user"] = forms.TypedChoiceField(
            required=False, coerce=int, empty_value=None, choices=[("", "Everybody"), *people]
        )

    def clean_group_id(self) -> int | None:
        text = "".join(str(self.cleaned_data["group_id"]).split())
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or int(text) > BIGGEST_ID:
            raise forms.ValidationError("A GroupID is a number, like 1 048 576.")
        return int(text)

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            self.add_error("until", "This is before the first day.")

    def search(self) -> JournalSearch:
        """What is wrong with one field does not hide the others."""
        found = self.cleaned_data
        return JournalSearch(
            event=found.get("event") or "",
            user_id=found.get("user"),
            group_id=found.get("group_id"),
            since=found.get("since"),
            until=found.get("until"),
        )
