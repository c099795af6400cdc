from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class LegalHold(models.Model):
    """It hangs on the System Refs the contact had, so that grouping and ungrouping free none of them."""

    id = models.BigAutoField(primary_key=True)
    record_ids = ArrayField(models.BigIntegerField())
    reason = models.CharField(max_length=500)
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())
    review_on = models.DateField(null=True)
    """When somebody has to look whether it is needed still."""
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    lifted_as = models.CharField(max_length=120, default="", blank=True)
    lift_note = models.CharField(max_length=500, default="", blank=True)

    class Meta:
        indexes = [
            GinIndex(fields=["record_ids"], name="hold_by_record", condition=Q(lifted_at__isnull=True)),
            models.Index(fields=["-at", "-id"], name="hold_by_time"),
        ]

    def __str__(self) -> str:
        return f"Legal hold {self.pk}"
