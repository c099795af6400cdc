"""What somebody types for one golden field. Forms only read; `typed` cleans and actions decide."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Final

from django import forms

from kith.contacts.address_layout import layout_of
from kith.contacts.entry import Claim
from kith.contacts.forms import (
    AddressForm,
    CompanyForm,
    EmailForm,
    PersonForm,
    PhoneForm,
    custom_form_field,
    offer,
)
from kith.golden.models import GoldenOverride
from kith.golden.rules import AUTHORISATIONS, FIELD_LABELS, LIST_FIELDS
from kith.golden.typed import claim_fields
from kith.matching.cleaning.words import read_country
from kith.matching.records import ADDRESS_DETAILS, ADDRESS_LINES, COMPANY, PERSON
from kith.sources.custom_fields import CustomField

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
        kind: str = PERSON,
        data: Mapping[str, str] | None = None,
        initial: Mapping[str, object] | None = None,
        custom: CustomField | None = None,
    ) -> None:
        """`custom`: the definition of a user-defined one."""
        super().__init__(data, initial=dict(initial or {}))
        self.parts = _in_order(claim_fields(field))
        self.fields |= {name: _part(field, name, kind=kind, custom=custom) for name in self.parts}
        for name in self.parts:
            offer(self.fields[name], name, family=field, offered=None, present=self.initial.get(name))
        if field == "addresses":
            self._as_in_its_country()
        if field in LIST_FIELDS:
            self.fields["leads"] = forms.BooleanField(label="Make it the primary one", required=False)
        if field == "addresses":
            self.fields["retires"] = forms.BooleanField(
                label="The old one is no longer used",
                required=False,
                initial=True,
                help_text="It stays among the inactive addresses and can be activated again.",
            )
        self.fields["mode"] = forms.ChoiceField(
            label="How long", choices=_MODES, widget=forms.RadioSelect, initial=_MODES[0][0]
        )
        self.fields["note"] = forms.CharField(
            label="Why", required=False, max_length=300, help_text="For your colleagues, and for the source"
        )
        for hidden in ("seen", "instead_of"):
            self.fields[hidden] = forms.CharField(required=False, widget=forms.HiddenInput)
        if data is None:
            self.fields[self.parts[0]].widget.attrs["autofocus"] = True

    def _as_in_its_country(self) -> None:
        given = str(self["address_1_country"].value() or "")
        layout = layout_of(read_country(given) or "" if given else "")
        for part, label in layout.labels.items():
            self.fields[f"address_1_{part}"].label = label
        lines = [f"address_1_{part}" for part in layout.order if part in ADDRESS_LINES]
        self.order_fields(["address_1_country", *lines, "address_1_type"])

    @property
    def common(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name in self.parts and not _is_detail(name)]

    @property
    def details(self) -> list[forms.BoundField]:
        """Parts of an address that most people leave alone."""
        return [self[name] for name in self.parts if _is_detail(name)]

    @property
    def has_details(self) -> bool:
        return any(field.value() or field.errors for field in self.details)

    def typed(self) -> Claim:
        return {name: str(self.cleaned_data[name]) for name in self.parts if self.cleaned_data.get(name)}

    def say(self, troubles: Mapping[str, str], *, otherwise: str) -> None:
        """Each trouble at its field; without a place, above the form."""
        for name, sentence in troubles.items():
            self.add_error(name if name in self.fields else None, sentence)
        if not troubles:
            self.add_error(None, otherwise)


def _is_detail(name: str) -> bool:
    return name.removeprefix("address_1_") in ADDRESS_DETAILS


def _in_order(parts: tuple[str, ...]) -> tuple[str, ...]:
    """What is typed first stands first; the details of an address at the end."""
    return tuple(sorted(parts, key=_is_detail))


def _part(field: str, name: str, *, kind: str, custom: CustomField | None) -> forms.Field:
    """As in the form of a contact, but never required: what must be there, `typed` says."""
    made = deepcopy(_base(field, name, kind=kind, custom=custom))
    made.required = False
    return made


def _base(field: str, name: str, *, kind: str, custom: CustomField | None) -> forms.Field:
    if custom is not None:
        return custom_form_field(custom)
    if field in AUTHORISATIONS:
        choices = [("", "—"), ("yes", "Allowed"), ("no", "Not allowed")]
        return forms.ChoiceField(label=FIELD_LABELS[field], choices=choices)
    if field in LIST_FIELDS:
        part = name.split("_", 2)[2] if name.count("_") > 1 else "value"
        return _LIST_FORMS[field].base_fields[part]
    first, second = (CompanyForm, PersonForm) if kind == COMPANY else (PersonForm, CompanyForm)
    return first.base_fields.get(name) or second.base_fields[name]
