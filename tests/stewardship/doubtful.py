"""Contacts of which a person should say whether they are one, with the evidence that asks."""

from __future__ import annotations

from kith.contacts.models import Contact
from kith.grouping.models import Doubt, Evidence
from kith.stewardship.review.keeping import rebuild
from kith.stewardship.review.models import ReviewItem
from tests.contacts import factories


def asks(left: Contact, right: Contact, *, weight: float = 0.5) -> None:
    """Evidence between the first System Refs of the two."""
    one, other = sorted((first_of(left), first_of(right)))
    Evidence.objects.create(left_id=one, right_id=other, weight=weight, rule=None, groups=False)


def doubts(left: Contact, right: Contact, *, why: Doubt.Why, weight: float = 12.0) -> None:
    one, other = sorted((first_of(left), first_of(right)))
    Evidence.objects.create(left_id=one, right_id=other, weight=weight, rule=None, groups=True)
    Doubt.objects.create(left_id=one, right_id=other, weight=weight, doubt=why)


def first_of(contact: Contact) -> int:
    return contact.memberships.order_by("record_id").values_list("record_id", flat=True)[0]


def two(first: str = "Andreas", last: str = "Georgiou", **more: str) -> tuple[Contact, Contact]:
    """Two contacts of one name in two sources, and nothing else in common."""
    return (
        factories.person(first, last, code="MEMBERS", **more),
        factories.person(first, last, code="TICKETS"),
    )


def asked(*, weight: float = 0.5, first: str = "Andreas", last: str = "Georgiou") -> ReviewItem:
    """One open question about two contacts of this name."""
    left, right = two(first, last)
    asks(left, right, weight=weight)
    rebuild()
    return ReviewItem.objects.get(left_contact_id=left.pk, right_contact_id=right.pk)
