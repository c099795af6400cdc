from __future__ import annotations

from typing import Final

from django import forms

from kith.kernel.errors import Refused
from kith.namedays.calendars import all_files
from kith.namedays.carrying import LARGEST, names_in
from kith.namedays.days import read_day
from kith.namedays.sections import LONGEST_NAMES, Order, Schedule, Scope
from kith.settings.rows import RowForm, Values

SCOPES: Final = [(Scope.ALL.value, "All persons"), (Scope.WITHOUT.value, "Only contacts with no name day")]
SCHEDULES: Final = [
    (Schedule.NIGHT.value, "With every overnight run"),
    (Schedule.BY_HAND.value, "Only by hand: “Run now”"),
]
ORDERS: Final = [
    (Order.CONTACT.value, "Those of the contact's country go first, then of its language, then the others"),
    (Order.LISTED.value, "As listed below, for everybody"),
]


class NameDaysForm(forms.Form):
    scope = forms.ChoiceField(
        label="Whose name days",
        choices=SCOPES,
        help_text="A name day that somebody typed always stays. The second choice keeps what was found before"
        " too, even when rules change.",
    )
    schedule = forms.ChoiceField(label="When", choices=SCHEDULES)
    order = forms.ChoiceField(label="Which calendar goes first", choices=ORDERS)


def _calendars() -> list[tuple[str, str]]:
    return [(one.code, one.name) for one in all_files()]


class CalendarRow(RowForm):
    calendar = forms.ChoiceField(label="Calendar", choices=_calendars)

    def known_as(self, values: Values) -> str:
        names = {one.code: one.name for one in all_files()}
        return names.get(str(values.get("calendar") or ""), "")


class RuleRow(RowForm):
    day = forms.CharField(
        label="Day", max_length=60, widget=forms.TextInput(attrs={"placeholder": "23 April", "size": 18})
    )
    names = forms.CharField(
        label="Names, comma separated",
        max_length=LONGEST_NAMES,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_day(self) -> str:
        try:
            return read_day(str(self.cleaned_data["day"])).code
        except Refused as refused:
            raise forms.ValidationError(refused.message) from None

    def clean_names(self) -> str:
        return ", ".join(names_in(str(self.cleaned_data["names"])))

    def known_as(self, values: Values) -> str:
        return str(values.get("day") or "")


class RulesFileForm(forms.Form):
    file = forms.FileField(
        label="File", help_text="CSV or XLSX with the columns Day and Names. It replaces the rules there are."
    )

    def clean_file(self) -> bytes:
        given = self.cleaned_data["file"]
        if given.size > LARGEST:
            raise forms.ValidationError("The file is larger than 1 MB.")
        content: bytes = given.read()
        return content
