from __future__ import annotations

from typing import Final
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from kith.kernel.clock import now


class InformationLink(models.Model):
    """A report that waits to be fetched, once. Its file is sealed under its own key, and goes when it was
    opened, withdrawn or is too old; of the link only a digest is kept."""

    SUBJECT: Final = "information_link"
    """Names it in the journal."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=uuid4, editable=False)
    """What its file is sealed for."""
    token_digest = models.BinaryField(unique=True)
    contact_id = models.BigIntegerField(db_index=True)
    """GroupID."""
    file_key = models.CharField(max_length=64, default="", blank=True)
    """In the store; '' once it is gone."""
    sealed_key = models.BinaryField(null=True)
    file_name = models.CharField(max_length=60)
    """Nobody is named by it."""
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    made_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_as = models.CharField(max_length=120)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(file_key="", sealed_key__isnull=True)
                | (~Q(file_key="") & Q(sealed_key__isnull=False)),
                name="information_link_file_and_key",
            ),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, withdrawn_at__isnull=True) | Q(file_key=""),
                name="information_link_gone_once_over",
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], condition=~Q(file_key=""), name="information_link_waiting")
        ]

    def __str__(self) -> str:
        return f"link {self.pk} to a report of GroupID {self.contact_id}"

    @property
    def is_waiting(self) -> bool:
        return bool(self.file_key) and self.expires_at > now()
