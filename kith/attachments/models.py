from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from kith.kernel.erasing import ANONYMISED


class StoredFile(models.Model):
    """One sealed file in the store. Its row is written after the file is there, and deleted before it is
    removed; a file without a row is swept.
    """

    key = models.CharField(max_length=32, unique=True)
    """Its name in the store: random."""
    preview_key = models.CharField(max_length=32, default="", blank=True)
    """Of its preview, a PNG or JPEG that Kith drew; '' where it has none."""
    preview_type = models.CharField(max_length=20, default="", blank=True)
    record_id = models.BigIntegerField(db_index=True)
    """Of the System Ref whose key seals it; 0: a file of the library."""
    media_type = models.CharField(max_length=100)
    """By its content, never by what somebody said."""
    size = models.BigIntegerField()
    """In bytes, opened."""

    class Meta:
        indexes = [
            models.Index(fields=["preview_key"], name="stored_file_by_preview", condition=~Q(preview_key=""))
        ]

    def __str__(self) -> str:
        return f"stored file {self.pk}"


class LibraryEntry(models.Model):
    """A reusable file or web address (C14). Nothing of a contact is in it."""

    class Kind(models.TextChoices):
        FILE = "file", "File"
        URL = "url", "Web address"

    kind = models.CharField(max_length=4, choices=Kind)
    name = models.CharField(max_length=120)
    class_code = models.CharField(max_length=30, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    url = models.URLField(max_length=500, default="", blank=True)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, null=True, related_name="library_entry")
    is_active = models.BooleanField(default=True)
    """Only active ones are offered; what hangs on contacts stays."""
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), name="library_entry_name_once_without_case"),
            models.CheckConstraint(
                condition=Q(kind="file", file__isnull=False, url="")
                | (Q(kind="url", file__isnull=True) & ~Q(url="")),
                name="library_entry_is_a_file_or_an_address",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """A file, or an entry of the library, that hangs on a System Ref; so its contact has it."""

    record_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=200)
    class_code = models.CharField(max_length=30, default="", blank=True)
    note = models.CharField(max_length=1000, default="", blank=True)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, null=True, related_name="attachment")
    entry = models.ForeignKey(LibraryEntry, on_delete=models.PROTECT, null=True, related_name="attachments")
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file__isnull=False, entry__isnull=True)
                | Q(file__isnull=True, entry__isnull=False)
                | Q(file__isnull=True, entry__isnull=True, name=ANONYMISED),
                name="attachment_is_a_file_or_an_entry",
            )
        ]

    def __str__(self) -> str:
        return f"attachment {self.pk}"


class Photo(models.Model):
    """The picture of the person or the company's mark. At most one per System Ref; a contact shows one."""

    record_id = models.BigIntegerField(unique=True)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="photo")
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"photo {self.pk}"
