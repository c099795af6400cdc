from __future__ import annotations

from typing import Final

from django import forms

from kith.privacy.register.models import Kind
from kith.privacy.register.sealing import Said

LONGEST_WORDS: Final = 4_000
_ASKS: Final = {
    Kind.ACCESS: "Tell me what you hold about me",
    Kind.RECTIFICATION: "Correct what you hold about me",
    Kind.ERASURE: "Forget me",
    Kind.RESTRICTION: "Keep my data, but do not use it for now",
    Kind.OBJECTION: "Stop using my data",
    Kind.PORTABILITY: "Hand me my data to take along",
}


class PublicRequestForm(forms.Form):
    kind = forms.ChoiceField(
        label="What do you ask for?", choices=[(one.value, words) for one, words in _ASKS.items()]
    )
    name = forms.CharField(
        label="Your name", max_length=200, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label="Your e-mail",
        max_length=254,
        help_text="We send a link to it; nothing happens before you confirm it.",
        error_messages={"invalid": "This is not an e-mail address. It looks like name@example.com."},
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    words = forms.CharField(
        label="Anything that helps us to find you, or to understand what you want",
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def said(self) -> Said:
        given = self.cleaned_data
        return Said(name=given["name"].strip(), reach=given["email"].strip(), words=given["words"].strip())
