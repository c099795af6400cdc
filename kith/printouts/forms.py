from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from kith.contacts.report import ReportSection
from kith.printouts.branding import LONGEST, logos
from kith.printouts.formats import ABOUT, Format
from kith.printouts.queries import Wish


class FormatSelect(forms.RadioSelect):
    """Arrows choose, Enter downloads: whoever prints two hundred times a day tabs nowhere."""

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        option["attrs"] |= {"autofocus": True} if option["selected"] else {}
        return option


class PrintForm(forms.Form):
    format = forms.ChoiceField(
        choices=[(one.value, f"{one.label}, {ABOUT[one]}") for one in Format],
        widget=FormatSelect,
        initial=Format.PDF.value,
    )
    sections = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple, error_messages={"required": "Choose at least one section."}
    )

    def __init__(self, *args: Any, sections: Sequence[ReportSection], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["sections"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(one.key, f"{one.label}. {one.about}") for one in sections]
        field.initial = [one.key for one in sections if one.is_usual]

    def clean(self) -> None:
        """A vCard has no sections."""
        if self.cleaned_data.get("format") == Format.VCARD:
            self.errors.pop("sections", None)
            self.cleaned_data["sections"] = []

    def wish(self) -> Wish:
        given = self.cleaned_data
        return Wish(format=Format(given["format"]), sections=tuple(given["sections"]))


class BrandingForm(forms.Form):
    organisation = forms.CharField(
        label="Name of the organisation",
        max_length=120,
        required=False,
        help_text="In the head of each page.",
    )
    colour = forms.CharField(max_length=7, widget=forms.TextInput(attrs={"type": "color"}))
    logo = forms.ChoiceField(
        required=False, help_text="An image of the attachments library. Without one the name stands there."
    )
    footer = forms.CharField(
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="At the foot of each page.",
    )
    subject = forms.CharField(label="Subject of the e-mail", max_length=200)
    message = forms.CharField(
        label="Text of the e-mail", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["logo"]
        assert isinstance(field, forms.ChoiceField)
        names = logos()
        present = str(self.initial.get("logo") or "")
        strange = [] if not present or present in names else [(present, f"{present} (not in the library)")]
        field.choices = [("", "None"), *((name, name) for name in names), *strange]
