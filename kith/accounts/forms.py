from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Final

from django import forms
from django.http import QueryDict

from kith.accounts.models import Account, AccountTransaction, LinkedItem
from kith.accounts.rules import (
    AccountDetails,
    ItemDetails,
    Posting,
    details_of,
    details_of_item,
)
from kith.kernel.clock import today
from kith.kernel.seen import state_of
from kith.web.edited_form import EditedForm

_DAY: Final = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_PLAIN: Final = {"autocomplete": "off", "spellcheck": "false"}


class CurrencyField(forms.CharField):
    def __init__(self, *, required: bool = True) -> None:
        super().__init__(
            min_length=3,
            max_length=3,
            required=required,
            help_text="Three letters: EUR",
            widget=forms.TextInput(attrs={**_PLAIN, "size": "4"}),
        )

    def clean(self, value: object) -> str:
        return str(super().clean(value) or "").upper()


class AccountForm(EditedForm):
    number = forms.CharField(max_length=60, widget=forms.TextInput(attrs=_PLAIN))
    name = forms.CharField(max_length=120, required=False, help_text="As bills call it")
    classification = forms.CharField(
        max_length=40, required=False, widget=forms.TextInput(attrs={"list": "classifications", **_PLAIN})
    )
    currency = CurrencyField()
    billing_address = forms.ChoiceField(
        required=False, help_text="While bills go there it is not deactivated."
    )

    def __init__(
        self,
        data: QueryDict | None,
        *,
        addresses: list[tuple[str, str]],
        initial: dict[str, str] | None = None,
    ) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["billing_address"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "None"), *addresses]

    def details(self) -> AccountDetails:
        given = dict(self.cleaned_data)
        del given["seen"]
        return AccountDetails(**given)


def of_account(account: Account) -> dict[str, str]:
    """To begin the form with."""
    details = details_of(account)
    return {**asdict(details), "seen": state_of(details)}


class PostingForm(forms.Form):
    kind = forms.ChoiceField(choices=AccountTransaction.Kind.choices)
    date = forms.DateField(widget=_DAY, initial=today)
    amount = forms.DecimalField(
        max_digits=16, decimal_places=2, help_text="Negative for what goes out or is paid back"
    )
    reference = forms.CharField(
        max_length=120, help_text="Once per account", widget=forms.TextInput(attrs=_PLAIN)
    )
    description = forms.CharField(max_length=300, required=False)
    is_unbilled = forms.BooleanField(required=False, label="Not billed yet")

    def posting(self) -> Posting:
        return Posting(**self.cleaned_data)


class ItemForm(EditedForm):
    kind = forms.ChoiceField(choices=LinkedItem.Kind.choices)
    title = forms.CharField(max_length=200)
    is_running = forms.BooleanField(required=False, initial=True, label="Running")
    started_date = forms.DateField(required=False, widget=_DAY, label="Started")
    ended_date = forms.DateField(required=False, widget=_DAY, label="Ended, or ends")
    amount = forms.DecimalField(required=False, max_digits=16, decimal_places=2)
    currency = CurrencyField(required=False)
    is_unbilled = forms.BooleanField(required=False, label="Not billed yet")
    reference = forms.CharField(
        max_length=120,
        required=False,
        help_text="Its number in the other system; an import finds it again by it.",
        widget=forms.TextInput(attrs=_PLAIN),
    )
    notes = forms.CharField(required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 4}))

    def details(self) -> ItemDetails:
        given = dict(self.cleaned_data)
        del given["seen"]
        return ItemDetails(**given)


def of_item(item: LinkedItem) -> dict[str, str | bool | date | Decimal | None]:
    """To begin the form with."""
    details = details_of_item(item)
    return {**asdict(details), "seen": state_of(details)}
