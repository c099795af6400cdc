from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from django import forms

from kith.access.models import User
from kith.kernel.clock import today
from kith.privacy.register.models import Kind, PersonRequest
from kith.privacy.register.queries import NOBODY, OPEN, Due, Search
from kith.privacy.register.rules import Step
from kith.privacy.register.sealing import Said
from kith.web.typed import GroupIdField

LONGEST_WORDS: Final = 10_000
_ALL: Final = "all"
_NO_VALUES: Final = "No details of the person: this stays when the person is anonymised."


class SearchForm(forms.Form):
    state = forms.ChoiceField(
        required=False, choices=(("", "Open"), *PersonRequest.State.choices, (_ALL, "Everything"))
    )
    kind = forms.ChoiceField(required=False, choices=(("", "Anything"), *Kind.choices))
    owner = forms.ChoiceField(required=False)
    due = forms.ChoiceField(
        required=False, choices=(("", "Any time"), (Due.OVERDUE, "Overdue"), (Due.SOON, "Due soon"))
    )

    def __init__(self, data: Mapping[str, str], *, owners: Iterable[User]) -> None:
        super().__init__(data)
        people = [(str(user.pk), user.name) for user in owners]
        self.fields["owner"] = forms.ChoiceField(
            required=False, choices=[("", "Anybody"), (NOBODY, "Nobody yet"), *people]
        )

    def search(self) -> Search:
        """What is wrong with one field does not hide the others."""
        self.is_valid()
        state = str(self.cleaned_data.get("state", ""))
        return Search(
            kind=str(self.cleaned_data.get("kind", "")),
            state="" if state == _ALL else state or OPEN,
            owner=str(self.cleaned_data.get("owner", "")),
            due=Due(self.cleaned_data["due"]) if self.cleaned_data.get("due") else None,
        )


class SaidForm(forms.Form):
    name = forms.CharField(label="Name of the person", max_length=200, required=False)
    reach = forms.CharField(
        label="Where to answer",
        max_length=500,
        required=False,
        help_text="E-mail, phone or postal address, as the person gave it.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    words = forms.CharField(
        label="In the person's words",
        max_length=LONGEST_WORDS,
        required=False,
        help_text="It is sealed. Who reads it later is written into the audit log.",
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def said(self) -> Said:
        return Said(**{name: str(self.cleaned_data[name]).strip() for name in ("name", "reach", "words")})


class NewForm(SaidForm):
    kind = forms.ChoiceField(label="Asks for", choices=Kind.choices)
    channel = forms.ChoiceField(
        label="How it came",
        choices=[one for one in PersonRequest.Channel.choices if one[0] != PersonRequest.Channel.FORM],
    )
    received_on = forms.DateField(
        label="Received on",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text="The day it reached the house, whoever opened it. It is due a calendar month later.",
    )
    contact = GroupIdField(required=False, help_text="If you know already which contact the person is.")
    field_order = ("kind", "channel", "received_on", "name", "reach", "words", "contact")

    def __init__(
        self, data: Mapping[str, str] | None = None, *, initial: Mapping[str, object] | None = None
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.fields["received_on"].widget.attrs["max"] = today().isoformat()


class OwnerForm(forms.Form):
    def __init__(
        self, data: Mapping[str, str] | None = None, *, owners: Iterable[User], now: int | None = None
    ) -> None:
        super().__init__(data, initial={"owner": str(now or NOBODY)})
        people = [(str(user.pk), user.name) for user in owners]
        self.fields["owner"] = forms.ChoiceField(label="Give it to", choices=[(NOBODY, "Nobody"), *people])

    def owner_id(self) -> int | None:
        said = str(self.cleaned_data["owner"])
        return None if said == NOBODY else int(said)


class ContactForm(forms.Form):
    contact = GroupIdField()


class IdentityForm(forms.Form):
    how = forms.CharField(
        label="How it was checked",
        max_length=300,
        help_text="“Passport shown at the desk”, “answered from the e-mail we know”. " + _NO_VALUES,
    )


class ExtendForm(forms.Form):
    months = forms.TypedChoiceField(
        label="By",
        choices=[("1", "One further month"), ("2", "Two further months")],
        coerce=int,
        initial="1",
    )
    reason = forms.CharField(
        label="Why", max_length=500, help_text="The person has to be told, before it was due. " + _NO_VALUES
    )


class RestrictForm(forms.Form):
    note = forms.CharField(
        label="Why",
        max_length=500,
        help_text="What is contested, or what the person needs the details for. It stands on the contact.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CloseForm(forms.Form):
    ending = forms.ChoiceField(
        label="It is",
        choices=[
            (Step.ANSWER.value, "Answered: done as asked"),
            (Step.REFUSE.value, "Refused: not done, the person was told why"),
            (Step.WITHDRAW.value, "Withdrawn by the person"),
        ],
        widget=forms.RadioSelect,
        initial=Step.ANSWER.value,
    )
    outcome = forms.CharField(
        label="What was answered",
        max_length=500,
        help_text=_NO_VALUES,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
