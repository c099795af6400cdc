"""The page on which the owning team of new contacts is set."""

from __future__ import annotations

from typing import Final

from django import forms

from kith.organisation.default_owner import DEFAULT_OWNER, Area, DefaultOwner, First
from kith.organisation.queries import teams
from kith.settings.editing import Draft, Editor, Typed
from kith.settings.rows import List, RowForm, Values


class FirstForm(forms.Form):
    first = forms.ChoiceField(
        label="What counts first",
        choices=[
            (First.USER.value, "The team of whoever adds the contact; else the area"),
            (First.AREA.value, "The area the contact lives in; else the team of whoever adds it"),
        ],
        widget=forms.RadioSelect,
    )


class AreaRow(RowForm):
    country = forms.CharField(
        label="Country", required=False, max_length=2, help_text="Two letters, such as CY."
    )
    postcode = forms.CharField(label="Postcodes begin with", required=False, max_length=12)
    team = forms.ChoiceField(label="Belongs to the team")

    def clean(self) -> dict[str, object]:
        if not self.cleaned_data.get("country") and not self.cleaned_data.get("postcode"):
            self.add_error("country", "Give a country, or how its postcodes begin.")
        return self.cleaned_data

    def known_as(self, values: Values) -> str:
        return " ".join(str(values[name]) for name in ("country", "postcode") if values.get(name))


def _shown(value: DefaultOwner) -> Typed:
    areas = [{"country": one.country, "postcode": one.postcode, "team": str(one.team)} for one in value.areas]
    return Typed({"first": value.first.value}, {"areas": areas})


def _read(typed: Typed) -> DefaultOwner:
    areas = (
        Area(
            team=int(str(row["team"])),
            country=str(row.get("country") or "").strip().upper(),
            postcode=str(row.get("postcode") or "").strip(),
        )
        for row in typed.rows["areas"]
    )
    return DefaultOwner(First(str(typed.single["first"])), tuple(areas))


_NO_TEAM: Final = "There is no team yet: add one under Organisation."


def _prepare(draft: Draft) -> None:
    owners = [(str(one.id), str(one)) for one in teams()]
    for row in draft.rows_of("areas").rows:
        field = row.form.fields["team"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = owners
        field.help_text = "" if owners else _NO_TEAM


EDITOR: Final = Editor(
    section=DEFAULT_OWNER,
    form=FirstForm,
    lists=(
        List(
            name="areas",
            label="Areas",
            one="area",
            form=AreaRow,
            about="The first that holds of an address counts; of a contact with several addresses, the first "
            "address that lies in an area. Contacts that are there already keep their team.",
        ),
    ),
    shown=_shown,
    read=_read,
    prepare=_prepare,
)
