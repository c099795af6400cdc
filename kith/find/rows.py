"""The rows of a list: a name, and the columns one chose, as one may read them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, TypeVar

from kith.contacts.models import Contact
from kith.contacts.possible_duplicates import possible_duplicates
from kith.contacts.rights.rules import Sight
from kith.contacts.standing import standing_of
from kith.find.exporting.columns import STANDING, Column, columns
from kith.find.exporting.rows import Reader
from kith.find.eyes import Eyes
from kith.find.searches import Search

NAME: Final = "name"
SOURCES: Final = "sources"
USUAL: Final = ("group_id", "birth_date", "email", "phone", "address_city", SOURCES)
MOST_COLUMNS: Final = 12
_DAYS: Final = frozenset({"birth_date", "established_on", "id_number_expires", "passport_expires"})
_MOMENTS: Final = frozenset({"created", "updated"})
_PHONES: Final = frozenset({"phone"})
_MONOSPACED: Final = frozenset({"group_id", "system_refs"})


_Moment = TypeVar("_Moment", date, datetime)


def _read(how: Callable[[str], _Moment], text: str) -> _Moment | None:
    try:
        return how(text)
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Cell:
    code: str
    label: str
    text: str

    @property
    def day(self) -> date | None:
        """None of what is masked."""
        return _read(date.fromisoformat, self.text) if self.code in _DAYS else None

    @property
    def moment(self) -> datetime | None:
        return _read(datetime.fromisoformat, self.text) if self.code in _MOMENTS else None

    @property
    def reads(self) -> str:
        """How a template shows it."""
        for kind, codes in (("when", _DAYS | _MOMENTS), ("phone", _PHONES), ("mono", _MONOSPACED)):
            if self.code in codes:
                return kind
        return SOURCES if self.code == SOURCES else "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedContact:
    pk: int
    name: str
    kind: str
    source_ids: Sequence[int]
    cells: tuple[Cell, ...]
    is_suppressed: bool


def offered() -> tuple[Column, ...]:
    """What a list can show beside the name and its chips."""
    return tuple(one for one in columns() if one.code not in {NAME, STANDING, "kind"})


def columns_of(search: Search) -> tuple[Column, ...]:
    """In the order of the list; a code that means nothing any more is left out."""
    wanted = set(search.columns[:MOST_COLUMNS]) or set(USUAL)
    return tuple(one for one in offered() if one.code in wanted)


def rows_of(ids: Sequence[int], *, shown: Sequence[Column], sight: Sight) -> list[ListedContact]:
    """In the order of the ids. As many queries for one as for fifty."""
    named = [one for one in columns() if one.code == NAME]
    reader = Reader((*named, *(one for one in shown if one.code != SOURCES), _KEY), Eyes(sight))
    read = {int(texts[-1]): texts for texts in reader.rows(list(ids))}
    stored = {pk: (kind, sources) for pk, kind, sources in _stored(ids)}
    carried = standing_of(list(ids))
    found = []
    for pk in ids:
        if pk not in read or pk not in stored:
            continue
        name, *texts, _ = read[pk]
        told = iter(texts)
        cells = tuple(Cell(one.code, one.label, "" if one.code == SOURCES else next(told)) for one in shown)
        kind, sources = stored[pk]
        found.append(
            ListedContact(
                pk=pk, name=name, kind=kind, source_ids=sources, cells=cells, is_suppressed=bool(carried[pk])
            )
        )
    return found


_KEY: Final = Column(code="key", label="", sql="c.id::text")


def _stored(ids: Sequence[int]) -> list[tuple[int, str, list[int]]]:
    return list(Contact.objects.filter(pk__in=ids).values_list("pk", "kind", "source_ids"))


def doubtful(ids: Sequence[int]) -> frozenset[int]:
    return possible_duplicates().among(ids)
