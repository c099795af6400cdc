from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django import forms

from kith.contacts.models import Suppression
from kith.contacts.rules import BY_HAND
from kith.contacts.standing import Protection

_LONGEST_NOTE: Final = 500


class SuppressForm(forms.Form):
    reason = forms.ChoiceField(
        label="Reason",
        choices=[
            ("", "—"),
            *((one.value, str(one.label)) for one in BY_HAND if one is not Suppression.Reason.DECEASED),
        ],
    )
    scope = forms.ChoiceField(
        label="Forbids", choices=Suppression.Scope.choices, initial="all", required=False
    )
    ends_on = forms.DateField(
        label="Ends on",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="Its last day; none: until somebody unflags it. Not of an opt-out or a restriction.",
    )
    source = forms.CharField(
        label="Comes from", required=False, max_length=60, help_text="A newsletter, an authority's list."
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=_LONGEST_NOTE,
        help_text="Who asked for it, when, how",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_scope(self) -> str:
        return str(self.cleaned_data["scope"] or Suppression.Scope.ALL)


class DeceasedForm(forms.Form):
    deceased_on = forms.DateField(
        label="Day of death",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text="If it is known.",
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=_LONGEST_NOTE,
        help_text="Who said so, when, how. The proof goes to the attachments of the contact.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class LiftForm(forms.Form):
    note = forms.CharField(
        label="Note",
        max_length=_LONGEST_NOTE,
        help_text="Who asked to be reached again, when, how",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    sure = forms.BooleanField(
        label="I am sure: this contact may be reached again",
        error_messages={"required": "Confirm a second time that this contact may be reached again."},
    )


class RestrictionLiftForm(LiftForm):
    """Whoever asked for the restriction is informed before it is lifted (Art. 18 (3) of the GDPR)."""

    person_told = forms.BooleanField(
        label="The person was told that the restriction is lifted",
        error_messages={"required": "Tell the person first, then confirm that you did."},
    )
    field_order = ("note", "person_told")

    def __init__(self, data: Mapping[str, str] | None = None) -> None:
        super().__init__(data)
        self.fields["note"].help_text = "Why it is lifted; when and how the person was told"
        self.fields["sure"].label = "I am sure: this contact may be used and changed again"


def lift_form_of(protection: Protection) -> type[LiftForm]:
    return RestrictionLiftForm if protection.reason == Suppression.Reason.RESTRICTED else LiftForm
