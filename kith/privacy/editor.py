"""The page on which anonymising is allowed (C15)."""

from __future__ import annotations

from typing import Final

from django import forms

from kith.privacy.sections import ANONYMISATION, MOST_MONTHS, Anonymisation
from kith.settings.editing import Editor, Typed
from kith.settings.rows import Values

_MONTHS: Final = ("months_update", "months_subscription", "months_transaction", "months_wallet")


def _months(since: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=f"Months since its {since}",
        min_value=0,
        max_value=MOST_MONTHS,
        required=False,
        help_text="Calendar months; empty or 0: not looked at.",
    )


class AnonymisationForm(forms.Form):
    is_enabled = forms.BooleanField(label="Contacts may be anonymised", required=False)
    months_update = _months("details last changed")
    months_subscription = _months("last subscription ended")
    months_transaction = _months("last financial transaction")
    months_wallet = _months("last wallet transaction")
    consent_skips_months = forms.BooleanField(
        label="Whoever withdraws consent is anonymised without looking at the months", required=False
    )
    four_eyes = forms.BooleanField(label="A second person approves each", required=False)


def _read(typed: Typed) -> Anonymisation:
    given = typed.single
    return Anonymisation(
        is_enabled=bool(given["is_enabled"]),
        **{name: _number(given, name) for name in _MONTHS},
        consent_skips_months=bool(given["consent_skips_months"]),
        four_eyes=bool(given["four_eyes"]),
    )


def _number(given: Values, name: str) -> int:
    found = given.get(name)
    return found if isinstance(found, int) else 0


EDITOR: Final = Editor(
    section=ANONYMISATION,
    form=AnonymisationForm,
    shown=lambda value: Typed(
        {
            "is_enabled": value.is_enabled,
            **{name: getattr(value, name) or None for name in _MONTHS},
            "consent_skips_months": value.consent_skips_months,
            "four_eyes": value.four_eyes,
        }
    ),
    read=_read,
    saved="Saved. It counts for what is ordered from now on.",
)
