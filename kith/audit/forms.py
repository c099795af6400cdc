from __future__ import annotations

from datetime import date

from django import forms
from django.http import QueryDict

from kith.audit import presenters
from kith.audit.exporting import FileKind
from kith.audit.kinds import Kind
from kith.audit.queries import JournalSearch
from kith.audit.refs import refs
from kith.web.typed import GroupIdField

BIGGEST_ID = 2**63 - 1


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class JournalForm(forms.Form):
    kind = forms.ChoiceField(
        required=False, choices=[("", "Everything"), *((kind.value, kind.label) for kind in Kind)]
    )
    event = forms.ChoiceField(required=False)
    user = forms.TypedChoiceField(label="Who", required=False, coerce=int, empty_value=None)
    group_id = GroupIdField(required=False)
    since = _day("From")
    until = _day("To")
    record = forms.IntegerField(required=False, min_value=1, max_value=BIGGEST_ID, widget=forms.HiddenInput())
    """A System Ref by Kith's own number: what it is called is in no address."""
    with_retired = forms.BooleanField(required=False, widget=forms.HiddenInput())

    def __init__(self, data: QueryDict, *, events: list[str], people: list[tuple[int, str]]) -> None:
        super().__init__(data)
        choices = [("", "Every event"), *((event, presenters.label(event)) for event in events)]
        self.fields["event"] = forms.ChoiceField(required=False, choices=choices)
        self.fields["user"] = forms.TypedChoiceField(
            label="Who", required=False, coerce=int, empty_value=None, choices=[("", "Everybody"), *people]
        )

    def clean(self) -> None:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if isinstance(since, date) and isinstance(until, date) and until < since:
            self.add_error("until", "This is before the first day.")

    def search(self) -> JournalSearch:
        """What is wrong with one field does not hide the others."""
        found = self.cleaned_data
        return JournalSearch(
            event=found.get("event") or "",
            kind=Kind(found["kind"]) if found.get("kind") else None,
            user_id=found.get("user"),
            group_id=found.get("group_id"),
            record_id=found.get("record"),
            since=found.get("since"),
            until=found.get("until"),
            with_retired=bool(found.get("with_retired")),
        )


class SystemRefForm(forms.Form):
    system_ref = forms.CharField(
        label="System Ref",
        max_length=200,
        widget=forms.TextInput(attrs={"placeholder": "CRM:4711", "autocomplete": "off"}),
    )

    def clean_system_ref(self) -> int:
        found = refs().record_of(str(self.cleaned_data["system_ref"]))
        if found is None:
            raise forms.ValidationError("No System Ref, or more than one, is called so. Give SOURCE:REF.")
        return found


class FileForm(forms.Form):
    file = forms.ChoiceField(choices=[(kind.value, kind.value.upper()) for kind in FileKind])

    def kind(self) -> FileKind:
        return FileKind(self.cleaned_data["file"])
