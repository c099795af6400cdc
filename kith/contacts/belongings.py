"""What people add to a contact hangs on one of its System Refs (ADR 9): which one, and what a contact has."""

from __future__ import annotations

from django.db.models import QuerySet

from kith.contacts.models import Contact
from kith.kernel.errors import NotFound
from kith.sources.models import Membership


def anchor_of(contact_id: int) -> int:
    """The System Ref that something new hangs on: the primary one. NotFound where there is no contact."""
    contact = (
        Contact.objects.filter(pk=contact_id, state=Contact.State.ACTIVE).only("primary_record_id").first()
    )
    members = Membership.objects.filter(contact_id=contact_id)
    if contact is not None and members.filter(record_id=contact.primary_record_id or 0).exists():
        return contact.primary_record_id or 0
    first = members.order_by("record_id").values_list("record_id", flat=True).first()
    if contact is None or first is None:
        raise NotFound("There is no such contact.")
    return first


def locked_anchor_of(contact_id: int) -> int:
    """The same, and it stays of this contact until the transaction ends."""
    list(Contact.objects.select_for_update().filter(pk=contact_id).only("pk"))
    return anchor_of(contact_id)


def record_ids_of(contact_id: int) -> QuerySet[Membership, int]:
    """For `record_id__in=`."""
    return Membership.objects.filter(contact_id=contact_id).values_list("record_id", flat=True)


def contact_of(record_id: int) -> int | None:
    return Membership.objects.filter(record_id=record_id).values_list("contact_id", flat=True).first()
