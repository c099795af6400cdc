from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class Entry(models.Model):
    """One thing that was done. Append-only: a database trigger refuses update and delete."""

    at = models.DateTimeField(db_default=models.functions.Now())
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    event = models.CharField(max_length=60, db_index=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    group_id = models.BigIntegerField(null=True)
    """The GroupID it concerns, where it concerns one."""
    detail = models.JSONField(default=dict)
    """Names, counts and ids; never a personal value."""

    class Meta:
        indexes = [
            models.Index(
                fields=["group_id", "-id"],
                name="entry_by_group_id",
                condition=models.Q(group_id__isnull=False),
            ),
            models.Index(fields=["subject_type", "subject_id"], name="entry_by_subject"),
            BrinIndex(fields=["at"], name="entry_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"
