from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Cast, Now

_TRANSACTION = Cast(Cast(Func(function="pg_current_xact_id"), models.TextField()), models.BigIntegerField())


class Entry(models.Model):
    """One thing that was done. Append-only: a database trigger refuses update and delete."""

    at = models.DateTimeField(db_default=Now())
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    event = models.CharField(max_length=60, db_index=True)
    subject_type = models.CharField(max_length=40)
    subject_id = models.BigIntegerField(null=True)
    group_id = models.BigIntegerField(null=True)
    """The GroupID it concerns, where it concerns one."""
    detail = models.JSONField(default=dict)
    """Names, counts and ids; never a personal value."""
    tx = models.BigIntegerField(db_default=_TRANSACTION)
    """The database's number of the transaction that wrote it: says which block seals it."""

    class Meta:
        indexes = [
            models.Index(
                fields=["group_id", "-id"],
                name="entry_by_group_id",
                condition=models.Q(group_id__isnull=False),
            ),
            models.Index(fields=["subject_type", "subject_id"], name="entry_by_subject"),
            BrinIndex(fields=["at"], name="entry_by_time"),
            BrinIndex(fields=["tx"], name="entry_by_transaction", autosummarize=True, pages_per_range=32),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.pk}"


class Block(models.Model):
    """Seals all entries of the transactions from `from_tx` to before `upto_tx`, and the block before it.

    Made after all those transactions ended, so what is in it never changes. Append-only as entries are.
    """

    number = models.BigIntegerField(primary_key=True)
    """1, 2, 3 … without a gap."""
    epoch = models.PositiveSmallIntegerField()
    """Transaction numbers start anew in another database cluster, and so does the epoch."""
    after_id = models.BigIntegerField()
    """The epoch's entries are those with a greater id."""
    cluster = models.BigIntegerField()
    """Which cluster numbered the transactions; 0 where the database does not say."""
    from_tx = models.BigIntegerField()
    upto_tx = models.BigIntegerField()
    entries = models.BigIntegerField()
    total = models.BigIntegerField()
    """Entries sealed so far, with these."""
    first_id = models.BigIntegerField(null=True)
    last_id = models.BigIntegerField(null=True)
    root = models.BinaryField()
    """Merkle root of the entries, in the order of transaction and id."""
    prev_hash = models.BinaryField(unique=True)
    """A second block after the same one cannot be written: the chain does not fork."""
    hash = models.BinaryField(unique=True)
    sealed_at = models.DateTimeField()
    key_version = models.PositiveSmallIntegerField()
    """Of the proof key."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="block_counts_from_one"),
            models.CheckConstraint(condition=Q(upto_tx__gte=F("from_tx")), name="block_goes_forward"),
        ]

    def __str__(self) -> str:
        return f"Block {self.number}"
