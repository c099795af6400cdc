from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class PrivacyMark(models.Model):
    """The privacy level that somebody set by hand. It hangs on System Refs; the strictest counts."""

    record_id = models.BigIntegerField(primary_key=True)
    level = models.CharField(max_length=20)
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"privacy level of System Ref {self.record_id}"


class Reveal(models.Model):
    """Somebody asked to see a masked field of a contact, for a reason; or to find somebody by one."""

    who = models.CharField(max_length=140)
    """The user's number, or the API key's name."""
    contact_id = models.BigIntegerField(null=True)
    """Null: a search by a masked field."""
    field = models.CharField(max_length=60)
    record_ids = ArrayField(models.BigIntegerField(), default=list)
    """What the contact had then: of one that grew since, nothing is revealed."""
    at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["who", "expires_at"], name="reveal_by_whom"),
            models.Index(fields=["contact_id"], name="reveal_by_contact"),
        ]

    def __str__(self) -> str:
        return f"reveal {self.pk}"
