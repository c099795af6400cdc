"""E-mails, phones and addresses: what was sent, laid one after the other into the list that there is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from kith.contacts.models import Contact
from kith.contacts.value_ids import Row, key_of, value_id
from kith.golden import overrides, pieces
from kith.golden import value_statements as values
from kith.golden.editing.about import read_about
from kith.golden.editing.edit import Doing, RowEdit
from kith.golden.editing.reading import STEMS, Reader, Troubles
from kith.golden.models import ValueStatement
from kith.golden.pieces import Piece, piece_of_address
from kith.golden.rows import as_typed
from kith.golden.value_statements import ADDRESSES, Statements

State = ValueStatement.State

_ONE: Final = {"emails": "e-mail", "phones": "phone", "addresses": "address"}
_THERE: Final = "It is there already: update it."
_INACTIVE: Final = "This address is inactive. Activate it instead of adding it again."
_TWO_PRIMARY: Final = "Another one was made primary already: exactly one is."
_NO_TYPE: Final = "A type cannot be taken away. Give another one."
_NO_PRIMARY: Final = "Say which other one is the primary one."
_SAID_BY_SOURCES: Final = (
    "A source says this value, and edits wait for the overnight run here. Add the right value, and remove "
    "this one when it is there."
)


@dataclass(slots=True)
class Changes:
    """Of one list. `piece`: what people say of it from now on, None for nothing any more."""

    piece: Piece | None
    states: dict[str, tuple[State, Piece | None]] = field(default_factory=dict)
    """By key; of an address that becomes inactive, with how it stood."""
    about: dict[str, dict[str, str]] = field(default_factory=dict)
    """By key what is said about single values, by what it is about."""
    done: list[tuple[Doing, UUID]] = field(default_factory=list)


@dataclass(slots=True)
class _List:
    """While it is edited."""

    field: str
    reader: Reader
    troubles: Troubles
    waits: bool
    statements: Statements
    said: set[str]
    """Keys of what System Refs say."""
    rows: dict[str, Row]
    """Golden values by key; those edited away are taken out."""
    types: dict[str, str]
    """Of all values that are active so far, by key."""
    changes: Changes

    def state(self, key: str) -> State:
        changed = self.changes.states.get(key)
        return changed[0] if changed else self.statements.state(self.field, key)

    def lay(self, piece: Piece, *, leads: bool, instead_of: str = "") -> None:
        (key,) = pieces.keys_of(piece, field=self.field)
        new = Piece(**piece, leads=leads, typed=[] if key in self.said else [key])
        self.changes.piece = pieces.joined(self.changes.piece, new, field=self.field, without=instead_of)
        self.types[key] = _type_of(piece, self.field)

    def drop(self, key: str) -> None:
        before = self.changes.piece
        if before is not None and key in pieces.keys_of(before, field=self.field):
            self.changes.piece = pieces.without(before, field=self.field, key=key)


def changes_of(
    contact: Contact,
    name: str,
    edits: Iterable[RowEdit],
    *,
    reader: Reader,
    statements: Statements,
    troubles: Troubles,
    waits: bool,
) -> tuple[Changes, Piece | None]:
    """With what people said of the list before. Every trouble goes to `troubles`."""
    latest = overrides.latest_of(contact.pk, name)
    before = latest.value if latest else None
    rows = {key_of(row): row for row in getattr(contact, name).order_by("position")}
    now = _List(
        field=name,
        reader=reader,
        troubles=troubles,
        waits=waits,
        statements=statements,
        said=overrides.keys_said(contact, name),
        rows=rows,
        types={key: row.type for key, row in rows.items()},
        changes=Changes(before),
    )
    edits = tuple(edits)
    _hold_to_one_primary(now, edits)
    for edit in edits:
        with troubles.at(edit.place, stem=STEMS[name]):
            _DO[edit.doing](now, edit)
    return now.changes, before


def _hold_to_one_primary(now: _List, edits: Iterable[RowEdit]) -> None:
    chosen = [edit for edit in edits if edit.is_primary]
    for edit in chosen[1:]:
        now.troubles.add(f"{edit.place}.is_primary", _TWO_PRIMARY)
    for edit in edits:
        row = now.rows.get(_golden_key(now, edit) or "")
        if edit.is_primary is False and row is not None and row.is_primary and not chosen:
            now.troubles.add(f"{edit.place}.is_primary", _NO_PRIMARY)


def _add(now: _List, edit: RowEdit) -> None:
    piece = now.reader.piece(now.field, _claim(now.field, edit.parts), present={})
    (key,) = pieces.keys_of(piece, field=now.field)
    if key in now.types:
        return now.troubles.add(edit.place, _THERE)
    if now.state(key) == State.INACTIVE:
        return now.troubles.add(edit.place, _INACTIVE)
    _unless_second_of_type(now, piece, edit)
    if now.state(key) == State.REMOVED:
        now.changes.states[key] = (State.ACTIVE, None)
    now.lay(piece, leads=bool(edit.is_primary) or not now.types)
    _say_about(now, edit, key)
    return _done(now, edit, key)


def _update(now: _List, edit: RowEdit) -> None:
    old = _golden_key(now, edit)
    if old is None:
        return now.troubles.add(f"{edit.place}.id", _nobody(now))
    row = now.rows[old]
    if row.type and edit.parts.get("type", row.type) is None:
        return now.troubles.add(f"{edit.place}.type", _NO_TYPE)
    present = as_typed(now.field, row)
    claim = _claim(now.field, edit.parts, over=present)
    key = old
    if claim != present or edit.is_primary:
        piece = now.reader.piece(now.field, claim, present=present)
        (key,) = pieces.keys_of(piece, field=now.field)
        if key != old and key in now.types:
            return now.troubles.add(edit.place, _THERE)
        now.types.pop(old)
        _unless_second_of_type(now, piece, edit)
        if key != old:
            _retire(now, edit, old)
        now.lay(piece, leads=bool(edit.is_primary or row.is_primary), instead_of=old)
    _say_about(now, edit, key, before=old)
    return _done(now, edit, key)


def _retire(now: _List, edit: RowEdit, old: str) -> None:
    """What a source goes on saying is not used any more: somebody said what is right instead."""
    if old not in now.said:
        return
    if now.waits:
        now.troubles.add(edit.place, _SAID_BY_SOURCES)
    now.changes.states[old] = (State.REMOVED, None)


def _remove(now: _List, edit: RowEdit) -> None:
    """Of e-mails and phones whoever says it; of addresses only an inactive one (C24)."""
    key = _golden_key(now, edit)
    if now.field == ADDRESSES:
        inactive = _inactive(now, edit)
        values.may_remove(state=State.ACTIVE if inactive is None and key else State.INACTIVE).or_raise()
        key = inactive.key if inactive else None
    if key is None:
        return now.troubles.add(f"{edit.place}.id", _nobody(now))
    now.types.pop(key, None)
    now.drop(key)
    if key in now.said or now.waits or now.field == ADDRESSES:
        now.changes.states[key] = (State.REMOVED, None)
    return _done(now, edit, key)


def _deactivate(now: _List, edit: RowEdit) -> None:
    key = _golden_key(now, edit)
    if key is None:
        return now.troubles.add(f"{edit.place}.id", _nobody(now))
    address = values.golden_address(now.reader.contact, key)
    assert address is not None
    values.may_deactivate(uses=values.uses_of(now.reader.contact, address)).or_raise()
    now.types.pop(key)
    now.changes.states[key] = (State.INACTIVE, piece_of_address(address))
    return _done(now, edit, key)


def _activate(now: _List, edit: RowEdit) -> None:
    found = _inactive(now, edit)
    if found is None:
        return now.troubles.add(f"{edit.place}.id", _nobody(now))
    values.may_activate(state=State.INACTIVE, type_=found.type, active_types=now.types.values()).or_raise()
    now.types[found.key] = found.type
    now.changes.states[found.key] = (State.ACTIVE, None)
    return _done(now, edit, found.key)


_DO: Final[Mapping[Doing, Callable[[_List, RowEdit], None]]] = {
    Doing.ADD: _add,
    Doing.UPDATE: _update,
    Doing.REMOVE: _remove,
    Doing.DEACTIVATE: _deactivate,
    Doing.ACTIVATE: _activate,
}


def _golden_key(now: _List, edit: RowEdit) -> str | None:
    """Of a value that is there, and that no edit before this one took away."""
    if edit.id is None:
        return None
    found = (key for key in now.rows if key in now.types and value_id(now.field, key) == edit.id)
    return next(found, None)


def _inactive(now: _List, edit: RowEdit) -> values.Inactive | None:
    if now.field != ADDRESSES:
        return None
    still = (one for one in now.statements.inactive if now.state(one.key) == State.INACTIVE)
    return next((one for one in still if value_id(ADDRESSES, one.key) == edit.id), None)


def _claim(
    name: str, parts: Mapping[str, str | None], *, over: Mapping[str, str] | None = None
) -> dict[str, str]:
    stem = STEMS[name]
    sent = {stem if part == "value" else f"{stem}_{part}": text for part, text in parts.items()}
    return {one: text for one, text in {**(over or {}), **sent}.items() if text}


def _unless_second_of_type(now: _List, piece: Piece, edit: RowEdit) -> None:
    """One active address of each type (C23)."""
    kind = _type_of(piece, now.field).casefold()
    if now.field == ADDRESSES and kind and kind in {one.casefold() for one in now.types.values()}:
        now.troubles.add(f"{edit.place}.type", values.SECOND_OF_TYPE)


def _type_of(piece: Piece, name: str) -> str:
    if name == ADDRESSES:
        return piece["addresses"][0].get("type") or ""
    return piece["email_types" if name == "emails" else "phone_types"][0]


def _say_about(now: _List, edit: RowEdit, key: str, *, before: str = "") -> None:
    """What was said about a value that was corrected is said about the right one."""
    told = read_about(edit, name=now.field, troubles=now.troubles)
    if before and before != key:
        told = {**now.statements.about(now.field, before), **told}
    said = now.statements.about(now.field, key)
    news = {about: text for about, text in told.items() if text != said.get(about, "")}
    if news:
        now.changes.about[key] = news


def _done(now: _List, edit: RowEdit, key: str) -> None:
    now.changes.done.append((edit.doing, value_id(now.field, key)))


def _nobody(now: _List) -> str:
    return f"There is no such {_ONE[now.field]} any more. Open the contact again."
