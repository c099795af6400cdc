"""Search and data entry. Forms only read what was typed; actions decide."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Final

from babel import Locale
from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from kith.contacts.criteria import Criterion
from kith.contacts.models import Contact
from kith.contacts.queries import ContactSearch
from kith.matching.cleaning.words import read_country
from kith.sources.models import SourceSystem

ANYTHING: Final = "any"
_ENGLISH: Final = Locale.parse("en")
_LANGUAGES: Final = (
    *("en", "el", "de", "fr", "es", "it", "pt", "nl", "ru", "tr", "pl", "sv", "da", "no", "fi", "cs", "sk"),
    *("ro", "hu", "bg", "uk", "sr", "hr", "sl", "ar", "he", "zh", "ja", "ko"),
)
LONGEST: Final = 200

Choices = list[tuple[str, str]]


@cache
def country_names() -> tuple[str, ...]:
    """Offered while typing; codes and names in other languages are understood too."""
    named = (str(name) for code, name in _ENGLISH.territories.items() if read_country(code) == code)
    return tuple(sorted(named))


class Country(forms.CharField):
    """A code or a name in many languages; becomes the ISO code of two letters."""

    widget = forms.TextInput(attrs={"list": "countries", "autocomplete": "off"})

    def clean(self, value: str | None) -> str:
        text = str(super().clean(value) or "")
        code = read_country(text) if text else ""
        if code is None:
            raise forms.ValidationError("This is not a country we know.")
        return code

    def prepare_value(self, value: str | None) -> str | None:
        return str(_ENGLISH.territories.get(value, value)) if value else value


def language_choices() -> Choices:
    named = ((code, str(_ENGLISH.languages[code])) for code in _LANGUAGES)
    return [("", "—"), *sorted(named, key=lambda choice: choice[1])]


def source_choices() -> Choices:
    rows = SourceSystem.objects.order_by("priority", "name").values_list("pk", "name")
    return [("", "Any"), *((str(pk), name) for pk, name in rows)]


class Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"})


class ContactSearchForm(forms.Form):
    criterion = forms.ChoiceField(
        label="Search criterion",
        required=False,
        choices=[(ANYTHING, "Anything"), *((one.value, one.label) for one in Criterion)],
    )
    value = forms.CharField(label="Value", required=False, max_length=LONGEST)
    kind = forms.ChoiceField(label="Type", required=False, choices=[("", "Any"), *Contact.Kind.choices])
    source = forms.ChoiceField(label="Source", required=False, choices=source_choices)
    created_from = Day(label="Created from", required=False)
    created_to = Day(label="Created to", required=False)
    updated_from = Day(label="Updated from", required=False)
    updated_to = Day(label="Updated to", required=False)
    possible_duplicates = forms.BooleanField(label="Possible duplicates only", required=False)

    def __init__(self, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        for one in Criterion:
            self.fields[one.value] = forms.CharField(label=one.label, required=False, max_length=LONGEST)

    @property
    def further(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in {"criterion", "value"}]

    @property
    def uses_further(self) -> bool:
        return any(self.data.get(bound.html_name) for bound in self.further)

    @property
    def further_fields(self) -> SafeString:
        """Twenty fields take longer to draw than a search takes; empty ones are always the same."""
        if self.uses_further:
            return _drawn(self)
        return _drawn_empty(tuple(source_choices()))

    def query(self) -> ContactSearch:
        """What is asked for; fields that cannot be read ask for nothing."""
        given = self.cleaned_data
        chosen = given.get("criterion") or ANYTHING
        value = given.get("value") or ""
        criteria = [(one, str(given[one.value])) for one in Criterion if given.get(one.value)]
        if chosen != ANYTHING and value:
            criteria.append((Criterion(chosen), value))
        return ContactSearch(
            text=value if chosen == ANYTHING else "",
            criteria=tuple(criteria),
            source_id=int(given["source"]) if given.get("source") else None,
            kind=given.get("kind") or "",
            created_from=given.get("created_from"),
            created_to=given.get("created_to"),
            updated_from=given.get("updated_from"),
            updated_to=given.get("updated_to"),
            possible_duplicates=bool(given.get("possible_duplicates")),
        )


def _drawn(form: ContactSearchForm) -> SafeString:
    return mark_safe(render_to_string("contacts/_criteria_fields.html", {"form": form}))  # noqa: S308  # rendered by a template


@lru_cache(maxsize=8)
def _drawn_empty(sources: tuple[tuple[str, str], ...]) -> SafeString:
    """Drawn again when a source is added, renamed or reordered."""
    form = ContactSearchForm()
    source = form.fields["source"]
    assert isinstance(source, forms.ChoiceField)
    source.choices = list(sources)
    return _drawn(form)


def _text(label: str, *, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=LONGEST, help_text=help_text, strip=True
    )


class PersonForm(forms.Form):
    """Named as `kith.matching.records.SINGLE_FIELDS`, as is the company's."""

    title = _text("Title")
    first_name = _text("First name", required=True)
    middle_name = _text("Middle name")
    last_name = _text("Last name", required=True)
    gender = forms.ChoiceField(
        label="Gender",
        required=False,
        choices=[("", "—"), ("female", "Female"), ("male", "Male"), ("other", "Other")],
    )
    birth_date = _text("Date of birth", help_text="For example 14/03/1987 or 14 Mar 1987")
    language = forms.ChoiceField(label="Preferred language", required=False, choices=language_choices)
    residence_country = Country(label="Country of residence", required=False, max_length=LONGEST)
    id_number = _text("ID number")
    passport_number = _text("Passport number")
    social_security_number = _text("Social security number")


class CompanyForm(forms.Form):
    company_name = _text("Company name", required=True)
    vat_number = _text("VAT number")
    registration_number = _text("Registration number")
    language = forms.ChoiceField(label="Preferred language", required=False, choices=language_choices)
    residence_country = Country(label="Country", required=False, max_length=LONGEST)


TYPES: Final = [
    ("", "—"),
    ("home", "Home"),
    ("business", "Business"),
    ("mobile", "Mobile"),
    ("other", "Other"),
]


class EmailForm(forms.Form):
    value = _text("E-mail")
    type = forms.ChoiceField(label="Type", required=False, choices=TYPES)


class PhoneForm(forms.Form):
    value = _text("Phone", help_text="With the country's code, or as dialled in the country chosen")
    country = Country(label="Country", required=False, max_length=LONGEST)
    type = forms.ChoiceField(label="Type", required=False, choices=TYPES)


class AddressForm(forms.Form):
    line1 = _text("Address line 1")
    line2 = _text("Address line 2")
    postcode = _text("Postcode")
    city = _text("Town")
    country = Country(label="Country", required=False, max_length=LONGEST)
    type = forms.ChoiceField(label="Type", required=False, choices=TYPES)
