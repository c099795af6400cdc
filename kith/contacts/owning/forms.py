from __future__ import annotations

from django import forms

from kith.organisation.queries import teams


def _teams() -> list[tuple[str, str]]:
    return [("", "None"), *((str(one.id), str(one)) for one in teams())]


class OwnerForm(forms.Form):
    team = forms.ChoiceField(required=False, label="Owning team", choices=_teams)

    def clean_team(self) -> int | None:
        return int(self.cleaned_data["team"]) if self.cleaned_data["team"] else None
