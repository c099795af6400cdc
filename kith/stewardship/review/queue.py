"""The queue in its order, as a steward filters it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlencode

from django.db.models import F, Q, QuerySet

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.contacts.possible_duplicates import PossibleDuplicates
from kith.kernel import clock
from kith.kernel.errors import NotFound
from kith.stewardship.review.models import ReviewBatch, ReviewItem

TAKEN_BACK_WITHIN: Final = timedelta(hours=12)
MOST_COUNTED: Final = 10_000
WHOSE: Final = (("", "Anybody"), ("me", "Me"), ("nobody", "Nobody"))
_ORDER: Final = (F("turn").asc(), F("priority").desc(), F("id").asc())
_ORDER_BACK: Final = (F("turn").desc(), F("priority").asc(), F("id").desc())


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    source_id: int | None = None
    kind: str = ""
    at_least: int | None = None
    """Per cent of the match probability, as is `at_most`."""
    at_most: int | None = None
    whose: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Filters:
        """From a query; what cannot be read filters nothing."""
        kind, whose = given.get("kind", ""), given.get("whose", "")
        return cls(
            source_id=_number(given.get("source", "")),
            kind=kind if kind in ReviewItem.Kind.values else "",
            at_least=_per_cent(given.get("at_least", "")),
            at_most=_per_cent(given.get("at_most", "")),
            whose=whose if whose in dict(WHOSE) else "",
        )

    @property
    def query(self) -> str:
        """Read back by `read`; '' where nothing is filtered."""
        said = {
            "source": self.source_id,
            "kind": self.kind,
            "at_least": self.at_least,
            "at_most": self.at_most,
            "whose": self.whose,
        }
        return urlencode({name: value for name, value in said.items() if value not in {None, ""}})


def _number(text: str) -> int | None:
    return int(text[:18]) if text.isascii() and text.isdigit() else None


def _per_cent(text: str) -> int | None:
    number = _number(text)
    return None if number is None else min(number, 100)


def in_order(*, actor: Actor, filters: Filters | None = None) -> QuerySet[ReviewItem]:
    """The open questions, the most pressing first, those skipped after all others."""
    require(actor, Permission.CONTACT_GROUP)
    return _filtered(filters or Filters(), actor).order_by(*_ORDER)


def item_of(item_id: int, *, actor: Actor) -> ReviewItem:
    """One question, whatever became of it."""
    require(actor, Permission.CONTACT_GROUP)
    item = ReviewItem.objects.select_related("assigned_to").filter(pk=item_id).first()
    if item is None:
        raise NotFound("There is no such question.")
    return item


def batch_of(batch_id: int, *, actor: Actor) -> ReviewBatch:
    require(actor, Permission.CONTACT_GROUP)
    batch = ReviewBatch.objects.select_related("asked_by").filter(pk=batch_id).first()
    if batch is None:
        raise NotFound("There is no such batch.")
    return batch


def _filtered(filters: Filters, actor: Actor) -> QuerySet[ReviewItem]:
    condition = Q(state=ReviewItem.State.OPEN)
    if filters.source_id is not None:
        condition &= Q(source_ids__contains=[filters.source_id])
    if filters.kind:
        condition &= Q(kind=filters.kind)
    if filters.at_least is not None:
        condition &= Q(probability__gte=filters.at_least / 100)
    if filters.at_most is not None:
        condition &= Q(probability__lte=filters.at_most / 100)
    if filters.whose == "me":
        condition &= Q(assigned_to_id=actor.user_id)
    elif filters.whose == "nobody":
        condition &= Q(assigned_to__isnull=True)
    return ReviewItem.objects.filter(condition)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a question stands among those that the filters leave."""

    number: int
    """From 1."""
    total: int
    """At most MOST_COUNTED; then `is_more`."""
    before: int | None
    """Ids of its neighbours."""
    after: int | None

    @property
    def is_more(self) -> bool:
        return self.total >= MOST_COUNTED


