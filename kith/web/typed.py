"""What people type into forms to name a contact."""

from __future__ import annotations

from typing import Any

from django import forms

from kith.kernel.group_ids import read_group_id


class GroupIdField(forms.CharField):
    """However it is written: `1 048 576`, `1,048,576`, `GroupID 1048576`. None where nothing was typed."""

    def __init__(self, *, required: bool = True, label: str = "GroupID", **more: Any) -> None:
        super().__init__(label=label, required=required, max_length=30, **more)

    def clean(self, value: str | None) -> int | None:
        text = super().clean(value)
        found = read_group_id(text)
        if text and found is None:
            raise forms.ValidationError("A GroupID is a number, like 1 048 576.")
        return found
