from __future__ import annotations

from typing import Final

from django import forms

from kith.sources.models import SYSTEM_REF_MAX_LENGTH
from kith.sso.provider import Account, Line, ProfileChange, SearchBy
from kith.sso.sealing import Linked, Words

MOST_LINKED: Final = 50
_SYSTEM_MAX_LENGTH: Final = 80


class SearchForm(forms.Form):
    by = forms.ChoiceField(label="Search by", choices=[(one.value, one.label) for one in SearchBy])
    value = forms.CharField(label="Value", max_length=320)

    def asked(self) -> tuple[SearchBy, str]:
        return SearchBy(self.cleaned_data["by"]), self.cleaned_data["value"]


class _NamesForm(forms.Form):
    first_name = forms.CharField(label="First name", max_length=200, required=False)
    last_name = forms.CharField(label="Last name", max_length=200, required=False)
    email = forms.EmailField(label="E-mail", required=False)
    phone = forms.CharField(label="Phone", max_length=40, required=False)
    language = forms.CharField(label="Language", max_length=20, required=False)


class ProfileForm(_NamesForm):
    is_active = forms.BooleanField(label="May sign in", required=False)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    """The version of the account that was read."""

    def change(self) -> ProfileChange:
        given = self.cleaned_data
        return ProfileChange(
            first_name=given["first_name"],
            last_name=given["last_name"],
            email=given["email"],
            phone=given["phone"],
            language=given["language"],
            is_active=given["is_active"],
        )


class _LinkedField(forms.CharField):
    """A system and a System Ref on each line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, *, label: str) -> None:
        super().__init__(
            label=label,
            required=False,
            help_text="One on each line: the system, a space, the System Ref there, such as TICKETING"
            " T-100482.",
        )

    def clean(self, value: str | None) -> Linked:
        lines = [line.split(maxsplit=1) for line in super().clean(value).splitlines() if line.strip()]
        if any(len(line) < len(("system", "ref")) for line in lines):
            raise forms.ValidationError("On each line: the system, a space, the System Ref there.")
        if len(lines) > MOST_LINKED:
            raise forms.ValidationError(f"At most {MOST_LINKED}.")
        linked = tuple((system, ref.strip()) for system, ref in lines)
        if any(len(one) > _SYSTEM_MAX_LENGTH or len(ref) > SYSTEM_REF_MAX_LENGTH for one, ref in linked):
            raise forms.ValidationError("One of them is too long to be a System Ref.")
        return tuple(dict.fromkeys(linked))


class NewAccountForm(_NamesForm):
    sso_id = forms.RegexField(
        r"^\S+$",
        label="SSO ID",
        max_length=SYSTEM_REF_MAX_LENGTH,
        required=False,
        error_messages={"invalid": "Without blanks."},
        help_text="Leave it empty, and Kith makes one. It does not change later.",
    )
    linked = _LinkedField(label="Linked accounts")
    field_order = ("first_name", "last_name", "email", "phone", "language", "linked", "sso_id")

    def words(self) -> Words:
        return Words(**self.cleaned_data)


class LinkedForm(forms.Form):
    linked = _LinkedField(label="Systems and System Refs")
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


def linked_form_of(account: Account) -> LinkedForm:
    lines: tuple[Line, ...] = account.linked or ()
    said = "\n".join(f"{one.name} {one.value}" for one in lines)
    return LinkedForm(initial={"linked": said, "seen": account.version})


def form_of(account: Account) -> ProfileForm:
    one = account.profile
    return ProfileForm(
        initial={
            "first_name": one.first_name,
            "last_name": one.last_name,
            "email": one.email,
            "phone": one.phone,
            "language": one.language,
            "is_active": one.is_active,
            "seen": account.version,
        }
    )