def place_of(item: ReviewItem, *, actor: Actor, filters: Filters) -> Place:
    ahead = in_order(actor=actor, filters=filters).filter(_ahead_of(item))
    after = in_order(actor=actor, filters=filters).filter(behind(item))
    number = 1 + ahead.order_by()[:MOST_COUNTED].count()
    return Place(
        number=number,
        total=min(number + after.order_by()[:MOST_COUNTED].count(), MOST_COUNTED),
        before=ahead.order_by(*_ORDER_BACK).values_list("pk", flat=True).first(),
        after=after.values_list("pk", flat=True).first(),
    )


def next_after(item: ReviewItem, *, actor: Actor, filters: Filters) -> ReviewItem | None:
    """What is asked when this one is answered or skipped: the next behind it, else the first of all."""
    waiting = in_order(actor=actor, filters=filters).exclude(pk=item.pk)
    return waiting.filter(behind(item)).first() or waiting.first()


def _ahead_of(item: ReviewItem) -> Q:
    return (
        Q(turn__lt=item.turn)
        | Q(turn=item.turn, priority__gt=item.priority)
        | Q(turn=item.turn, priority=item.priority, pk__lt=item.pk)
    )


def behind(item: ReviewItem) -> Q:
    """What comes after it in the order of the queue."""
    return (
        Q(turn__gt=item.turn)
        | Q(turn=item.turn, priority__lt=item.priority)
        | Q(turn=item.turn, priority=item.priority, pk__gt=item.pk)
    )


def like(item: ReviewItem) -> QuerySet[ReviewItem]:
    """The open questions of the same kind on which the same fields agree and differ, this one among them."""
    alike = ReviewItem.objects.filter(
        state=ReviewItem.State.OPEN,
        kind=item.kind,
        contact_kind=item.contact_kind,
        pattern=item.pattern,
    )
    return alike.exclude(pattern="").order_by(*_ORDER)


def asked_about(contact_ids: Sequence[int]) -> frozenset[int]:
    """Those of these contacts that may have a duplicate: a question about them is open (K12). One query."""
    asked = list(contact_ids)
    ends = ReviewItem.objects.filter(state=ReviewItem.State.OPEN).order_by()
    left = ends.filter(left_contact_id__in=asked).values_list("left_contact_id", flat=True)
    right = ends.filter(right_contact_id__in=asked).values_list("right_contact_id", flat=True)
    return frozenset(left.union(right))


def has_questions() -> Q:
    """Of `Contact`: those about whom a question is open (K12)."""
    ends = ReviewItem.objects.filter(state=ReviewItem.State.OPEN).order_by()
    return Q(pk__in=ends.values("left_contact_id")) | Q(pk__in=ends.values("right_contact_id"))


POSSIBLE_DUPLICATES: Final = PossibleDuplicates(among=asked_about, condition=has_questions)
"""For the setting KITH_POSSIBLE_DUPLICATES."""


def about_both(item: ReviewItem) -> QuerySet[ReviewItem]:
    """Another question about the same two contacts that stands: there is one at most."""
    same = ReviewItem.objects.filter(
        left_contact_id=item.left_contact_id, right_contact_id=item.right_contact_id
    )
    return same.filter(state__in=[ReviewItem.State.OPEN, ReviewItem.State.WAITING]).exclude(pk=item.pk)


def about(contact_id: int) -> QuerySet[ReviewItem]:
    """The open questions about a contact, the most pressing first."""
    ends = Q(left_contact_id=contact_id) | Q(right_contact_id=contact_id)
    return ReviewItem.objects.filter(ends, state=ReviewItem.State.OPEN).order_by(*_ORDER)


def last_answer(*, actor: Actor) -> ReviewItem | None:
    """What this person answered last and can take back with one key; not what a batch answered."""
    if actor.user_id is None:
        return None
    mine = ReviewItem.objects.filter(
        decided_by_id=actor.user_id,
        decided_at__gte=clock.now() - TAKEN_BACK_WITHIN,
        batch__isnull=True,
    ).exclude(operation__undone_by__isnull=False)
    return mine.select_related("operation").order_by("-decided_at", "-pk").first()
