from __future__ import annotations

from django import forms

from kith.privacy.forms import PasswordForm, typed_number


class OrderForm(PasswordForm):
    number = forms.CharField(label="Type how many", max_length=20)
    field_order = ("number", "password")

    def clean_number(self) -> int:
        return typed_number(self.cleaned_data["number"], otherwise="This is not a number.")
