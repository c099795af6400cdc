"""Notes for other systems: read, write, edit, remove."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from ninja import Query, Router, Status

from kith.access.permissions import Permission
from kith.contacts import queries as contacts
from kith.contacts import trail
from kith.notes import actions, queries
from kith.notes.queries import Row
from kith.notes.schemas import (
    ContactNote,
    ContactNoteEdit,
    ContactNoteEdited,
    ContactNoteEditIn,
    ContactNoteIn,
    ContactNoteMade,
)
from kith.users.key_door import with_key
from kith.web.api import (
    CHANGES,
    WITH_BODY,
    WITH_ID,
    WITH_QUERY,
    ApiRequest,
    EditsAsked,
    Id,
    Listed,
    Paging,
    answers,
    falling,
)

contact_notes: Final = Router(tags=["notes"])
notes: Final = Router(tags=["notes"])


@contact_notes.get(
    "/{group_id}/notes",
    summary="List the notes of a contact",
    auth=with_key(Permission.CONTACT_VIEW),
    response=answers(Listed[ContactNote], *WITH_ID, *WITH_QUERY),
)
def list_contact_notes(request: ApiRequest, group_id: Id, paging: Query[Paging]) -> Listed[ContactNote]:
    """The newest first, each with its edits."""
    contacts.opened(group_id, actor=request.auth)
    trail.viewed(group_id, by=request.auth, through="API")
    page = falling(queries.notes_of(group_id, actor=request.auth).order_by(), paging)
    rows = queries.with_edits(page.rows)
    return Listed[ContactNote](items=[_out(one) for one in rows], next=page.next)


@contact_notes.post(
    "/{group_id}/notes",
    summary="Write a note",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(ContactNoteMade, *WITH_BODY, *WITH_ID, *CHANGES, status=HTTPStatus.CREATED),
)
def write_contact_note(request: ApiRequest, group_id: Id, given: ContactNoteIn) -> Status[ContactNoteMade]:
    """It hangs on the primary System Ref, and goes where that one goes."""
    made = actions.add_note(actor=request.auth, contact_id=group_id, text=given.text)
    return Status(HTTPStatus.CREATED, ContactNoteMade(id=made.pk, group_id=group_id))


@notes.post(
    "/{note_id}",
    summary="Edit a note",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(ContactNoteEdited, *WITH_BODY, *WITH_ID, *CHANGES),
)
def edit_contact_note(request: ApiRequest, note_id: Id, given: ContactNoteEditIn) -> ContactNoteEdited:
    """What it said before stays with it. 409: somebody edited it since you read it."""
    note = actions.edit_note(actor=request.auth, note_id=note_id, text=given.text, seen=given.edits)
    return ContactNoteEdited(id=note.pk, edits=note.edits)


@notes.delete(
    "/{note_id}",
    summary="Remove a note",
    auth=with_key(Permission.CONTACT_EDIT),
    response=answers(ContactNoteMade, *WITH_ID, *CHANGES),
)
def remove_contact_note(request: ApiRequest, note_id: Id, asked: Query[EditsAsked]) -> ContactNoteMade:
    """Of the wrong contact, say. What it said stays sealed in the history."""
    group_id = actions.remove_note(actor=request.auth, note_id=note_id, seen=asked.edits)
    return ContactNoteMade(id=note_id, group_id=group_id)


def _out(row: Row) -> ContactNote:
    edits = [ContactNoteEdit(text=one.text, by=one.actor, at=one.at) for one in row.edits]
    return ContactNote(id=row.note.pk, text=row.note.text, by=row.note.actor, at=row.note.at, edits=edits)
