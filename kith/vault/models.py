from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class DataKey(models.Model):
    """The key under which everything of one System Ref is sealed; itself wrapped by a master key.

    Destroyed, its row stays: what was sealed cannot be opened, and nothing is sealed for it again.
    """

    record_id = models.BigIntegerField(primary_key=True)
    """Of a System Ref; no foreign key, for the vault lies below them. 0: what hangs on none."""
    wrapped = models.BinaryField(null=True)
    """Null once destroyed."""
    master_version = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField(db_default=Now())
    destroyed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(destroyed_at__isnull=True, wrapped__isnull=False, master_version__isnull=False)
                | Q(destroyed_at__isnull=False, wrapped__isnull=True, master_version__isnull=True),
                name="data_key_is_there_or_destroyed",
            )
        ]
        indexes = [
            models.Index(
                fields=["master_version", "record_id"],
                name="data_key_by_master",
                condition=Q(wrapped__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"data key of System Ref {self.record_id}"


class SealedDetail(models.Model):
    """Old and new values of a change, beside its entry of the journal, which may hold none."""

    entry = models.ForeignKey("audit.Entry", on_delete=models.PROTECT, related_name="+", db_index=False)
    """Found by the constraint, which begins with it."""
    record_id = models.BigIntegerField(db_index=True)
    """Of the System Ref whose key seals it."""
    body = models.BinaryField()
    """Sealed JSON: {field: [old text, new text]}."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "record_id"], name="sealed_detail_once_per_entry")
        ]

    def __str__(self) -> str:
        return f"sealed detail {self.pk}"
