"""What somebody types for one golden field. Forms only read; `typed` cleans and actions decide."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Final

from django import forms

from kith.contacts.entry import Claim
from kith.contacts.forms import LONGEST, AddressForm, CompanyForm, EmailForm, PersonForm, PhoneForm
from kith.golden.models import GoldenOverride
from kith.golden.rules import AUTHORISATIONS, FIELD_LABELS, LIST_FIELDS
from kith.golden.typed import claim_fields

_LIST_FORMS: Final[dict[str, type[forms.Form]]] = {
    "emails": EmailForm,
    "phones": PhoneForm,
    "addresses": AddressForm,
}
_MODES: Final = [
    (GoldenOverride.Mode.UNTIL_CHANGED.value, "Until the source sends another value"),
    (GoldenOverride.Mode.PINNED.value, "Pinned: it stays, whatever the sources send"),
]


class OverrideForm(forms.Form):
    """The parts of one golden field, named as a claim names them, and how long they hold."""

    def __init__(
        self,
        *,
        field: str,
        data: Mapping[str, str] | None = None,
        initial: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.parts = claim_fields(field)
        self.fields |= {name: _part(field, name) for name in self.parts}
        if field in LIST_FIELDS:
            self.fields["leads"] = forms.BooleanField(label="Make it the primary one", required=False)
        self.fields["mode"] = forms.ChoiceField(
            label="How long", choices=_MODES, widget=forms.RadioSelect, initial=_MODES[0][0]
        )
        self.fields["note"] = forms.CharField(
            label="Why", required=False, max_length=300, help_text="For your colleagues, and for the source"
        )
        for hidden in ("seen", "instead_of"):
            self.fields[hidden] = forms.CharField(required=False, widget=forms.HiddenInput)
        first = self.fields[self.parts[0]]
        first.widget.attrs["autofocus"] = True

    def typed(self) -> Claim:
        return {name: str(self.cleaned_data[name]) for name in self.parts if self.cleaned_data.get(name)}

    def say(self, troubles: Mapping[str, str], *, otherwise: str) -> None:
        """Each trouble at its field; without a place, above the form."""
        for name, sentence in troubles.items():
            self.add_error(name if name in self.fields else None, sentence)
        if not troubles:
            self.add_error(None, otherwise)


def _part(field: str, name: str) -> forms.Field:
    """As in the form of a contact, but never required: what must be there, `typed` says."""
    made = deepcopy(_base(field, name))
    made.required = False
    return made


def _base(field: str, name: str) -> forms.Field:
    if field in AUTHORISATIONS:
        choices = [("", "—"), ("yes", "Allowed"), ("no", "Not allowed")]
        return forms.ChoiceField(label=FIELD_LABELS[field], choices=choices)
    if field in LIST_FIELDS:
        part = name.split("_", 2)[2] if name.count("_") > 1 else "value"
        of_list = _LIST_FORMS[field].base_fields
        return of_list.get(part) or forms.CharField(label="Region", max_length=LONGEST)
    return PersonForm.base_fields.get(name) or CompanyForm.base_fields[name]
