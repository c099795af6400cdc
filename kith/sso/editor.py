"""The page on which single sign-on is set up."""

from __future__ import annotations

from typing import Final

from django import forms
from django.conf import settings

from kith.settings.editing import Draft, Editor, Typed
from kith.sources.models import LOCAL, SourceSystem
from kith.sso.sections import SIGN_ON, SignOn


class SignOnForm(forms.Form):
    source = forms.ChoiceField(
        label="Source of the accounts",
        required=False,
        help_text="Its System Refs are SSO IDs. A feed fills it every night, and after a change.",
    )
    at_once = forms.BooleanField(
        label="What is saved here reaches the contact at once", required=False, help_text="Else every night."
    )
    built_in = forms.BooleanField(
        label="Kith keeps accounts itself",
        required=False,
        help_text="Where no identity provider is connected. Nobody signs in with them. Switched off, those"
        " there are stay, sealed, and nobody sees them.",
    )


def _prepare(draft: Draft) -> None:
    assert draft.form is not None
    field = draft.form.fields["source"]
    assert isinstance(field, forms.ChoiceField)
    sources = SourceSystem.objects.exclude(code=LOCAL).order_by("name")
    named = [(one.code, f"{one.name} ({one.code})") for one in sources]
    field.choices = [("", "None: accounts do not reach contacts"), *named]
    if settings.SSO.url:
        draft.form.fields[
            "built_in"
        ].help_text = "An identity provider is connected: its accounts count alone."


EDITOR: Final = Editor(
    section=SIGN_ON,
    form=SignOnForm,
    shown=lambda value: Typed({"source": value.source, "at_once": value.at_once, "built_in": value.built_in}),
    read=lambda typed: SignOn(
        str(typed.single["source"] or ""), bool(typed.single["at_once"]), bool(typed.single["built_in"])
    ),
    prepare=_prepare,
)
