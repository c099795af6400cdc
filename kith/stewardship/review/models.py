from __future__ import annotations

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from kith.grouping.models import RealField


class Answer(models.TextChoices):
    GROUP = "group", "Group"
    APART = "apart", "Keep apart"


class ReviewBatch(models.Model):
    """One answer to many like questions, given as a job; undone as a whole."""

    SUBJECT: Final = "review_batch"
    """Names it in its progress and in the journal."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits"
        RUNNING = "running", "Under way"
        DONE = "done", "Done"
        CANCELLED = "cancelled", "Cancelled"
        UNDOING = "undoing", "Being undone"
        UNDONE = "undone", "Undone"

    id = models.BigAutoField(primary_key=True)
    answer = models.CharField(max_length=5, choices=Answer)
    kind = models.CharField(max_length=13)
    contact_kind = models.CharField(max_length=7)
    pattern = models.CharField(max_length=250)
    """What the questions have in common, as `ReviewItem.pattern`."""
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    total = models.PositiveIntegerField()
    done_count = models.PositiveIntegerField(default=0)
    refused_count = models.PositiveIntegerField(default=0)
    """Answered by somebody else meanwhile, or a rule said no."""
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"Review batch {self.pk}"


class ReviewItem(models.Model):
    """Two contacts of which a person should say whether they are one. The pair of System Refs that speaks
    the strongest stands for them. Rebuilt by every run; answers, assignments and skips stay.
    """

    class Kind(models.TextChoices):
        PAIR = "pair", "Close call"
        BRIDGE = "bridge", "Weak bridge"
        CONTRADICTION = "contradiction", "Contradiction"
        TOO_LARGE = "too_large", "Would be too large"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        DECIDED = "decided", "Answered"
        WAITING = "waiting", "Answered, waits"
        """For the overnight run, or for a second person."""
        GONE = "gone", "No longer asked"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=13, choices=Kind)
    contact_kind = models.CharField(max_length=7)
    left_contact_id = models.BigIntegerField()
    right_contact_id = models.BigIntegerField()
    left_record_id = models.BigIntegerField()
    """Of the left contact."""
    right_record_id = models.BigIntegerField()
    weight = RealField()
    """log2 odds by the model, as `Evidence.weight`."""
    probability = RealField()
    uncertainty = RealField()
    harm = RealField()
    priority = models.FloatField()
    """harm × uncertainty, see `priority`."""
    pattern = models.CharField(max_length=250, default="", blank=True)
    """Which level of each comparison holds: `first_name:exact birth_date:else`. Like cases share it."""
    source_ids = ArrayField(models.BigIntegerField(), default=list)
    """Of both contacts."""
    state = models.CharField(max_length=7, choices=State, default=State.OPEN)
    turn = models.PositiveSmallIntegerField(default=0)
    """How often it was skipped: it comes after all those skipped less often."""
    skipped_at = models.DateTimeField(null=True)
    assigned_to = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(db_default=Now())
    """When the question came up."""
    answer = models.CharField(max_length=5, choices=Answer, default="", blank=True)
    decided_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    operation = models.ForeignKey("grouping.Operation", on_delete=models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey("stewardship.Request", on_delete=models.PROTECT, null=True, related_name="+")
    """Of an answer that waits."""
    batch = models.ForeignKey(ReviewBatch, on_delete=models.PROTECT, null=True, related_name="items")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(left_contact_id__lt=F("right_contact_id")), name="review_left_is_smaller"
            ),
            models.UniqueConstraint(
                fields=["left_contact_id", "right_contact_id"],
                condition=Q(state__in=["open", "waiting"]),
                name="review_asked_once",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "waiting"]) | Q(decided_at__isnull=False),
                name="review_decided_at_a_time",
            ),
        ]
        indexes = [
            models.Index(
                F("turn"), F("priority").desc(), F("id"), condition=Q(state="open"), name="review_in_order"
            ),
            models.Index(
                fields=["right_contact_id"],
                condition=Q(state__in=["open", "waiting"]),
                name="review_by_right",
            ),
            models.Index(fields=["left_record_id", "right_record_id"], name="review_by_records"),
            models.Index(fields=["pattern"], condition=Q(state="open"), name="review_by_pattern"),
            models.Index(
                fields=["decided_by", "-decided_at"],
                condition=Q(decided_at__isnull=False),
                name="review_by_steward",
            ),
        ]

    def __str__(self) -> str:
        return f"Review item {self.pk}"
