from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class SettingsVersion(models.Model):
    """One section of the settings as somebody saved it; the newest of each is in force. Append-only."""

    section = models.CharField(max_length=40)
    """The key of a `kith.settings.sections.Section`."""
    body = models.JSONField()
    """As `Section.to_json` writes it."""
    note = models.CharField(max_length=200, default="", blank=True)
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["section", "-id"], name="settings_version_newest")]

    def __str__(self) -> str:
        return f"settings version {self.pk} of {self.section}"
