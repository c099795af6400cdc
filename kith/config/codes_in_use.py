"""Who has which code of the settings. What is in use is made inactive, never removed (KITH_CODES_IN_USE)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from kith.attachments.queries import classes_in_use as attachment_classes_in_use
from kith.contacts.settings.holders import categories_in_use, industries_in_use
from kith.relations.queries import relation_types_in_use

IN_USE: Final[Mapping[str, Callable[[Sequence[str]], Sequence[str]]]] = {
    "categories": categories_in_use,
    "industries": industries_in_use,
    "relation_types": relation_types_in_use,
    "attachment_classes": attachment_classes_in_use,
}
"""By key of the section (`categories`, `industries`, `relation_types`, `attachment_classes`): which of these
codes are in use. One query."""
