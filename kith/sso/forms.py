from __future__ import annotations

from django import forms

from kith.sso.provider import Account, ProfileChange, SearchBy


class SearchForm(forms.Form):
    by = forms.ChoiceField(label="Search by", choices=[(one.value, one.label) for one in SearchBy])
    value = forms.CharField(label="Value", max_length=320)

    def asked(self) -> tuple[SearchBy, str]:
        return SearchBy(self.cleaned_data["by"]), self.cleaned_data["value"]


class ProfileForm(forms.Form):
    first_name = forms.CharField(label="First name", max_length=200, required=False)
    last_name = forms.CharField(label="Last name", max_length=200, required=False)
    email = forms.EmailField(label="E-mail", required=False)
    phone = forms.CharField(label="Phone", max_length=40, required=False)
    language = forms.CharField(label="Language", max_length=20, required=False)
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
