"""Pages of long lists. No total: counting a million rows costs more than showing fifty."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from django.db.models import QuerySet
from django.http import HttpRequest

PAGE_SIZE = 50
LAST_PAGE = 20_000
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    rows: Sequence[Row]
    number: int
    """From 1."""
    size: int
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def first(self) -> int:
        """Position of the first row shown, from 1."""
        return (self.number - 1) * self.size + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1


def page_of(
    rows: QuerySet[Row] | Sequence[Row],  # type: ignore[type-var]  # values querysets have rows that are no models
    request: HttpRequest,
    size: int = PAGE_SIZE,
) -> Page[Row]:
    """The page that `?page=` asks for; nonsense means the first. One row more is read, to know of a next."""
    number = _number(request.GET.get("page", ""))
    start = (number - 1) * size
    found = cast(Sequence[Row], list(rows[start : start + size + 1]))
    return Page(found[:size], number, size, has_next=len(found) > size)


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        return 1
    return min(max(int(text[:9]), 1), LAST_PAGE)
