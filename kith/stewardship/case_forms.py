from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django import forms

from kith.access.models import User
from kith.stewardship.models import Case
from kith.web.typed import GroupIdField

UNRESOLVED: Final = "unresolved"
ALL: Final = "all"
NOBODY: Final = "nobody"


def _people(owners: Iterable[User]) -> list[tuple[str, str]]:
    return [(str(user.pk), user.name) for user in owners]


class CaseFilterForm(forms.Form):
    state = forms.ChoiceField(
        required=False, choices=(("", "Not resolved"), *Case.State.choices, (ALL, "Everything"))
    )
    kind = forms.ChoiceField(required=False, choices=(("", "Anything"), *Case.Kind.choices))
    owner = forms.ChoiceField(required=False)

    def __init__(self, data: Mapping[str, str], *, owners: Iterable[User]) -> None:
        super().__init__(data)
        choices = [("", "Anybody"), (NOBODY, "Nobody yet"), *_people(owners)]
        self.fields["owner"] = forms.ChoiceField(required=False, choices=choices)

    def asked(self) -> Mapping[str, str]:
        """As `cases.cases` takes it; what is wrong with one field does not hide the others."""
        self.is_valid()
        said = {name: str(self.cleaned_data.get(name, "")) for name in self.fields}
        state = said["state"]
        return said | {"state": "" if state == ALL else state or UNRESOLVED}


class HelpForm(forms.Form):
    title = forms.CharField(
        label="What is wrong?",
        max_length=200,
        help_text="In one line, without names or numbers of a person: who reads the list sees it.",
    )
    contact = GroupIdField(required=False)
    text = forms.CharField(
        label="More about it", required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 4})
    )


class NoteForm(forms.Form):
    text = forms.CharField(label="Note", max_length=5_000, widget=forms.Textarea(attrs={"rows": 3}))


class OwnerForm(forms.Form):
    def __init__(
        self, data: Mapping[str, str] | None = None, *, owners: Iterable[User], now: int | None = None
    ) -> None:
        super().__init__(data, initial={"owner": str(now or NOBODY)})
        choices = [(NOBODY, "Nobody"), *_people(owners)]
        self.fields["owner"] = forms.ChoiceField(label="Give it to", choices=choices)

    def owner_id(self) -> int | None:
        said = str(self.cleaned_data["owner"])
        return None if said == NOBODY else int(said)
