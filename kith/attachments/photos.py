"""Which photo a contact shows: that of its primary System Ref, else the newest of the others (C21)."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Value, When
from django.urls import reverse

from kith.attachments.models import Photo
from kith.contacts.belongings import record_ids_of
from kith.contacts.models import Contact


def photo_of(contact_id: int) -> Photo | None:
    leads = Contact.objects.filter(pk=contact_id).values("primary_record_id")
    first = Case(When(record_id__in=leads, then=Value(0)), default=Value(1), output_field=IntegerField())
    mine = Photo.objects.filter(record_id__in=record_ids_of(contact_id)).select_related("file")
    return mine.order_by(first, "-pk").first()


def photo_url(contact_id: int) -> str:
    """'' where the contact has none. Another photo has another address, so a browser may keep one."""
    photo = photo_of(contact_id)
    return reverse("attachments:photo", args=(contact_id, photo.pk)) if photo else ""
