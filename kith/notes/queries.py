from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit.models import Entry
from kith.contacts.belongings import contact_of, record_ids_of
from kith.contacts.models import Contact
from kith.contacts.trail import ACCESS
from kith.kernel.errors import NotFound
from kith.notes.models import Note, NoteEdit
from kith.sources.models import SourceRecord


def notes_of(contact_id: int, *, actor: Actor) -> QuerySet[Note]:
    """Of all its System Refs, newest first."""
    require(actor, Permission.CONTACT_VIEW)
    return Note.objects.filter(record_id__in=record_ids_of(contact_id)).order_by("-pk")


def note(note_id: int, *, actor: Actor) -> tuple[Note, int]:
    """With the contact it hangs on now."""
    require(actor, Permission.CONTACT_VIEW)
    found = Note.objects.filter(pk=note_id).first()
    contact_id = contact_of(found.record_id) if found is not None else None
    if found is None or contact_id is None:
        raise NotFound("There is no such note.")
    return found, contact_id


def notes_on(record_ids: Sequence[int]) -> int:
    return Note.objects.filter(record_id__in=record_ids).count()


@dataclass(frozen=True, slots=True)
class Row:
    note: Note
    edits: tuple[NoteEdit, ...]
    """Newest first, each with what the note said before."""


def with_edits(notes: Sequence[Note]) -> list[Row]:
    """One query for all of them."""
    if not notes:
        return []
    edits: dict[int, list[NoteEdit]] = {}
    for edit in NoteEdit.objects.filter(note__in=[one.pk for one in notes]).order_by("-pk"):
        edits.setdefault(edit.note_id, []).append(edit)
    return [Row(one, tuple(edits.get(one.pk, ()))) for one in notes]


@dataclass(frozen=True, slots=True)
class Log:
    created_at: datetime
    created_by: str
    updated_at: datetime | None
    updated_by: str
    sent_at: datetime | None
    """When a source last sent anything."""


def log_of(contact: Contact, records: Sequence[SourceRecord]) -> Log:
    """Who added the contact and who changed it last; two queries."""
    mine = Entry.objects.filter(group_id=contact.pk)
    added = mine.filter(event="ContactAdded").order_by("pk").first()
    changed = mine.exclude(event__in=ACCESS).order_by("-pk").first()
    first = min(records, key=lambda one: (one.first_received_at, one.pk), default=None)
    return Log(
        created_at=contact.created_at,
        created_by=added.actor if added else (first.source.name if first else ""),
        updated_at=changed.at if changed else None,
        updated_by=changed.actor if changed else "",
        sent_at=contact.claims_received_at,
    )
