from __future__ import annotations

from typing import Final

from django import forms

from kith.contacts.rules import BY_HAND

_LONGEST_NOTE: Final = 500


class SuppressForm(forms.Form):
    reason = forms.ChoiceField(
        label="Reason", choices=[("", "—"), *((one.value, str(one.label)) for one in BY_HAND)]
    )
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=_LONGEST_NOTE,
        help_text="Who asked for it, when, how",
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
