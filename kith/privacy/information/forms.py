from __future__ import annotations

from typing import Final

from django import forms

from kith.printouts.formats import Format
from kith.printouts.forms import FormatSelect
from kith.printouts.queries import Wish
from kith.privacy.information.sections import KEY

FORMATS: Final = {
    Format.PDF: "for the person, to read",
    Format.XLSX: "a sheet for each section",
    Format.JSON: "everything, to take to another system",
}


class InformationForm(forms.Form):
    format = forms.ChoiceField(
        choices=[(one.value, f"{one.label}, {about}") for one, about in FORMATS.items()],
        widget=FormatSelect,
        initial=Format.PDF.value,
    )

    def wish(self) -> Wish:
        return Wish(format=Format(self.cleaned_data["format"]), preset=KEY)
