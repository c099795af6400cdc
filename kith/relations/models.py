from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Relation(models.Model):
    """Between two contacts; it hangs on a System Ref of each, the lower one first."""

    from_record_id = models.BigIntegerField()
    to_record_id = models.BigIntegerField(db_index=True)
    code = models.CharField(max_length=30)
    """What the contact at `to` is to the one at `from`; see `relation_types` of the settings."""
    inverse = models.CharField(max_length=30)
    """What the contact at `from` is to the one at `to`. It never changes while the type is in use."""
    note = models.CharField(max_length=500, default="", blank=True)
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    """Who added it."""
    at = models.DateTimeField(db_default=Now())
    edits = models.PositiveIntegerField(default=0)
    """How often it was changed: a form that saw another number is told so."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_record_id", "to_record_id", "code"], name="relation_once"),
            models.CheckConstraint(
                condition=Q(from_record_id__lt=F("to_record_id")), name="relation_lower_system_ref_first"
            ),
        ]
        indexes = [
            models.Index(fields=["code"], name="relation_by_code"),
            models.Index(fields=["inverse"], name="relation_by_inverse"),
        ]

    def __str__(self) -> str:
        return f"relation {self.pk}"
