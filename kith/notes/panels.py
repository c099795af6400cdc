"""Notes and log, the last section of the contact's page (C30)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kith.access.permissions import Permission
from kith.contacts.panels import Opened
from kith.notes import queries
from kith.notes.forms import NoteForm

SHOWN: Final = 5


def section(opened: Opened) -> Mapping[str, object]:
    newest = list(queries.notes_of(opened.contact.pk, actor=opened.actor)[: SHOWN + 1])
    may_edit = opened.actor.may(Permission.CONTACT_EDIT)
    return {
        "rows": queries.with_edits(newest[:SHOWN]),
        "has_more": len(newest) > SHOWN,
        "may_edit": may_edit,
        "form": NoteForm() if may_edit else None,
        "log": queries.log_of(opened.contact, opened.records),
    }
