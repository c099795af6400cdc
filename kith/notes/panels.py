"""Notes and log, the last section of the contact's page (C30)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from kith.access.permissions import Permission
from kith.contacts.panels import Opened
from kith.notes import queries
from kith.notes.forms import NoteForm
from kith.notes.models import Note

SHOWN: Final = 5


def _newest(opened: Opened) -> list[Note]:
    return list(queries.notes_of(opened.contact.pk, actor=opened.actor)[: SHOWN + 1])


def section(opened: Opened) -> Mapping[str, object]:
    newest = _newest(opened) if opened.tally["notes"] else []
    may_edit = opened.actor.may(Permission.CONTACT_EDIT)
    return {
        "rows": queries.with_edits(newest[:SHOWN]),
        "has_more": len(newest) > SHOWN,
        "may_edit": may_edit,
        "form": NoteForm() if may_edit else None,
        "log": queries.log_of(opened.contact, opened.records),
    }
