from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class GoldenRules(models.Model):
    """A version of the tie-breakers per field; the newest is in force."""

    rules = models.JSONField()
    """{golden field: [{"by": attribute, "order": "asc"|"desc"|list of source codes}]}."""
    saved_at = models.DateTimeField(db_default=Now())
    saved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, default="", blank=True)

    def __str__(self) -> str:
        return f"Golden record rules version {self.pk}"
