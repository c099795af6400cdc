from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.audit import journal
from kith.contacts.models import Contact
from kith.contacts.versions import changed_since
from kith.golden import assembly, holding, was_and_is, wording, writing
from kith.golden.editing.drafting import Draft, drafted
from kith.golden.editing.edit import ContactEdit, Doing
from kith.golden.writing import Entering
from kith.kernel.errors import Conflict
from kith.vault import details
from kith.vault.details import ValueChange

_CHANGED: Final = "Somebody changed this meanwhile. Nothing of yours was saved."


class Outdated(Conflict):
    """`fields`: which of the details sent somebody else changed meanwhile."""

    def __init__(self, names: Iterable[str]) -> None:
        super().__init__(_CHANGED, fields=dict.fromkeys(sorted(names), _CHANGED))


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    fields: tuple[str, ...]
    """Golden fields that changed; those that said so already are not among them."""
    waits: bool
    """They come into force with the next overnight run."""
    done: tuple[tuple[str, Doing, UUID], ...]
    """List, what was done, and the id that the value has now."""


@transaction.atomic
def edit_contact(*, actor: Actor, contact_id: int, edit: ContactEdit) -> Edited:
    """Several details at once: all of them or none, one assembly, one entry of the journal (C27).

    What is not in the edit stays. Each detail is an edit of its golden value, as the page makes it, and waits
    where such edits wait.
    """
    require(actor, Permission.CONTACT_EDIT)
    contact = writing.locked(contact_id, actor=actor)
    _unless_outdated(contact, edit)
    enters = writing.entering()
    draft = drafted(contact, edit, waits=enters.waits)
    if draft.fields:
        with holding.held(contact.pk, waits=enters.waits):
            _write(contact, draft, actor=actor, edit=edit, enters=enters)
    waits = enters.waits and bool(draft.pieces)
    return Edited(fields=tuple(draft.fields), waits=waits, done=tuple(draft.done))


def _unless_outdated(contact: Contact, edit: ContactEdit) -> None:
    if not edit.based_on:
        return
    both = changed_since(contact, edit.based_on) & edit.names()
    if both:
        raise Outdated(both)


def _write(contact: Contact, draft: Draft, *, actor: Actor, edit: ContactEdit, enters: Entering) -> None:
    before = {field: was_and_is.text_of(contact.pk, field) for field in draft.fields}
    anchors = _lay(contact, draft, actor=actor, edit=edit, enters=enters)
    _say(contact, draft, actor=actor)
    if draft.retires or not enters.waits:
        assembly.assemble([contact.pk])
    entry = journal.record(
        "ContactEditRequested" if enters.waits else "ContactEdited",
        by=actor,
        subject_type="contact",
        subject_id=contact.pk,
        group_id=contact.pk,
        detail={"fields": draft.fields, "mode": edit.mode},
    )
    for record_id, fields in _by_anchor(contact, draft.fields, anchors).items():
        changes = [
            ValueChange(field, before[field], _after(contact, draft, field, enters)) for field in fields
        ]
        details.keep(entry, record_id=record_id, changes=changes)


def _lay(
    contact: Contact, draft: Draft, *, actor: Actor, edit: ContactEdit, enters: Entering
) -> Mapping[str, int]:
    """By golden field the System Ref that its edit hangs on."""
    anchors = {}
    for field, piece in draft.pieces.items():
        if piece is None:
            writing.lift(contact, field, actor=actor, states=enters.replaces)
            continue
        made = writing.lay(
            contact,
            actor=actor,
            field=field,
            piece=piece,
            mode=edit.mode,
            note=edit.note,
            state=enters.state,
            replaces=enters.replaces,
        )
        anchors[field] = made.record_id
    return anchors


def _say(contact: Contact, draft: Draft, *, actor: Actor) -> None:
    for name, changes in draft.lists.items():
        for key, (state, value) in changes.states.items():
            writing.say_state(contact, name, key, state, actor=actor, value=value)
        for key, told in changes.about.items():
            for about, text in told.items():
                writing.say(contact, name, key, about, text, actor=actor)


def _after(contact: Contact, draft: Draft, field: str, enters: Entering) -> str:
    piece = draft.pieces.get(field)
    if enters.waits and piece is not None:
        return wording.of_piece(piece, field)
    return was_and_is.text_of(contact.pk, field)


def _by_anchor(contact: Contact, fields: Iterable[str], anchors: Mapping[str, int]) -> dict[int, list[str]]:
    """Old and new values are sealed under the key of the System Ref that they hang on."""
    found: dict[int, list[str]] = {}
    for field in fields:
        record_id = anchors.get(field) or contact.primary_record_id
        if record_id is not None:
            found.setdefault(record_id, []).append(field)
    return found
