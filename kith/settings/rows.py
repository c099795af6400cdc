"""Lists in a form: rows that can be added, removed, moved and edited in place, without JavaScript.

What is typed travels with the form; nothing is kept on the server until somebody saves. Of a list `phones` a
form sends `phones` once per row, in their order (the row's token), and the fields of each row as
`phones-<token>-<field>`; a button sends `do`: `add:phones`, `up:phones:3`, `down:phones:3` or
`remove:phones:3`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django import forms
from django.http import QueryDict

MOST_ROWS: Final = 400
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


@dataclass(frozen=True, slots=True)
class Row:
    token: str
    form: RowForm
    values: Values
    """As typed, or as saved."""

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
        self.rows = tuple(self._row(token, values, data if not order else None) for token, values in typed)
        if order:
            self.rows = self._ordered(order)

    @property
    def is_full(self) -> bool:
        return len(self.rows) >= MOST_ROWS

    def is_valid(self) -> bool:
        valid = [row.form.is_valid() for row in self.rows]
        return all(valid) and self._are_different()

    def cleaned(self) -> list[Values]:
        return [row.form.cleaned_data for row in self.rows]

    def _saved(self) -> list[tuple[str, Values]]:
        return [(str(place), values) for place, values in enumerate(self.saved)]

    def _sent(self, data: QueryDict) -> list[tuple[str, Values]]:
        tokens = [token for token in data.getlist(self.spec.name) if token.isascii() and token.isdigit()]
        tokens = [token for token in dict.fromkeys(tokens) if len(token) <= 4][:MOST_ROWS]
        return [(token, self._typed(token, data)) for token in tokens]

    def _typed(self, token: str, data: QueryDict) -> Values:
        prefix = f"{self.spec.name}-{token}"
        fields = self.spec.form.base_fields
        return {
            name: field.widget.value_from_datadict(data, {}, f"{prefix}-{name}")
            for name, field in fields.items()
        }

    def _row(self, token: str, values: Values, data: QueryDict | None) -> Row:
        form = self.spec.form(data, prefix=f"{self.spec.name}-{token}", initial=dict(values))
        place = int(token)
        before = self.saved[place] if place < len(self.saved) else {}
        for name in self.spec.form.fixed:
            if before.get(name):
                form.fields[name].widget.attrs["readonly"] = True
                form.fields[name].disabled = True
                form.initial[name] = before[name]
                values = {**values, name: before[name]}
        form.settle(before)
        return Row(token, form, values)

    def _ordered(self, order: str) -> tuple[Row, ...]:
        verb, _, rest = order.partition(":")
        name, _, token = rest.partition(":")
        if name != self.spec.name:
            return self.rows
        if verb == "add" and not self.is_full:
            added = self._row(self._next_token(), {}, None)
            next(iter(added.form.fields.values())).widget.attrs["autofocus"] = True
            return (*self.rows, added)
        tokens = [row.token for row in self.rows]
        if token not in tokens:
            return self.rows
        place = tokens.index(token)
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


def _moved(rows: tuple[Row, ...], place: int, to: int) -> tuple[Row, ...]:
    if not 0 <= to < len(rows):
        return rows
    changed = list(rows)
    changed.insert(to, changed.pop(place))
    return tuple(changed)
