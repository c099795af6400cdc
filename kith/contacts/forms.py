"""Search and data entry. Forms only read what was typed; actions decide."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from babel import Locale
from django import forms

from kith.contacts.address_layout import layout_of, troubles_of
from kith.contacts.settings.categories import Categories, categories_in_force
from kith.contacts.settings.codes import same
from kith.contacts.settings.industries import Industries, industries_in_force
from kith.contacts.settings.supported_types import (
    ADDRESSES,
    EMAILS,
    PHONES,
    SupportedTypes,
    types_in_force,
)
from kith.matching.cleaning.custom import CustomType
from kith.matching.cleaning.words import read_country
from kith.matching.records import ADDRESS_DETAILS, ADDRESS_LINES
from kith.sources.custom_fields import CustomField, custom_fields
from kith.sources.models import SourceSystem

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


class YesOrNo(forms.ChoiceField):
    def __init__(self, *, label: str) -> None:
        super().__init__(label=label, required=False, choices=[("", "—"), ("yes", "Yes"), ("no", "No")])


class Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"})


def _text(label: str, *, required: bool = False, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=required, max_length=LONGEST, help_text=help_text, strip=True
    )


@dataclass(frozen=True, slots=True)
class Offered:
    """What the settings offer to choose from, read once for a whole form."""

    types: SupportedTypes
    categories: Categories
    industries: Industries
    custom: tuple[CustomField, ...]

    @classmethod
    def now(cls) -> Offered:
        return cls(types_in_force(), categories_in_force(), industries_in_force(), custom_fields())


class OfferedChoice(forms.ChoiceField):
    """A code of the settings. One that is there already stays, whatever the settings say by now."""

    def __init__(self, *, label: str) -> None:
        super().__init__(label=label, required=False)
        self.present = ""

    def to_python(self, value: object) -> str:
        return same(super().to_python(value))

    def prepare_value(self, value: object) -> object:
        return same(value) if isinstance(value, str) else value

    def valid_value(self, value: str) -> bool:
        return value == same(self.present) or super().valid_value(value)


class TypedForm(forms.Form):
    """Its choices are those of `offered`; of one row of a list, `family` says which list."""

    family = ""

    def __init__(self, *args: Any, offered: Offered | None = None, **kwargs: Any) -> None:  # as Django has it
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            offer(field, name, family=self.family, offered=offered, present=self.initial.get(name))


def offer(field: forms.Field, name: str, *, family: str, offered: Offered | None, present: object) -> None:
    """Fill the choices of a field whose choices are settings. `present`: what it holds already."""
    if not isinstance(field, OfferedChoice):
        return
    field.present = str(present or "")
    known = offered or Offered.now()
    if name.endswith("type"):
        field.choices = known.types.choices(family, present=field.present)
    elif name == "category":
        field.choices = [("", "—"), *known.categories.choices(present=[same(field.present)])]
    else:
        field.choices = [("", "—"), *known.industries.choices(present=same(field.present))]


class PersonForm(TypedForm):
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
    category = OfferedChoice(label="Category")
    language = forms.ChoiceField(label="Preferred language", required=False, choices=language_choices)
    name_day = _text("Name day", help_text="For example 23 April")
    residence_country = Country(label="Country of residence", required=False, max_length=LONGEST)
    id_number = _text("ID number")
    id_number_country = Country(label="ID registration country", required=False, max_length=LONGEST)
    id_number_expires = _text("ID expires on")
    passport_number = _text("Passport number")
    passport_country = Country(label="Passport registration country", required=False, max_length=LONGEST)
    passport_expires = _text("Passport expires on")
    social_security_number = _text("Social security number")
    direct_marketing = YesOrNo(label="Send direct marketing material")
    affiliate_marketing = YesOrNo(label="Send affiliate marketing material")


class CompanyForm(TypedForm):
    company_name = _text("Company name", required=True)
    vat_number = _text("VAT number")
    registration_number = _text("Registration number")
    category = OfferedChoice(label="Category")
    language = forms.ChoiceField(label="Preferred language", required=False, choices=language_choices)
    residence_country = Country(label="Country", required=False, max_length=LONGEST)
    registration_country = Country(label="Country of registration", required=False, max_length=LONGEST)
    established_on = _text("Established on", help_text="For example 14/03/1987")
    industry = OfferedChoice(label="Industry")
    website = _text("Website")
    employees = _text("Number of employees")
    direct_marketing = YesOrNo(label="Send direct marketing material")
    affiliate_marketing = YesOrNo(label="Send affiliate marketing material")


def custom_form_field(defined: CustomField) -> forms.Field:
    """A user-defined field as it is typed; cleaning reads it."""
    match defined.type:
        case CustomType.CHOICE:
            rows = [(one.code, one.label) for one in defined.choices]
            return forms.ChoiceField(label=defined.label, required=False, choices=[("", "—"), *rows])
        case CustomType.YES_NO:
            return YesOrNo(label=defined.label)
        case CustomType.DATE:
            return _text(defined.label, help_text="For example 14/03/1987")
    return _text(defined.label)


class EmailForm(TypedForm):
    family = EMAILS
    value = _text("E-mail")
    type = OfferedChoice(label="Type")


class PhoneForm(TypedForm):
    family = PHONES
    value = _text("Phone", help_text="With the country's code, or as dialled in the country chosen")
    country = Country(label="Country", required=False, max_length=LONGEST)
    type = OfferedChoice(label="Type")


class AddressForm(TypedForm):
    """In the order and the words of its country."""

    family = ADDRESSES
    country = Country(label="Country", required=False, max_length=LONGEST)
    line1 = _text("Address line 1")
    line2 = _text("Address line 2")
    postcode = _text("Postcode")
    city = _text("Town or city")
    region = _text("Region")
    type = OfferedChoice(label="Type")
    street = _text("Street name")
    street_number = _text("Street number")
    floor = _text("Floor")
    apartment = _text("Apartment")
    area = _text("Area")
    district = _text("District")
    municipality = _text("Municipality")
    po_box = _text("PO box")
    po_box_postcode = _text("PO box postcode")
    care_of = _text("Care of")

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # as Django has it
        super().__init__(*args, **kwargs)
        given = str(self["country"].value() or "")
        layout = layout_of(read_country(given) or "" if given else "")
        for part, label in layout.labels.items():
            self.fields[part].label = label
        self.order_fields(["country", *(part for part in layout.order if part in ADDRESS_LINES), "type"])

    @property
    def common(self) -> list[forms.BoundField]:
        return [field for field in self.visible_fields() if field.name not in ADDRESS_DETAILS]

    @property
    def details(self) -> list[forms.BoundField]:
        return [self[name] for name in ADDRESS_DETAILS]

    @property
    def has_details(self) -> bool:
        return any(field.value() or field.errors for field in self.details)

    def clean(self) -> dict[str, Any]:
        given = {name: str(text) for name, text in self.cleaned_data.items() if text}
        for part, sentence in troubles_of(given).items():
            self.add_error(part, sentence)
        return self.cleaned_data
