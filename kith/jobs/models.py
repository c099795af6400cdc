from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Progress(models.Model):
    """How far one long piece of work is: an import, a run. One row per piece of work, kept when it ends."""

    subject_type = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    label = models.CharField(max_length=200)
    job_id = models.BigIntegerField(null=True, db_index=True)
    """The job that does it; null when a command does it in the foreground."""
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    unit = models.CharField(max_length=30, default="rows")
    note = models.CharField(max_length=200, default="", blank=True)
    cancel_requested = models.BooleanField(default=False)
    started_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject_type", "subject_id"], name="progress_once_per_subject")
        ]

    def __str__(self) -> str:
        return f"{self.subject_type} {self.subject_id}"
