from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models.functions import Now


class SsoAccount(models.Model):
    """An account that Kith keeps itself, where no identity provider is connected.

    Sealed under a key of its own, which goes with it: while it stands, whoever was anonymised is named by it
    in no table. Keyed digests find it.
    """

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=uuid4, editable=False)
    """What it is sealed for."""
    sealed_words = models.BinaryField()
    sealed_key = models.BinaryField()
    id_mark = models.BinaryField(unique=True)
    """Digest of its SSO ID."""
    marks = ArrayField(models.BinaryField())
    """Digests of its e-mail, of each beginning of its names, and of the System Refs linked to it."""
    version = models.PositiveIntegerField(default=1)
    """Counts its changes, so that of two who change it at once one is told."""
    changed_at = models.DateTimeField(db_index=True)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [GinIndex(fields=["marks"], name="sso_account_by_mark", fastupdate=False)]

    def __str__(self) -> str:
        return f"SSO account {self.pk}"
