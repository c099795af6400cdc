"""What is said about one contact on paper or in a file: sections that rooms declare.

`kith.config.printout_sections` puts them in order (KITH_PRINTOUT_SECTIONS).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from kith.access.actors import Actor
from kith.access.permissions import Permission
from kith.contacts.models import Contact
from kith.contacts.rights.rules import Shown, Sight
from kith.sources.models import SourceRecord

MOST_ROWS: Final = 5_000
"""Of one section; beyond them it says that there are more."""

COLLEAGUE: Final = "A colleague"
"""Who works here is a person too, and not the one who asks."""

Cell = str | int | Decimal | date | datetime | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One contact, and through whose eyes it is looked at."""

    contact: Contact
    """As it may be read (`rights.seeing`): its values can be written down as they are."""
    records: tuple[SourceRecord, ...]
    """In the same way."""
    actor: Actor
    sight: Sight
    masks_others: bool = False
    """Of third persons nothing is told that tells who they are."""

    def by(self, name: str, *, is_colleague: bool) -> str:
        """Who did something, as this report tells it."""
        return COLLEAGUE if is_colleague and self.masks_others else name

    def said_by(self, record_id: object) -> SourceRecord | None:
        return next((one for one in self.records if one.pk == record_id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    field: str
    label: str
    value: Cell
    words: str = ""
    """How it reads, where that is not how it is stored."""
    note: str = ""
    source: str = ""
    said_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Column:
    key: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    is_cut: bool = False
    """There are more than `MOST_ROWS`: the newest are here."""


Content = Facts | Table


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSection:
    key: str
    label: str
    about: str
    """For whoever chooses."""
    load: Callable[[Subject], Content]
    """In a number of queries that does not grow with what there is."""
    permission: Permission = Permission.CONTACT_VIEW
    is_usual: bool = True
    """Chosen until somebody chooses otherwise."""
    only_in: str = ""
    """Key of the one preset that has it; '': all have."""


def columns(**labels: str) -> tuple[Column, ...]:
    return tuple(Column(key, label) for key, label in labels.items())


def table(heads: Mapping[str, str], rows: list[tuple[Cell, ...]]) -> Table:
    """`rows`: one more than `MOST_ROWS` were asked for."""
    return Table(columns=columns(**heads), rows=tuple(rows[:MOST_ROWS]), is_cut=len(rows) > MOST_ROWS)


def fact(
    subject: Subject,
    field: str,
    label: str,
    value: Cell,
    *,
    words: str = "",
    note: str = "",
    source: str = "",
    said_at: datetime | None = None,
) -> Fact | None:
    """None: there is nothing, or nothing to be seen. What is masked reads as it is masked."""
    if value is None or value == "":
        return None
    if subject.sight.shows(field) is not Shown.SHOWN:
        words = ""
    return Fact(field=field, label=label, value=value, words=words, note=note, source=source, said_at=said_at)
