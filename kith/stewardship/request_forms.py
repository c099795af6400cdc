from __future__ import annotations

from typing import Final

from django import forms

from kith.stewardship.models import Request

WAITING: Final = "waiting"
ALL: Final = "all"


class RequestFilterForm(forms.Form):
    state = forms.ChoiceField(
        required=False, choices=(("", "What waits"), *Request.State.choices, (ALL, "Everything"))
    )
    kind = forms.ChoiceField(required=False, choices=(("", "Anything"), *Request.Kind.choices))

    def state_asked(self) -> str:
        """As `requests.requests` takes it."""
        state = str(self._said("state"))
        return "" if state == ALL else state or WAITING

    def kind_asked(self) -> str:
        return str(self._said("kind"))

    def _said(self, name: str) -> object:
        return self.cleaned_data.get(name, "") if self.is_valid() else ""
