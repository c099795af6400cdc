"""Questions as lines of a list: whose they are, in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kith.contacts.models import Contact
from kith.grouping.recipe.in_force import matching_in_force
from kith.sources.models import SourceSystem
from kith.stewardship.review.models import ReviewItem
from kith.stewardship.review.patterns import pattern_words
from kith.stewardship.review.question import per_cent


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    item: ReviewItem
    left: str
    right: str
    """Names."""
    probability: str
    words: str
    """What agrees and what differs."""
    sources: tuple[SourceSystem, ...]


def lines(items: Sequence[ReviewItem]) -> list[Line]:
    """A fixed number of queries; none for nothing."""
    if not items:
        return []
    ends = {end for item in items for end in (item.left_contact_id, item.right_contact_id)}
    names = dict(Contact.objects.filter(pk__in=ends).values_list("pk", "name"))
    recipe = matching_in_force().recipe
    sources = list(SourceSystem.objects.order_by("priority", "pk"))
    return [
        Line(
            item=item,
            left=names.get(item.left_contact_id, ""),
            right=names.get(item.right_contact_id, ""),
            probability=per_cent(item.probability),
            words=", ".join(pattern_words(item.pattern, model=recipe.model(item.contact_kind))),
            sources=tuple(source for source in sources if source.pk in item.source_ids),
        )
        for item in items
    ]
