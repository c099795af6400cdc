"""What is said about one e-mail, phone or address: a note, and its user-defined fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kith.golden.editing.edit import RowEdit
from kith.golden.editing.reading import Troubles
from kith.golden.models import ValueStatement
from kith.matching.cleaning import DateOrder
from kith.matching.cleaning import custom as custom_values
from kith.matching.records import CUSTOM_PREFIX
from kith.sources.custom_fields import CustomField, Entity, custom_fields

ENTITIES: Final = {"emails": Entity.EMAIL, "phones": Entity.PHONE, "addresses": Entity.ADDRESS}


def read_about(edit: RowEdit, *, name: str, troubles: Troubles) -> dict[str, str]:
    """By what it is about; '' takes it back."""
    defined = {f"{CUSTOM_PREFIX}{one.code}": one for one in custom_fields(ENTITIES[name])}
    read: dict[str, str] = {}
    for about, text in edit.about.items():
        if about == ValueStatement.NOTE:
            read[about] = text.strip()
            continue
        value = _custom(defined, about, text)
        if value is None:
            one = defined.get(about)
            words = f"This is {custom_values.reason(one.shape)}." if one else "There is no such field."
            troubles.add(f"{edit.place}.{about}", words)
            continue
        read[about] = value
    return read


def _custom(defined: Mapping[str, CustomField], about: str, text: str) -> str | None:
    one = defined.get(about)
    if one is None or not text:
        return None if one is None else ""
    return custom_values.read(text, shape=one.shape, order=DateOrder.DMY)
