"""The rows of a list: a name, and the columns one chose, as one may read them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.safestring import SafeString

from kith.contacts import queries
from kith.contacts.models import Contact
from kith.contacts.possible_duplicates import possible_duplicates
from kith.contacts.rights.rules import Sight
from kith.contacts.standing import standing_of
from kith.find.cells import SOURCES, Cell, drawn
from kith.find.exporting.columns import STANDING, Column, columns
from kith.find.exporting.rows import Reader
from kith.find.eyes import Eyes
from kith.find.searches import Search
from kith.web.templatetags.kith import sourcedots

NAME: Final = "name"
USUAL: Final = ("group_id", "birth_date", "email", "phone", "address_city", SOURCES)
MOST_COLUMNS: Final = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedContact:
    pk: int
    name: str
    kind: str
    cells: SafeString
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
    stored = {pk: (kind, source_ids) for pk, kind, source_ids in _stored(ids)}
    carried = standing_of(list(ids))
    sources = queries.sources_by_id()
    found = []
    for pk in ids:
        if pk not in read or pk not in stored:
            continue
        name, *texts, _ = read[pk]
        told = iter(texts)
        cells = tuple(Cell(one.code, one.label, "" if one.code == SOURCES else next(told)) for one in shown)
        kind, source_ids = stored[pk]
        dots = sourcedots(sources, source_ids)
        found.append(
            ListedContact(
                pk=pk,
                name=name,
                kind=kind,
                cells=drawn(cells, sources=dots),
                is_suppressed=bool(carried[pk]),
            )
        )
    return found


_KEY: Final = Column(code="key", label="", sql="c.id::text")


def _stored(ids: Sequence[int]) -> list[tuple[int, str, list[int]]]:
    return list(Contact.objects.filter(pk__in=ids).values_list("pk", "kind", "source_ids"))


def doubtful(ids: Sequence[int]) -> frozenset[int]:
    return possible_duplicates().among(ids)
