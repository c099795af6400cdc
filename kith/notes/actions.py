from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.audit.models import Entry
from kith.contacts.belongings import contact_of, locked_anchor_of
from kith.contacts.may.asking import hold_to_changing
from kith.kernel.errors import Conflict, NotFound, Refused
from kith.notes.models import Note, NoteEdit
from kith.sources.doors import lock
from kith.sources.doors.holding import unless_erased
from kith.vault import details
from kith.vault.details import ValueChange

LONGEST: Final = 10_000


@transaction.atomic
def add_note(*, actor: Actor, contact_id: int, text: str) -> Note:
    require(actor, Permission.CONTACT_EDIT)
    said, record_id = _said(text), locked_anchor_of(contact_id)
    hold_to_changing([contact_id], actor=actor)
    note = Note.objects.create(record_id=record_id, text=said, user_id=actor.user_id, actor=actor.name)
    _journal("NoteAdded", actor, note, contact_id=contact_id)
    return note


@transaction.atomic
def edit_note(*, actor: Actor, note_id: int, text: str, seen: int) -> Note:
    """What it said before stays with the note. `seen`: how often it was edited when its editor was opened."""
    require(actor, Permission.CONTACT_EDIT)
    note, contact_id = _locked(note_id, actor=actor)
    said = _said(text)
    if seen != note.edits:
        raise Conflict(
            "Somebody edited this note meanwhile. What you typed is still here; compare, and save again to "
            "put it in place.",
            fields={"text": "What stands here now is not what was sent."},
        )
    if said == note.text:
        return note
    NoteEdit.objects.create(note=note, text=note.text, user_id=actor.user_id, actor=actor.name)
    note.text = said
    note.edits += 1
    note.save(update_fields=["text", "edits"])
    _journal("NoteEdited", actor, note, contact_id=contact_id)
    return note


@transaction.atomic
def remove_note(*, actor: Actor, note_id: int, seen: int | None = None) -> int:
    """Of the wrong contact, say. What it said stays sealed beside the journal entry. Returns the GroupID."""
    require(actor, Permission.CONTACT_EDIT)
    note, contact_id = _locked(note_id, actor=actor)
    if seen is not None and seen != note.edits:
        raise Conflict("Somebody edited this note meanwhile. Nothing was removed: read it again.")
    Note.objects.filter(pk=note_id).delete()
    entry = _journal("NoteRemoved", actor, note, contact_id=contact_id)
    details.keep(entry, record_id=note.record_id, changes=[ValueChange("note", note.text, "")])
    return contact_id


def forget_notes(*, record_ids: Sequence[int]) -> None:
    """All of these System Refs, edits too; part of an action that asked for the permission."""
    Note.objects.filter(record_id__in=record_ids).delete()


def _said(text: str) -> str:
    said = text.replace("\r\n", "\n").strip()
    if not said or len(said) > LONGEST:
        sentence = f"Write something, at most {LONGEST:,} characters."
        raise Refused(sentence, fields={"text": sentence})
    return said


def _locked(note_id: int, *, actor: Actor) -> tuple[Note, int]:
    """With the contact it hangs on now, who is nobody who was anonymised (C42)."""
    lock.shared()
    note = Note.objects.select_for_update().filter(pk=note_id).first()
    contact_id = contact_of(note.record_id) if note is not None else None
    if note is None or contact_id is None:
        raise NotFound("There is no such note.")
    unless_erased(note.record_id)
    hold_to_changing([contact_id], actor=actor)
    return note, contact_id


def _journal(event: str, actor: Actor, note: Note, *, contact_id: int) -> Entry:
    return journal.record(event, by=actor, subject_type="note", subject_id=note.pk, group_id=contact_id)
