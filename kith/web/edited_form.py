from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django import forms

from kith.kernel.errors import Refused

Stated = Mapping[str, str | bool | int | date | Decimal | None]


class EditedForm(forms.Form):
    """Knows what stood there when it was opened; two who edit at once do not overwrite each other."""

    seen = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)

    def meet(self, theirs: Stated, *, message: str) -> None:
        """What was typed stays, what somebody else saved stands at its field; saving again means it."""
        typed = dict(self.cleaned_data)
        self.data = {**dict(self.data.items()), "seen": str(theirs["seen"])}
        self.add_error(None, message)
        for name, value in typed.items():
            if name != "seen" and value != theirs[name]:
                self.add_error(name, f"Saved meanwhile: {self._words(name, theirs)}")

    def say(self, refused: Refused) -> None:
        """Each trouble at its field, what has none above."""
        for name, sentence in (refused.fields or {"": refused.message}).items():
            self.add_error(name if name in self.fields else None, sentence)

    def _words(self, name: str, theirs: Stated) -> str:
        value = theirs[name]
        labels = dict(getattr(self.fields[name], "choices", ()))
        if isinstance(value, bool):
            return "yes" if value else "no"
        return str(labels.get(value, value) or "nothing")
