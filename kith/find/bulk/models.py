from __future__ import annotations

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class BulkChange(models.Model):
    """One detail set to one value on all contacts that a search found when it was confirmed."""

    SUBJECT: Final = "bulk_change"
    """Names it in its progress and in the journal."""

    class Kind(models.TextChoices):
        CATEGORY = "category", "Category"
        OWNER = "owner", "Owning team"
        EMAIL_TYPE = "email_type", "Type of the primary e-mail"

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    value = models.CharField(max_length=40, default="", blank=True)
    """Code of a category or a type, id of a team; '' clears."""
    words = ArrayField(models.TextField(), default=list)
    """What was searched for, without personal values."""
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    total = models.PositiveBigIntegerField(default=0)
    changed_count = models.PositiveBigIntegerField(default=0)
    """Made by it and standing: less after an undo."""
    same_count = models.PositiveBigIntegerField(default=0)
    """Had it already."""
    refused_count = models.PositiveBigIntegerField(default=0)
    kept_count = models.PositiveBigIntegerField(default=0)
    """Not undone: changed again since, or its processing is restricted by now."""
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    undo_user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    undo_actor = models.CharField(max_length=120, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "running", "undoing"]) | Q(finished_at__isnull=False),
                name="bulk_change_ended_has_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"Bulk change {self.pk}"


class ChangedContact(models.Model):
    """One contact of a bulk change, and what is needed to take its change back."""

    class State(models.TextChoices):
        WAITING = "waiting", "Not yet"
        CHANGED = "changed", "Changed"
        SAME = "same", "Had it already"
        NOTHING = "nothing", "Has nothing to change it on"
        MANDATORY = "mandatory", "Would lack what is mandatory"
        FORBIDDEN = "forbidden", "May not be changed by whoever asked"
        RESTRICTED = "restricted", "Its processing is restricted"
        GONE = "gone", "Not there any more"
        UNDONE = "undone", "Undone"
        KEPT = "kept", "Stays: changed again since, or restricted"

    bulk_change = models.ForeignKey(BulkChange, on_delete=models.CASCADE, related_name="+", db_index=False)
    contact_id = models.BigIntegerField(db_index=True)
    """As it was called then; what was changed hangs on `record_id`."""
    state = models.CharField(max_length=10, choices=State, db_default=State.WAITING)
    record_id = models.BigIntegerField(null=True)
    override_id = models.BigIntegerField(null=True)
    replaced = ArrayField(models.BigIntegerField(), null=True)
    """Overrides that it replaced."""
    before_team = models.BigIntegerField(null=True)
    since = models.DateTimeField(null=True)
    """Of the ownership it made: another one is somebody else's."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["bulk_change", "contact_id"], name="changed_contact_once")
        ]
        indexes = [
            models.Index(fields=["bulk_change", "state", "contact_id"], name="changed_contact_by_state"),
            models.Index(
                fields=["record_id"], name="changed_contact_by_record", condition=Q(record_id__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"GroupID {self.contact_id} in bulk change {self.bulk_change_id}"
