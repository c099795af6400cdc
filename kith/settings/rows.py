"""Lists in a form: rows that can be added, removed, moved and edited in place, without JavaScript.

What is typed travels with the form; nothing is kept on the server until somebody saves. Of a list `phones` a
form sends `phones` once per row, in their order (the row's token), and the fields of each row as
`phones-<token>-<field>`; a button sends `do`: `add:phones`, `edit:phones:3`, `up:phones:3`, `down:phones:3`
or `remove:phones:3`. Of a long list only the rows that somebody edits are open: a closed one is what was
saved, and sends its token alone, a second time as `phones-closed`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from django import forms
from django.http import QueryDict

MOST_ROWS: Final = 400
LONG: Final = 20
"""Rows; each open one is two kilobytes of page."""
_MOVES: Final = {"up": -1, "down": 1}

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class List:
    """One list of a section, and how its rows are edited."""

    name: str
    label: str
    one: str
    """A row in words: `phone type`."""
    form: type[RowForm]
    about: str = ""
    is_ordered: bool = True
    """The order means something, and can be changed."""
    unique: tuple[str, ...] = ()
    """Fields in which no two rows may be the same."""


class RowForm(forms.Form):
    """Base of the forms of rows."""

    fixed: tuple[str, ...] = ()
    """Fields that are typed once: read only in rows that were saved before."""

    def settle(self, before: Values) -> None:
        """Called once the row's values are known, before it is drawn or read."""

    def known_as(self, values: Values) -> str:
        """For whoever cannot see in which row a button stands."""
        return str(values.get("label") or values.get("code") or "")

    def in_short(self, values: Values) -> str:
        """A closed row, besides what it is known as."""
        told = [str(values[name]) for name in ("code", "sector") if values.get(name)]
        return " · ".join([*told, *(["inactive"] if values.get("active") is False else [])])


@dataclass(frozen=True, slots=True)
class Row:
    token: str
    form: RowForm
    values: Values
    """As typed, or as saved."""
    is_edited: bool
    """Its fields were sent, or asked for."""

    @property
    def short(self) -> str:
        return self.form.in_short(self.values)

    @property
    def name(self) -> str:
        return self.form.known_as(self.values)


class Rows:
    """The rows of one list: as saved, as a draft, or as sent to be saved."""

    def __init__(
        self, spec: List, *, saved: Sequence[Values], data: QueryDict | None, order: str = ""
    ) -> None:
        """`data`: what was sent. `order`: the button pressed; with one, rows are a draft and not checked."""
        self.spec = spec
        self.saved = saved
        typed = self._saved() if data is None else self._sent(data)
        self.rows = tuple(
            self._row(token, values, is_edited=is_edited, is_checked=data is not None and not order)
            for token, values, is_edited in typed
        )
        if order:
            self.rows = self._ordered(order)

    def drawn(self) -> list[tuple[Row, bool]]:
        """Each row, and whether it is open."""
        is_short = len(self.rows) <= LONG
        return [(row, is_short or row.is_edited or bool(row.form.errors)) for row in self.rows]

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= MOST_ROWS

    def is_valid(self) -> bool:
        valid = [row.form.is_valid() for row in self.rows]
        return all(valid) and self._are_different()

    def cleaned(self) -> list[Values]:
        return [row.form.cleaned_data for row in self.rows]

    def _saved(self) -> list[tuple[str, Values, bool]]:
        return [(str(place), values, False) for place, values in enumerate(self.saved)]

    def _sent(self, data: QueryDict) -> list[tuple[str, Values, bool]]:
        """With whether its fields came too."""
        tokens = [token for token in data.getlist(self.spec.name) if token.isascii() and token.isdigit()]
        tokens = [token for token in dict.fromkeys(tokens) if len(token) <= 4][:MOST_ROWS]
        saved = {str(place): values for place, values in enumerate(self.saved)}
        closed = saved.keys() & data.getlist(f"{self.spec.name}-closed")
        return [
            (token, saved[token], False) if token in closed else (token, self._typed(token, data), True)
            for token in tokens
        ]

    def _typed(self, token: str, data: QueryDict) -> Values:
        prefix = f"{self.spec.name}-{token}"
        fields = self.spec.form.base_fields
        return {
            name: field.widget.value_from_datadict(data, {}, f"{prefix}-{name}")
            for name, field in fields.items()
        }

    def _row(self, token: str, values: Values, *, is_edited: bool, is_checked: bool = False) -> Row:
        prefix = f"{self.spec.name}-{token}"
        data = {f"{prefix}-{name}": value for name, value in values.items()} if is_checked else None
        form = self.spec.form(data, prefix=prefix, initial=dict(values))
        place = int(token)
        before = self.saved[place] if place < len(self.saved) else {}
        for name in self.spec.form.fixed:
            if before.get(name):
                form.fields[name].widget.attrs["readonly"] = True
                form.fields[name].disabled = True
                form.initial[name] = before[name]
                values = {**values, name: before[name]}
        form.settle(before)
        return Row(token, form, values, is_edited)

    def _ordered(self, order: str) -> tuple[Row, ...]:
        verb, _, rest = order.partition(":")
        name, _, token = rest.partition(":")
        if name != self.spec.name:
            return self.rows
        if verb == "add" and not self.is_full:
            return (*self.rows, _begun(self._row(self._next_token(), {}, is_edited=True)))
        tokens = [row.token for row in self.rows]
        if token not in tokens:
            return self.rows
        place = tokens.index(token)
        if verb == "edit":
            opened = _begun(replace(self.rows[place], is_edited=True))
            return (*self.rows[:place], opened, *self.rows[place + 1 :])
        if verb == "remove":
            return (*self.rows[:place], *self.rows[place + 1 :])
        return _moved(self.rows, place, place + _MOVES.get(verb, 0))

    def _next_token(self) -> str:
        """Tokens below the number of saved rows are theirs, also of those that were taken out."""
        taken = [int(row.token) for row in self.rows]
        return str(max([*taken, len(self.saved) - 1], default=-1) + 1)

    def _are_different(self) -> bool:
        for name in self.spec.unique:
            seen: set[str] = set()
            for row in self.rows:
                value = str(row.form.cleaned_data.get(name) or "").strip()
                if value.casefold() in seen:
                    label = row.form.fields[name].label
                    row.form.add_error(name, f"Another {self.spec.one} has this {str(label).lower()}.")
                if value:
                    seen.add(value.casefold())
        return all(not row.form.errors for row in self.rows)


def _begun(row: Row) -> Row:
    next(iter(row.form.fields.values())).widget.attrs["autofocus"] = True
    return row


def _moved(rows: tuple[Row, ...], place: int, to: int) -> tuple[Row, ...]:
    if not 0 <= to < len(rows):
        return rows
    changed = list(rows)
    changed.insert(to, changed.pop(place))
    return tuple(changed)
