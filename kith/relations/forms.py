from __future__ import annotations

from typing import Final

from django import forms
from django.http import QueryDict

from kith.contacts.settings.relation_types import relation_types_in_force
from kith.relations.actions import LONGEST

NO_NAME: Final = "No name"


class RelationForm(forms.Form):
    type = forms.ChoiceField(label="Relation", widget=forms.Select(attrs={"autofocus": True}))
    note = forms.CharField(
        label="Note", required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2})
    )
    seen = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def offer(self, *, kind: str, other_kind: str, name: str, other: str, was: str = "") -> None:
        """`was`: the type that it has, which stays on offer though it is inactive."""
        types = relation_types_in_force()
        offered = {one.code: one.label for one in types.offered(kind=kind, other=other_kind)}
        now = types.of(was)
        if now is not None:
            offered.setdefault(now.code, now.label)
        choice = self.fields["type"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [("", "—"), *offered.items()]
        choice.label = f"{other or NO_NAME} is this to {name or NO_NAME}"


def adding(data: QueryDict | None, *, suggested: str = "") -> RelationForm:
    return RelationForm(data, initial={"type": suggested})


def changing(data: QueryDict | None, *, code: str, note: str, seen: int) -> RelationForm:
    return RelationForm(data, initial={"type": code, "note": note, "seen": seen})
