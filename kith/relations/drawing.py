"""The picture of a household, or of a company and its people: where its boxes and lines stand.

Drawn for a screen of 390 px: two columns of boxes left and right of a line that leads to the contact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from kith.contacts.models import Contact
from kith.matching.records import PERSON
from kith.relations.queries import Key, Related

HOUSEHOLD: Final = frozenset({"PARENT", "PARTNER", "CHILD", "FAMILY_MEMBER"})
ABOVE: Final = frozenset({"PARENT"})
MOST: Final = 15
WIDTH: Final = 340
BOX_WIDTH: Final = 156
BOX_HEIGHT: Final = 42
ROW: Final = 52
MOST_LETTERS: Final = 20


@dataclass(frozen=True, slots=True)
class Box:
    x: int
    y: int
    name: str
    """Cut to what fits."""
    label: str
    """What it is to the contact; '' for the contact itself."""

    @property
    def middle(self) -> int:
        return self.y + BOX_HEIGHT // 2

    @property
    def near(self) -> int:
        """Where its line ends: at the side that looks to the middle."""
        return self.x + BOX_WIDTH if self.x == 0 else self.x


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    title: str
    text: str
    """Everything the picture shows, in words."""
    height: int
    width: int
    boxes: tuple[Box, ...]
    contact: Box
    top: int
    bottom: int
    """Between which the line in the middle runs."""
    more: int
    """How many it leaves out."""


def pictured(kind: str, keys: Iterable[Key]) -> list[Key]:
    """Those that the picture is of: the household of a person, the people of a company."""
    if kind == PERSON:
        return [one for one in keys if one.code in HOUSEHOLD]
    return [one for one in keys if one.kind == PERSON]


def picture(contact: Contact, shown: Sequence[Related], *, more: int) -> Picture | None:
    """None where there is nobody to draw."""
    if not shown:
        return None
    above = [one for one in shown if one.code in ABOVE and contact.kind == PERSON]
    below = [one for one in shown if one not in above]
    boxes = list(_rows(above, y=0))
    own = Box((WIDTH - BOX_WIDTH) // 2, _rows_of(above) * ROW, _cut(_name(contact.name)), "")
    boxes += _rows(below, y=own.y + ROW)
    end = max(own.y, *(box.y for box in boxes)) + BOX_HEIGHT
    return Picture(
        title="Household" if contact.kind == PERSON else "People of this company",
        text=_in_words(contact, shown, more),
        height=end + (26 if more else 4),
        width=WIDTH,
        boxes=tuple(boxes),
        contact=own,
        top=min(own.middle, *(box.middle for box in boxes)),
        bottom=max(own.middle, *(box.middle for box in boxes)),
        more=more,
    )


def _rows_of(some: Sequence[Related]) -> int:
    return (len(some) + 1) // 2


def _rows(some: Sequence[Related], *, y: int) -> Iterable[Box]:
    for at, one in enumerate(some):
        x = 0 if at % 2 == 0 else WIDTH - BOX_WIDTH
        yield Box(x, y + at // 2 * ROW, _cut(_name(one.name)), _cut(one.label))


def _name(name: str) -> str:
    return name or "No name"


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1].rstrip()}…"


def _in_words(contact: Contact, shown: Sequence[Related], more: int) -> str:
    said = "; ".join(f"{one.label}: {_name(one.name)}" for one in shown)
    return f"{_name(contact.name)}. {said}{f'; and {more:,} more' if more else ''}."
