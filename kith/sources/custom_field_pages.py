"""The page on which user-defined fields are defined."""

from __future__ import annotations

from typing import Final

from django import forms

from kith.matching.cleaning.custom import CustomType
from kith.matching.cleaning.text import fold_words
from kith.settings.editing import Editor, Typed
from kith.settings.rows import List, RowForm, Values
from kith.sources.custom_fields import CUSTOM_FIELDS, Choice, CustomField, CustomFields, Entity

_TYPES: Final = [
    (CustomType.TEXT.value, "Text"),
    (CustomType.NUMBER.value, "Number"),
    (CustomType.DATE.value, "Date"),
    (CustomType.CHOICE.value, "Choice"),
    (CustomType.YES_NO.value, "Yes or no"),
]
_ENTITIES: Final = [
    (Entity.CONTACT.value, "Contact"),
    (Entity.ADDRESS.value, "Address"),
    (Entity.PHONE.value, "Phone"),
    (Entity.EMAIL.value, "E-mail"),
]
_BETWEEN: Final = ";"


class CustomFieldRow(RowForm):
    """A field is what it was made as: code, type and what it belongs to never change."""

    fixed = ("code", "type", "entity")
    label = forms.CharField(label="Label", max_length=80)
    code = forms.CharField(label="Code", max_length=40, required=False)
    type = forms.ChoiceField(label="Type", choices=_TYPES)
    entity = forms.ChoiceField(label="Of", choices=_ENTITIES)
    choices = forms.CharField(
        label="Choices", max_length=2_000, required=False, help_text="Of a choice: Small; Medium; Large"
    )
    is_active = forms.BooleanField(label="Active", required=False, initial=True)

    def settle(self, before: Values) -> None:
        """Of what is no choice, and never will be, one is not asked what there is to choose from."""
        if before and before.get("type") != CustomType.CHOICE.value:
            self.fields["choices"].disabled = True
            self.fields["choices"].help_text = ""

    def clean(self) -> None:
        super().clean()
        given = self.cleaned_data
        given["code"] = str(given.get("code") or "") or _code_from(str(given.get("label") or ""))


def _code_from(label: str) -> str:
    return "_".join(fold_words(label))[:40].strip("_")


def _shown(value: CustomFields) -> Typed:
    rows: list[Values] = [
        {
            "label": one.label,
            "code": one.code,
            "type": one.type.value,
            "entity": one.entity.value,
            "choices": f"{_BETWEEN} ".join(_as_typed(choice) for choice in one.choices),
            "is_active": one.is_active,
        }
        for one in value.fields
    ]
    return Typed(rows={"fields": rows})


def _as_typed(choice: Choice) -> str:
    """`s = Small`; where the code is made of the label the label alone."""
    return choice.label if choice.code == _code_from(choice.label) else f"{choice.code} = {choice.label}"


def _read(typed: Typed) -> CustomFields:
    return CustomFields(fields=tuple(_field(row) for row in typed.rows["fields"]))


def _field(row: Values) -> CustomField:
    parts = (part.strip() for part in str(row.get("choices") or "").split(_BETWEEN))
    return CustomField(
        code=str(row.get("code") or ""),
        label=str(row.get("label") or "").strip(),
        type=CustomType(str(row.get("type"))),
        entity=Entity(str(row.get("entity"))),
        choices=tuple(_choice(part) for part in parts if part),
        is_active=bool(row.get("is_active")),
    )


def _choice(text: str) -> Choice:
    code, between, label = (part.strip() for part in text.partition("="))
    return Choice(code=code, label=label) if between else Choice(code=_code_from(text), label=text)


CUSTOM_FIELD_EDITOR: Final = Editor(
    section=CUSTOM_FIELDS,
    lists=(
        List(
            name="fields",
            label="User-defined fields",
            one="user-defined field",
            form=CustomFieldRow,
            about="Sources send them through the mapping of their files; people type them.",
            unique=("code",),
        ),
    ),
    shown=_shown,
    read=_read,
)
