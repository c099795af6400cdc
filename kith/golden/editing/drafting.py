"""What an edit comes to: read in full before anything is written, with every reason against it at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from kith.contacts.models import Contact
from kith.golden import overrides
from kith.golden.editing import lists, singles
from kith.golden.editing.edit import ContactEdit, Doing
from kith.golden.editing.lists import Changes
from kith.golden.editing.reading import Reader, Troubles
from kith.golden.pieces import Piece
from kith.golden.rules import AUTHORISATIONS
from kith.golden.value_statements import statements_of


@dataclass(frozen=True, slots=True)
class Draft:
    pieces: Mapping[str, Piece | None]
    """By golden field what people say of it from now on; None: nothing any more."""
    lists: Mapping[str, Changes]

    @property
    def fields(self) -> list[str]:
        """What changes, or has something said about it."""
        about = (name for name, one in self.lists.items() if one.states or one.about)
        return sorted({*self.pieces, *about})

    @property
    def retires(self) -> bool:
        return any(one.states for one in self.lists.values())

    @property
    def done(self) -> list[tuple[str, Doing, UUID]]:
        """List, what was done, and the id that the value has now."""
        return [(name, *one) for name, changes in self.lists.items() for one in changes.done]


def drafted(contact: Contact, edit: ContactEdit, *, waits: bool) -> Draft:
    """Refused with a sentence per place."""
    troubles, reader = Troubles(), Reader.of(contact, edit)
    pieces: dict[str, Piece | None] = {}
    for field, piece in singles.changed(contact, edit, reader, troubles):
        pieces[field] = piece
        if field in AUTHORISATIONS and piece.get(field):
            with troubles.at(field):
                piece["despite"] = overrides.outranked(contact, field, mode=edit.mode)
    changed = dict(_lists(contact, edit, reader, troubles, pieces, waits=waits))
    troubles.or_raise()
    return Draft(pieces, changed)


def _lists(
    contact: Contact,
    edit: ContactEdit,
    reader: Reader,
    troubles: Troubles,
    pieces: dict[str, Piece | None],
    *,
    waits: bool,
) -> Iterator[tuple[str, Changes]]:
    if not any(edit.rows.values()):
        return
    statements = statements_of(contact)
    for name, rows in edit.rows.items():
        if rows:
            changes, before = lists.changes_of(
                contact,
                name,
                rows,
                reader=reader,
                statements=statements,
                troubles=troubles,
                waits=waits,
            )
            if changes.piece != before:
                pieces[name] = changes.piece
            yield name, changes
