from __future__ import annotations

from django import forms

from kith.find.actions import LONGEST_NAME


class ViewForm(forms.Form):
    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    is_shared = forms.BooleanField(label="For everybody who may see contacts", required=False)
