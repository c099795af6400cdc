from __future__ import annotations

from django import forms

from kith.delivery.events import EventType


class EndpointForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Which system is told. The audit log names it so.",
    )
    url = forms.CharField(
        label="Address",
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"}),
        help_text="https://crm.example.org/hooks/kith; it has to answer within 15 seconds.",
    )
    events = forms.MultipleChoiceField(
        choices=[(str(one), f"{one} · {one.label}") for one in EventType],
        widget=forms.CheckboxSelectMultiple,
        help_text="What it is told of. Messages hold GroupIDs, never values of a contact.",
    )
