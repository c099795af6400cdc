from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.functional import cached_property

from kith.access.actors import Actor, require
from kith.access.permissions import Permission
from kith.attachments import photos
from kith.attachments.models import Attachment, LibraryEntry, Photo, StoredFile
from kith.contacts.belongings import contact_of, record_ids_of
from kith.contacts.settings.attachment_classes import attachment_classes_in_force
from kith.kernel.errors import NotFound


def attachments_of(contact_id: int, *, actor: Actor) -> QuerySet[Attachment]:
    """Of all its System Refs, newest first."""
    require(actor, Permission.CONTACT_VIEW)
    mine = Attachment.objects.filter(record_id__in=record_ids_of(contact_id))
    return mine.select_related("file", "entry", "entry__file").order_by("-pk")


def attachments_on(record_ids: Sequence[int]) -> int:
    return Attachment.objects.filter(record_id__in=record_ids).count()


@dataclass(frozen=True)
class Opened:
    """An attachment and the contact it hangs on now."""

    attachment: Attachment
    contact_id: int

    @cached_property
    def file(self) -> StoredFile | None:
        """Its own, or that of its library entry; None: a web address."""
        return file_of(self.attachment)


def file_of(attachment: Attachment) -> StoredFile | None:
    return attachment.file or (attachment.entry.file if attachment.entry else None)


def opened(attachment_id: int, *, actor: Actor) -> Opened:
    require(actor, Permission.CONTACT_VIEW)
    rows = Attachment.objects.select_related("file", "entry", "entry__file")
    attachment = rows.filter(pk=attachment_id).first()
    contact_id = contact_of(attachment.record_id) if attachment is not None else None
    if attachment is None or contact_id is None:
        raise NotFound("There is no such attachment.")
    return Opened(attachment, contact_id)


def photo(contact_id: int, *, actor: Actor) -> Photo:
    require(actor, Permission.CONTACT_VIEW)
    found = photos.photo_of(contact_id)
    if found is None:
        raise NotFound("This contact has no photo.")
    return found


def library(*, actor: Actor) -> QuerySet[LibraryEntry]:
    """All entries by name, each with `times`: how often it hangs on contacts."""
    require(actor, Permission.CONTACT_VIEW)
    rows = LibraryEntry.objects.select_related("file").annotate(times=Count("attachments"))
    return rows.order_by("name", "pk")


def offered(*, actor: Actor) -> QuerySet[LibraryEntry]:
    require(actor, Permission.CONTACT_VIEW)
    return LibraryEntry.objects.filter(is_active=True).select_related("file").order_by("name", "pk")


def library_entry(entry_id: int, *, actor: Actor) -> LibraryEntry:
    require(actor, Permission.CONTACT_VIEW)
    entry = LibraryEntry.objects.select_related("file").filter(pk=entry_id).first()
    if entry is None:
        raise NotFound("There is no such entry in the library.")
    return entry


def classes_in_use(codes: Sequence[str]) -> Sequence[str]:
    """Which of these classifications are on an attachment or a library entry."""
    of_attachments = Attachment.objects.filter(class_code__in=codes).values_list("class_code", flat=True)
    of_library = LibraryEntry.objects.filter(class_code__in=codes).values_list("class_code", flat=True)
    return list(of_attachments.union(of_library))


def class_labels() -> dict[str, str]:
    """By code, inactive ones too. One query."""
    return {one.code: one.label for one in attachment_classes_in_force().classes}
