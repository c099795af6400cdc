"""The page on which single sign-on is set up."""

from __future__ import annotations

from typing import Final

from django import forms

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


def _prepare(draft: Draft) -> None:
    assert draft.form is not None
    field = draft.form.fields["source"]
    assert isinstance(field, forms.ChoiceField)
    sources = SourceSystem.objects.exclude(code=LOCAL).order_by("name")
    named = [(one.code, f"{one.name} ({one.code})") for one in sources]
    field.choices = [("", "None: accounts do not reach contacts"), *named]


EDITOR: Final = Editor(
    section=SIGN_ON,
    form=SignOnForm,
    shown=lambda value: Typed({"source": value.source, "at_once": value.at_once}),
    read=lambda typed: SignOn(str(typed.single["source"] or ""), bool(typed.single["at_once"])),
    prepare=_prepare,
)
