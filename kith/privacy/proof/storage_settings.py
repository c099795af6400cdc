"""When the storage below the rows is rewritten after an erasure: a section of the settings, and its page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django import forms

from kith.settings.editing import Editor, Typed
from kith.settings.in_force import in_force
from kith.settings.sections import Section

LARGEST_MB: Final = 2048


class When(StrEnum):
    NIGHTLY = "nightly"
    WEEKLY = "weekly"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Storage:
    rewrite: When = When.NIGHTLY
    most_mb: int = LARGEST_MB
    """Larger stores wait for the night to Sunday, for each table is locked while it is rewritten."""


def _problems(value: Storage) -> tuple[str, ...]:
    return () if value.most_mb >= 0 else ("a size is not below 0",)


STORAGE: Final = Section(
    key="storage",
    label="Storage after anonymising",
    about="When the database is rewritten, so that nobody finds on the disk what was anonymised.",
    shape=Storage,
    shipped=Storage,
    url_name="proof:storage",
    problems=_problems,
)


def storage_in_force() -> Storage:
    return in_force(STORAGE)


class StorageForm(forms.Form):
    rewrite = forms.ChoiceField(
        label="Rewrite the storage",
        choices=[
            (When.NIGHTLY.value, "The night after somebody was anonymised"),
            (When.WEEKLY.value, "The night to Sunday, if somebody was"),
            (When.NEVER.value, "Never by itself: I run “kith scrub-storage”"),
        ],
        help_text="Until then no page, file or dump shows what was anonymised, but freed space may.",
    )
    most_mb = forms.IntegerField(
        label="Only in the night to Sunday above (MB)",
        min_value=0,
        help_text="Each table is locked while it is rewritten: about a second for 100 MB.",
    )


EDITOR: Final = Editor(
    section=STORAGE,
    form=StorageForm,
    shown=lambda value: Typed({"rewrite": value.rewrite.value, "most_mb": value.most_mb}),
    read=lambda typed: Storage(When(str(typed.single["rewrite"])), int(str(typed.single["most_mb"]))),
)
