from __future__ import annotations

from typing import Final
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Erasure(models.Model):
    """One contact that somebody asked to be anonymised, and how far that is."""

    SUBJECT: Final = "erasure"
    """Names it in the journal and in the progress of jobs."""

    class State(models.TextChoices):
        WAITS_SECOND = "waits_second", "Waits for a second person"
        QUEUED = "queued", "Ordered"
        BLOCKED = "blocked", "Blocked"
        ERASED = "erased", "Under way: rows are gone"
        FILES_GONE = "files_gone", "Under way: files are gone"
        SETTLED = "settled", "Under way: being proved"
        STUCK = "stuck", "Not proved"
        DONE = "done", "Anonymised and proved"
        CANCELLED = "cancelled", "Cancelled"

    class Route(models.TextChoices):
        ACTION = "action", "By hand"
        BATCH = "batch", "Scheduled batch"
        CONSENT = "consent", "Consent withdrawn"
        REQUEST = "request", "Request of the person"
        RETENTION = "retention", "Retention rule"
        REPLAY = "replay", "Replayed after a restore"

    OPEN: Final = (State.WAITS_SECOND, State.QUEUED, State.BLOCKED)
    """May be cancelled still."""
    ENDED: Final = (State.DONE, State.CANCELLED)

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=uuid4, editable=False)
    contact_id = models.BigIntegerField(db_index=True)
    """GroupID."""
    route = models.CharField(max_length=9, choices=Route, default=Route.ACTION)
    state = models.CharField(max_length=12, choices=State, default=State.QUEUED)
    blocked = models.JSONField(default=list)
    """Codes of what blocks it, as last looked at."""
    record_ids = ArrayField(models.BigIntegerField(), default=list, db_default=[])
    """System Refs that whoever asked, approved or tried again has seen: no others go. Empty: of a batch,
    which asks about each at night, and of a replay."""
    months = models.PositiveSmallIntegerField(default=0, db_default=0)
    """Of a retention rule: as long without any dealings, besides what the settings ask for."""
    records = models.PositiveIntegerField(default=0)
    """System Refs that were erased."""
    counts = models.JSONField(default=dict)
    """What was erased: {label: rows}."""
    request_id = models.BigIntegerField(null=True)
    """The request of the person it answers."""
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    asked_as = models.CharField(max_length=120)
    asked_at = models.DateTimeField(db_default=Now())
    second_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    second_at = models.DateTimeField(null=True)
    erased_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    """Of what it is at, how often that was tried."""
    trouble = models.CharField(max_length=60, default="", blank=True)
    """Places where the proof found something; never what."""
    needle_key = models.BinaryField(null=True)
    """One half of what the proof looks for; the other lies in a file, and neither can be read alone."""
    tables_at = models.DateTimeField(null=True)
    """Since when no page of a table holds it below the rows."""
    storage_at = models.DateTimeField(null=True)
    """When the storage below the rows was last rewritten after it."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact_id"],
                name="erasure_one_at_a_time",
                condition=~Q(state__in=["done", "cancelled"]),
            ),
            models.CheckConstraint(
                condition=Q(state__in=["done", "cancelled"], ended_at__isnull=False)
                | (~Q(state__in=["done", "cancelled"]) & Q(ended_at__isnull=True)),
                name="erasure_ended_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=["erased", "files_gone", "settled", "stuck", "done"], erased_at__isnull=False
                )
                | (
                    Q(state__in=["waits_second", "queued", "blocked", "cancelled"])
                    & Q(erased_at__isnull=True)
                ),
                name="erasure_erased_has_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["-asked_at"], name="erasure_by_time"),
            models.Index(
                fields=["id"], name="erasure_unfinished", condition=~Q(state__in=["done", "cancelled"])
            ),
        ]

    def __str__(self) -> str:
        return f"Erasure {self.pk} of GroupID {self.contact_id}"


class ErasedFile(models.Model):
    """A file that has to go; its key says nothing of the person."""

    erasure = models.ForeignKey(Erasure, on_delete=models.CASCADE, related_name="files")
    place = models.CharField(max_length=10)
    """A `kith.kernel.erasing.FilePlace`."""
    key = models.CharField(max_length=255)
    what = models.CharField(max_length=60)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["erasure", "place", "key"], name="erased_file_once")]

    def __str__(self) -> str:
        return f"{self.what} of erasure {self.erasure_id}"


class Certificate(models.Model):
    """What was searched after an erasure, and what was found: signed, without a value of the person."""

    erasure = models.OneToOneField(Erasure, on_delete=models.PROTECT, related_name="certificate")
    body = models.JSONField()
    signature = models.BinaryField()
    """Ed25519 over the canonical JSON of `body`."""
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"certificate of erasure {self.erasure_id}"
