from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class MatchingRules(models.Model):
    """A version of the matching rules; the newest is in force. Versions are kept for explanation."""

    rules = models.JSONField()
    """`kith.matching.rules.RuleSet.to_json`."""
    saved_at = models.DateTimeField(db_default=Now())
    saved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, default="", blank=True)

    def __str__(self) -> str:
        return f"Matching rules version {self.pk}"


class MatchingModel(models.Model):
    """A version of the matching model of one kind; the published one is in force. All are kept for ever."""

    class Kind(models.TextChoices):
        PERSON = "person", "Persons"
        COMPANY = "company", "Companies"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "In force"
        RETIRED = "retired", "Retired"
        """Was in force once; without `published_at`, a draft that was discarded."""

    kind = models.CharField(max_length=7, choices=Kind)
    body = models.JSONField()
    """`kith.matching.model.Model.to_json`."""
    version = models.CharField(max_length=16)
    """`kith.matching.model.Model.version`: equal models have equal ones."""
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    """What was in force when this was begun; null: the model Kith ships."""
    note = models.CharField(max_length=200, default="", blank=True)
    report = models.JSONField(null=True)
    """What training found; null for a model that a person wrote."""
    saved_at = models.DateTimeField(db_default=Now())
    saved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state="published"), name="matching_model_one_in_force"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="matching_model_published_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["kind", "-id"], name="matching_model_by_kind")]

    def __str__(self) -> str:
        return f"Matching model version {self.pk} ({self.kind})"


class Evidence(models.Model):
    """Two System Refs that rules hold for one person, and which rules those were."""

    id = models.BigAutoField(primary_key=True)
    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField()
    rules = ArrayField(models.PositiveSmallIntegerField())
    """Positions (from 0) in the rule set of `rules_version` for the kind of these records."""
    rules_version = models.ForeignKey(MatchingRules, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["left_id", "right_id"], name="evidence_pair_once"),
            models.CheckConstraint(condition=Q(left_id__lt=F("right_id")), name="evidence_left_is_smaller"),
        ]
        indexes = [models.Index(fields=["right_id"], name="evidence_by_right")]

    def __str__(self) -> str:
        return f"{self.left_id}~{self.right_id}"


class Move(models.Model):
    """Lineage: one System Ref went from one GroupID to another. Append-only."""

    class Because(models.TextChoices):
        PLACED = "placed", "First GroupID"
        RUN = "run", "Grouping run"
        STEWARD = "steward", "Decided by a person"

    id = models.BigAutoField(primary_key=True)
    record_id = models.BigIntegerField()
    from_contact_id = models.BigIntegerField(null=True)
    """Null when the System Ref had no GroupID yet."""
    to_contact_id = models.BigIntegerField()
    because = models.CharField(max_length=8, choices=Because)
    run = models.ForeignKey("runs.Run", on_delete=models.PROTECT, null=True, related_name="moves")
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["record_id", "-id"], name="move_by_record"),
            models.Index(fields=["to_contact_id", "-id"], name="move_by_arrival"),
            models.Index(
                fields=["from_contact_id", "-id"],
                name="move_by_departure",
                condition=Q(from_contact_id__isnull=False),
            ),
            models.Index(fields=["run", "id"], name="move_by_run"),
        ]

    def __str__(self) -> str:
        return f"Move {self.pk}"
