from __future__ import annotations

from collections.abc import Mapping

from django import forms

from kith.access.models import User
from kith.web.typed import GroupIdField


class PasswordForm(forms.Form):
    """A second thought: the password once more. What has to be typed besides comes before it."""

    password = forms.CharField(label="Your password", widget=forms.PasswordInput, strip=False)

    def __init__(self, data: Mapping[str, str] | None = None, *, user: User | None) -> None:
        super().__init__(data)
        self.user = user

    def clean_password(self) -> str:
        given = str(self.cleaned_data["password"])
        if self.user is None or not self.user.check_password(given):
            raise forms.ValidationError("This is not your password.")
        return given


class AnonymiseForm(PasswordForm):
    typed_group_id = GroupIdField(label="Type the GroupID")
    field_order = ("typed_group_id", "password")


def typed_number(typed: str, *, otherwise: str) -> int:
    """A count, however people space it: `1 048`, `1,048`."""
    digits = "".join(sign for sign in typed if not sign.isspace() and sign != ",")
    if not digits.isascii() or not digits.isdigit() or len(digits) > 18:
        raise forms.ValidationError(otherwise)
    return int(digits)
