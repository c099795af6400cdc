"""The contacts of a search in order, page by page: each goes on from a GroupID, none costs more.

Up to `LOOKED_AT` contacts are read at once and put in order here. Of more, an order that was asked for is the
database's: of at most `COUNTED` all are sorted; of still more the index of that order is walked, in which
those sought stand close together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan, TupleLessThan
from django.db.models.functions import Lower

from kith.contacts.models import Contact
from kith.contacts.possible_duplicates import possible_duplicates
from kith.contacts.queries import MOST_CANDIDATES
from kith.contacts.rights.rules import Sight
from kith.find.choosing import chosen
from kith.find.searches import TEXT, Search, SortKey
from kith.matching.cleaning.text import fold_words

PAGE_SIZE: Final = 25
LOOKED_AT: Final = MOST_CANDIDATES
COUNTED: Final = 10_000
_BY_WORDS: Final = frozenset(
    (TEXT, "name", "first_name", "last_name", "company_name", "email", "phone", "postcode", "system_ref")
)
"""Criteria that the index of words answers at once, without looking at everybody."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind a GroupID, or before it; neither: at the start."""

    after: int | None = None
    before: int | None = None


START: Final = Place()


@dataclass(frozen=True, slots=True)
class Counted:
    number: int
    is_more: bool = False

    @property
    def words(self) -> str:
        if self.is_more:
            return f"more than {self.number:,} contacts"
        return f"{self.number:,} contact{'' if self.number == 1 else 's'}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    ids: tuple[int, ...]
    counted: Counted
    is_cut: bool = False
    """Only the first `LOOKED_AT` that came to hand are in this list."""
    has_next: bool = False
    has_previous: bool = False

    @property
    def after(self) -> int | None:
        return self.ids[-1] if self.has_next else None

    @property
    def before(self) -> int | None:
        return self.ids[0] if self.has_previous else None


def listed(search: Search, *, sight: Sight, place: Place = START, size: int = PAGE_SIZE) -> Listed:
    found = chosen(search, sight=sight)
    looked_at = list(found.values_list("name", "pk")[: LOOKED_AT + 1])
    if len(looked_at) <= LOOKED_AT:
        return _page(_in_order(looked_at, search), place, size, Counted(len(looked_at)))
    if _takes_the_first(search):
        first = _in_order(looked_at[:LOOKED_AT], search)
        return _page(first, place, size, Counted(LOOKED_AT, is_more=True), is_cut=True)
    return _walked(found, search, place, size)


def counted(search: Search, *, sight: Sight) -> Counted:
    """Exact up to `COUNTED`."""
    return _counted(chosen(search, sight=sight))


def _counted(found: QuerySet[Contact]) -> Counted:
    number = found.values("pk")[: COUNTED + 1].count()
    return Counted(min(number, COUNTED), is_more=number > COUNTED)


def _takes_the_first(search: Search) -> bool:
    """Whoever has a caller on the line types another word sooner than a thousand contacts are sorted."""
    if search.sort.key is SortKey.DUPLICATES:
        return True
    return search.sort.key is SortKey.FOUND and not _BY_WORDS.isdisjoint(search.values)


def _in_order(rows: Sequence[tuple[str, int]], search: Search) -> list[int]:
    ids = [pk for _, pk in sorted(rows, key=_by_name)]
    match search.sort.key:
        case SortKey.DUPLICATES:
            doubtful = possible_duplicates().among(ids)
            return sorted(ids, key=lambda pk: pk not in doubtful)
        case SortKey.GROUP_ID:
            ids.sort()
        case SortKey.UPDATED:
            by_time = Contact.objects.filter(pk__in=ids).order_by(
                F("claims_received_at").asc(nulls_first=True), "pk"
            )
            ids = list(by_time.values_list("pk", flat=True))
        case _:
            pass
    return ids[::-1] if search.sort.descending else ids


def _by_name(row: tuple[str, int]) -> tuple[list[str], int]:
    """Word by word, without regard to case and accents."""
    return list(fold_words(row[0])), row[1]


def _page(ids: Sequence[int], place: Place, size: int, counted: Counted, *, is_cut: bool = False) -> Listed:
    """A GroupID that is not among them any more leads to the start."""
    start = 0
    if place.after in ids:
        start = ids.index(place.after) + 1
    elif place.before in ids:
        start = max(ids.index(place.before) - size, 0)
    return Listed(
        ids=tuple(ids[start : start + size]),
        counted=counted,
        is_cut=is_cut,
        has_next=len(ids) > start + size,
        has_previous=start > 0,
    )


_KEYS: Final[dict[SortKey, tuple[Combinable, ...]]] = {
    SortKey.NAME: (Lower("name"), F("id")),
    SortKey.UPDATED: (F("claims_received_at"), F("id")),
    SortKey.GROUP_ID: (F("id"),),
}


def _walked(found: QuerySet[Contact], search: Search, place: Place, size: int) -> Listed:
    keys = _KEYS.get(search.sort.key, _KEYS[SortKey.NAME])
    if SortKey.UPDATED is search.sort.key:
        found = found.exclude(claims_received_at__isnull=True)
    number = _counted(found)
    rows = found if number.is_more else Contact.objects.filter(pk__in=found.values("pk")[:COUNTED])
    anchor = place.after or place.before
    backwards = place.after is None and place.before is not None
    descending = search.sort.descending is not backwards
    if anchor is not None:
        rows = rows.filter(_beyond(keys, anchor, descending=descending))
    order = [key.desc() if descending else key.asc() for key in keys]  # type: ignore[attr-defined]  # F and Lower have both
    with transaction.atomic():
        if number.is_more:
            _walk_the_index()
        ids = list(rows.order_by(*order).values_list("pk", flat=True)[: size + 1])
    has_more, ids = len(ids) > size, ids[:size]
    return Listed(
        ids=tuple(ids[::-1] if backwards else ids),
        counted=number,
        has_next=has_more if not backwards else True,
        has_previous=has_more if backwards else anchor is not None,
    )


def _beyond(keys: Sequence[Combinable], anchor: int, *, descending: bool) -> Q:
    here = Contact.objects.filter(pk=anchor).values_list(*keys).first()
    if here is None:
        return Q()
    if len(keys) == 1:
        return Q(pk__lt=anchor) if descending else Q(pk__gt=anchor)
    beyond = TupleLessThan if descending else TupleGreaterThan
    return Q(beyond(Tuple(*keys), here))


def _walk_the_index() -> None:
    """Those sought are many: the planner, who cannot tell how many a word has, must not sort them all."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
