"""Single fields: what was sent, laid over what the golden record says of the rest of the same field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, cast

from kith.contacts.models import Contact
from kith.golden.editing.edit import ContactEdit
from kith.golden.editing.reading import Reader, Troubles
from kith.golden.pieces import Piece, as_json
from kith.golden.rows import single_as_typed
from kith.golden.rules import FIELDS, LIST_FIELDS, custom_code, parts_of

_FIELD_OF: Final = {part: field for field in FIELDS if field not in LIST_FIELDS for part in parts_of(field)}


def changed(
    contact: Contact, edit: ContactEdit, reader: Reader, troubles: Troubles
) -> Iterator[tuple[str, Piece]]:
    """By golden field what it becomes; what would stay as it is is left out."""
    for field, sent in _by_field(edit.single).items():
        present = single_as_typed(contact, field)
        with troubles.at(next(iter(sent))):
            piece = reader.piece(field, _claim(field, sent, present), present=present)
            if not _says_so_already(contact, field, piece):
                yield field, piece


def _by_field(sent: Mapping[str, str | None]) -> dict[str, dict[str, str | None]]:
    found: dict[str, dict[str, str | None]] = {}
    for name, text in sent.items():
        found.setdefault(_FIELD_OF.get(name, name), {})[name] = text
    return found


def _claim(field: str, sent: Mapping[str, str | None], present: Mapping[str, str]) -> dict[str, str]:
    """A document whose number is cleared has no country and no last day either, unless they are sent."""
    number = parts_of(field)[0]
    is_gone = field == number and number in sent and sent[number] is None
    whole = {**({} if is_gone else present), **sent}
    return {name: text for name, text in whole.items() if text}


def _says_so_already(contact: Contact, field: str, piece: Piece) -> bool:
    code = custom_code(field)
    if code is not None:
        return (contact.custom or {}).get(code) == piece.get("custom_value")
    said = cast("Mapping[str, object]", piece)
    return all(as_json(getattr(contact, part)) == said.get(part) for part in parts_of(field))
