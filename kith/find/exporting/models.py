from __future__ import annotations

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Export(models.Model):
    """A result of a search, to be had as a file for a while. The row stays when the file is removed."""

    SUBJECT: Final = "export"
    """Names it in its progress and in the journal."""

    class Kind(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        VCARD = "vcard", "vCard"

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        RUNNING = "running", "Being written"
        READY = "ready", "Ready"
        CANCELLED = "cancelled", "Cancelled"
        FAILED = "failed", "Failed"
        REMOVED = "removed", "Removed"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=5, choices=Kind)
    columns = ArrayField(models.CharField(max_length=60), default=list)
    """Codes of `columns.columns`; none for vCard."""
    search_token = models.CharField(max_length=64)
    channel = models.CharField(max_length=5, default="", db_default="", blank=True)
    """A `kith.contacts.may.rules.Channel` by which the contacts are to be reached; '': to look at them."""
    message = models.CharField(max_length=9, default="", db_default="", blank=True)
    """A `Message`, with the channel."""
    words = ArrayField(models.TextField(), default=list)
    """What was searched for, without personal values."""
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    total = models.PositiveBigIntegerField(null=True)
    """Contacts, once the job has chosen them."""
    failure = models.CharField(max_length=300, default="", blank=True)
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    asked_at = models.DateTimeField(db_default=Now())
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    file_key = models.CharField(max_length=32, default="", blank=True, db_index=True)
    """Under which the store keeps it."""
    sealed_key = models.BinaryField(null=True)
    """Of this file alone. It goes with the file, so that a copy of the file opens no more."""
    size = models.PositiveBigIntegerField(null=True)
    """Bytes, as downloaded."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready")
                | Q(sealed_key__isnull=False, expires_at__isnull=False, size__isnull=False),
                name="export_ready_has_its_file",
            ),
            models.CheckConstraint(
                condition=Q(channel="", message="") | (~Q(channel="") & ~Q(message="")),
                name="export_for_contacting_says_what_for",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="export_by_user"),
            models.Index(fields=["expires_at"], name="export_by_expiry", condition=Q(state="ready")),
        ]

    def __str__(self) -> str:
        return f"Export {self.pk}"


class ExportedContact(models.Model):
    """A contact that an export under way was asked to hold: chosen once. Gone when the export has ended."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="+", db_index=False)
    contact_id = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "contact_id"], name="exported_contact_once")]

    def __str__(self) -> str:
        return f"GroupID {self.contact_id} of export {self.export_id}"
