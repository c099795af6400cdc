from __future__ import annotations

from typing import Final

from django import forms

from kith.organisation.models import Unit
from kith.web.edited_form import EditedForm
from kith.web.typed import GroupIdField

_CONTACT_HELP: Final = "GroupID of the contact it is. Leave empty for none."


def _units() -> list[tuple[str, str]]:
    rows = Unit.objects.select_related("org_group__community").order_by(
        "org_group__community__name", "org_group__name", "name"
    )
    named = [
        (str(one.pk), f"{one.org_group.community.name} / {one.org_group.name} / {one.name}") for one in rows
    ]
    return [("", "None"), *named]


class PartForm(EditedForm):
    name = forms.CharField(max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    contact = GroupIdField(required=False, label="Contact", help_text=_CONTACT_HELP)


class UserPlaceForm(forms.Form):
    unit = forms.ChoiceField(required=False, choices=_units)
    contact = GroupIdField(
        required=False, label="Contact", help_text="GroupID of the contact who this user is."
    )

    def clean_unit(self) -> int | None:
        return int(self.cleaned_data["unit"]) if self.cleaned_data["unit"] else None
