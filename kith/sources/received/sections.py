"""How long received files are kept: a section of the settings, and its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django import forms

from kith.settings.editing import Editor, Typed
from kith.settings.in_force import in_force
from kith.settings.sections import Section

LONGEST_DAYS: Final = 3_650


@dataclass(frozen=True, slots=True)
class ImportFiles:
    days: int = 30
    """After the import ended; of a draft, after it was begun."""


def _problems(value: ImportFiles) -> tuple[str, ...]:
    if 1 <= value.days <= LONGEST_DAYS:
        return ()
    return (f"files are kept for 1 to {LONGEST_DAYS:,} days",)


IMPORT_FILES: Final = Section(
    key="import_files",
    label="Received files",
    about="How long files of imports are kept after the import ended.",
    shape=ImportFiles,
    shipped=ImportFiles,
    url_name="sources:received-files",
    problems=_problems,
)


def import_files_in_force() -> ImportFiles:
    return in_force(IMPORT_FILES)


class ImportFilesForm(forms.Form):
    days = forms.IntegerField(
        label="Days a file is kept after its import ended",
        min_value=1,
        max_value=LONGEST_DAYS,
        help_text="For trying again and for the result of each row. It lies sealed until then. Whoever is"
        " anonymised takes the files they are in along, however new those are.",
    )


EDITOR: Final = Editor(
    section=IMPORT_FILES,
    form=ImportFilesForm,
    shown=lambda value: Typed({"days": value.days}),
    read=lambda typed: ImportFiles(int(str(typed.single["days"]))),
)
