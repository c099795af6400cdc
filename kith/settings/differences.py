"""Two bodies of settings side by side: what was added, removed, changed, with its place in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

_NAMES: Final = ("code", "key", "name", "label")
"""What an entry of a list is known by, if it has one of them."""


@dataclass(frozen=True, slots=True)
class Difference:
    place: str
    """`phones › MOBILE › label`."""
    before: str
    """'' where it was added."""
    after: str


def differences(before: object, after: object) -> tuple[Difference, ...]:
    """Entries of lists are matched by their code or name; other lists count as one value."""
    return tuple(_between(before, after, ()))


def _between(before: object, after: object, place: tuple[str, ...]) -> Iterator[Difference]:
    if before == after:
        return
    left, right = _parts(before), _parts(after)
    if left is None or right is None:
        yield Difference(" › ".join(place), _said(before), _said(after))
        return
    for name in dict.fromkeys([*left, *right]):
        yield from _between(left.get(name), right.get(name), (*place, name))
    if list(left) != list(right) and set(left) == set(right) and not isinstance(before, Mapping):
        yield Difference(" › ".join((*place, "order")), ", ".join(left), ", ".join(right))


def _parts(value: object) -> dict[str, object] | None:
    if isinstance(value, Mapping):
        return {_worded(name): part for name, part in value.items()}
    if not isinstance(value, Sequence) or isinstance(value, str):
        return None
    entries: dict[str, object] = {}
    for entry in value:
        name = _name(entry)
        if name is None or name in entries:
            return None
        entries[name] = entry
    return entries


def _name(entry: object) -> str | None:
    if not isinstance(entry, Mapping):
        return None
    return next((str(entry[name]) for name in _NAMES if entry.get(name)), None)


def _worded(name: object) -> str:
    """A field of a section; codes have no place among the names of one."""
    return str(name).replace("_", " ")


def _said(value: object) -> str:
    """For people, and short."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        said = ", ".join(f"{_worded(name)}: {_said(part)}" for name, part in value.items() if _said(part))
    elif isinstance(value, Sequence) and not isinstance(value, str):
        between = "; " if any(isinstance(part, Mapping) for part in value) else ", "
        said = between.join(_said(part) for part in value)
    else:
        said = str(value)
    return said if len(said) <= 200 else f"{said[:199]}…"
