from __future__ import annotations

from typing import Final

from django import forms

from kith.access.roles import ROLES
from kith.contacts.life_cycle import LifeCycle
from kith.contacts.models import Contact
from kith.contacts.rights.actions import Reason
from kith.contacts.rights.masks import Mask
from kith.contacts.rights.rules import MASKS
from kith.contacts.rights.sections import MOST_MINUTES, MOST_REVEALS
from kith.contacts.settings.codes import MOST_CODE, MOST_LABEL
from kith.settings.rows import RowForm

LABELS: Final = {
    "id_number": "ID number",
    "vat_number": "VAT number",
    "emails": "E-mails",
    "custom": "User-defined fields",
}
FIELDS: Final = [(field, LABELS.get(field, field.replace("_", " ").capitalize())) for field in MASKS]
_NOTE: Final = forms.Textarea(attrs={"rows": 2})


class RevealForm(forms.Form):
    reason = forms.ChoiceField(
        label="Why do you need to see it?",
        choices=[(one.value, one.label) for one in Reason],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=500,
        widget=_NOTE,
        help_text="Needed where the reason is something else. It stands in the contact's history.",
    )

    def clean(self) -> dict[str, object]:
        if self.cleaned_data.get("reason") == Reason.OTHER and not self.cleaned_data.get("note"):
            self.add_error("note", "Say what for.")
        return self.cleaned_data


class LevelForm(forms.Form):
    level = forms.ChoiceField(label="Privacy level")
    note = forms.CharField(label="Why", max_length=500, widget=_NOTE)


class LevelRow(RowForm):
    fixed = ("code",)
    code = forms.CharField(label="Code", max_length=MOST_CODE)
    label = forms.CharField(label="Label", max_length=MOST_LABEL)
    is_active = forms.BooleanField(label="Active", required=False, initial=True)


class AssignmentRow(RowForm):
    level = forms.ChoiceField(label="Gets the level")
    kind = forms.ChoiceField(
        label="Type", required=False, choices=[("", "Any"), *((one.value, one.label) for one in Contact.Kind)]
    )
    category = forms.ChoiceField(label="Category", required=False)
    life_cycle = forms.ChoiceField(
        label="Life cycle",
        required=False,
        choices=[("", "Any"), *((one.value, one.label) for one in LifeCycle)],
    )
    source = forms.ChoiceField(label="Has a System Ref of", required=False)
    team = forms.ChoiceField(label="Owning team", required=False)


class RightsRow(RowForm):
    fixed = ("role", "level")
    role = forms.ChoiceField(label="Role", choices=[(role.name.value, role.label) for role in ROLES.values()])
    level = forms.ChoiceField(label="At the level")
    masked = forms.MultipleChoiceField(
        label="Masked", required=False, choices=FIELDS, widget=forms.SelectMultiple(attrs={"size": 6})
    )
    hidden = forms.MultipleChoiceField(
        label="Hidden", required=False, choices=FIELDS, widget=forms.SelectMultiple(attrs={"size": 6})
    )

    def known_as(self, values: object) -> str:
        assert isinstance(values, dict)
        return f"{values.get('role', '')} {values.get('level', '')}"

    def clean(self) -> dict[str, object]:
        both = set(self.cleaned_data.get("masked", ())) & set(self.cleaned_data.get("hidden", ()))
        if both:
            names = ", ".join(label for field, label in FIELDS if field in both)
            self.add_error("hidden", f"Either masked or hidden, not both: {names}.")
        return self.cleaned_data


class PrivacyForm(forms.Form):
    default = forms.ChoiceField(label="Everybody else has the level")
    birth_date_shows = forms.ChoiceField(
        label="A masked date of birth shows",
        choices=[(Mask.DAY.value, "the day: ••••-••-14"), (Mask.YEAR.value, "the year: 1987-••-••")],
    )
    reveal_minutes = forms.IntegerField(
        label="Minutes a revealed value is shown", min_value=1, max_value=MOST_MINUTES
    )
    most_reveals = forms.IntegerField(
        label="Values one may reveal in that time", min_value=1, max_value=MOST_REVEALS
    )
