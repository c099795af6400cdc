"""Rows and fields of the settings of contacts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django import forms

from kith.contacts.settings.codes import MOST_CODE, MOST_LABEL, code_from, same
from kith.contacts.settings.formatting import (
    CHARACTERS,
    FIELDS,
    METHODS,
    MOST_PATTERN,
    MOST_VALUE,
    Characters,
    Method,
    pattern_problems,
)
from kith.contacts.settings.name_display import LABELS as NAME_ORDERS
from kith.contacts.settings.uniqueness import COMPANY_FIELDS, PERSON_FIELDS
from kith.kernel.decision import sentence
from kith.matching.cleaning.words import read_country
from kith.matching.records import COMPANY, PERSON
from kith.settings.rows import RowForm, Values

Choices = list[tuple[str, str]]
_KINDS: Final[Choices] = [(PERSON, "Person"), (COMPANY, "Company")]


def _switch(label: str, *, on: bool = False) -> forms.BooleanField:
    return forms.BooleanField(label=label, required=False, initial=on)


class CodedRow(RowForm):
    """Something with a label and a code, which is made of the label where nobody typed one."""

    fixed = ("code",)
    label = forms.CharField(label="Label", max_length=MOST_LABEL)
    code = forms.CharField(label="Code", max_length=MOST_CODE, required=False)

    def settle(self, before: Values) -> None:
        typed = str(self.initial.get("label") or "")
        if not self.is_bound and typed and not self.initial.get("code"):
            self.initial["code"] = code_from(typed)

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        code = same(str(given.get("code") or "")) or code_from(str(given.get("label") or ""))
        given["code"] = code
        if given.get("label") and not code:
            self.add_error("code", "Type a code of capital letters, digits and _.")


def code_of(values: Values) -> str:
    """As `CodedRow` would save it."""
    return same(str(values.get("code") or "")) or code_from(str(values.get("label") or ""))


class TypeRow(CodedRow):
    mandatory = _switch("Mandatory")
    active = _switch("Active", on=True)


class ActiveRow(CodedRow):
    active = _switch("Active", on=True)


class RelationRow(CodedRow):
    inverse = forms.ChoiceField(label="From the other side", required=False)
    kinds = forms.MultipleChoiceField(
        label="Can be", choices=_KINDS, widget=forms.CheckboxSelectMultiple, initial=[PERSON, COMPANY]
    )
    mandatory = _switch("Mandatory")
    active = _switch("Active", on=True)


class CategoryRow(CodedRow):
    parent = forms.ChoiceField(label="Part of", required=False)
    active = _switch("Active", on=True)


class IndustryRow(CodedRow):
    sector = forms.CharField(
        label="Sector",
        max_length=MOST_LABEL,
        widget=forms.TextInput(attrs={"list": "sectors-known", "autocomplete": "off"}),
    )
    """Code or label: a choice in each row would be most of the page."""
    active = _switch("Active", on=True)


class CombinationRow(RowForm):
    """A form keeps the name `fields` for itself, so they are `parts` here."""

    labels: Mapping[str, str] = {}

    def known_as(self, values: Values) -> str:
        parts = values.get("parts")
        return " and ".join(self.labels.get(str(one), "") for one in parts) if isinstance(parts, list) else ""


class PersonCombinationRow(CombinationRow):
    labels = PERSON_FIELDS
    parts = forms.MultipleChoiceField(
        label="Together unique", choices=list(PERSON_FIELDS.items()), widget=forms.CheckboxSelectMultiple
    )


class CompanyCombinationRow(CombinationRow):
    labels = COMPANY_FIELDS
    parts = forms.MultipleChoiceField(
        label="Together unique", choices=list(COMPANY_FIELDS.items()), widget=forms.CheckboxSelectMultiple
    )


class NameDisplayForm(forms.Form):
    persons = forms.ChoiceField(
        label="Persons",
        choices=[(order.value, label) for order, label in NAME_ORDERS.items()],
        widget=forms.RadioSelect,
        help_text="Companies always show their company name.",
    )


_SAID: Final[Choices] = [("", "Nothing is said"), ("yes", "Allowed"), ("no", "Not allowed")]


class AuthorisationForm(forms.Form):
    direct_marketing = forms.ChoiceField(
        label="Direct marketing",
        choices=_SAID,
        required=False,
        help_text="Messages about what you offer yourselves",
    )
    affiliate_marketing = forms.ChoiceField(
        label="Affiliate marketing",
        choices=_SAID,
        required=False,
        help_text="Messages about what your partners offer",
    )


class FormatRow(RowForm):
    field = forms.ChoiceField(label="Field", choices=list(FIELDS.items()))
    country = forms.CharField(label="Country", required=False, max_length=60)
    method = forms.ChoiceField(label="Method", choices=[(one.value, label) for one, label in METHODS.items()])
    shortest = forms.IntegerField(label="Shortest", required=False, min_value=0, max_value=MOST_VALUE)
    longest = forms.IntegerField(label="Longest", required=False, min_value=0, max_value=MOST_VALUE)
    characters = forms.ChoiceField(
        label="Characters", choices=[(one.value, label) for one, label in CHARACTERS.items()]
    )
    pattern = forms.CharField(label="Pattern", required=False, max_length=MOST_PATTERN, strip=False)
    example = forms.CharField(label="Example", required=False, max_length=40)
    active = _switch("Active", on=True)

    def known_as(self, values: Values) -> str:
        field = FIELDS.get(str(values.get("field")), "")
        country = str(values.get("country") or "")
        return f"{field} {country}".strip()

    def clean_country(self) -> str:
        text = str(self.cleaned_data.get("country") or "")
        code = read_country(text) if text else ""
        if code is None:
            raise forms.ValidationError("This is not a country we know.")
        return code

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        if given.get("method") == Method.ADVANCED:
            wrong = pattern_problems(str(given.get("pattern") or ""), what="this pattern")
            if wrong:
                self.add_error("pattern", sentence(tuple(wrong)))
            return
        shortest, longest = given.get("shortest") or 0, given.get("longest") or 0
        if longest and shortest > longest:
            self.add_error("longest", "This is less than the shortest.")
        if not shortest and not longest and given.get("characters") == Characters.ANY:
            self.add_error("characters", "This allows everything. Give a length, or say which characters.")
