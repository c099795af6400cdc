from __future__ import annotations

from typing import Final

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class SuppressedValue(models.Model):
    """An e-mail or a phone that must not be reached, whoever has it or gets it later; or a System Ref that is
    not here yet.

    Its reason, scope, note and end are those of its suppression, which a whole list may share.
    """

    class Kind(models.TextChoices):
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"
        REF = "ref", "System Ref"
        """By its digest alone; gone once the System Ref is here, for then that carries the suppression."""

    id = models.BigAutoField(primary_key=True)
    suppression = models.ForeignKey("contacts.Suppression", on_delete=models.PROTECT, related_name="values")
    kind = models.CharField(max_length=5, choices=Kind)
    digest = models.BinaryField(max_length=32)
    """Keyed; by it the value is known again. It stays when the value is emptied."""
    value = models.TextField(default="", db_default="", blank=True)
    """As contacts have it, for display. '' once somebody who had it was anonymised."""
    lift = models.ForeignKey(
        "contacts.SuppressionLift",
        on_delete=models.PROTECT,
        null=True,
        related_name="values",
        db_index=False,
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "suppression"],
                condition=Q(lift__isnull=True),
                name="suppressed_value_once_in_force",
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"],
                name="suppressed_value_of_refs",
                condition=Q(kind="ref", lift__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"Suppressed {self.kind} {self.pk}"


class SuppressionList(models.Model):
    """A file of e-mails, phones and System Refs that must not be reached: one suppression for all of them."""

    SUBJECT: Final = "suppression_list"
    """Names it in its progress and in the journal."""

    class State(models.TextChoices):
        DRAFT = "draft", "To look at"
        WAITING = "waiting", "Being applied"
        IN_FORCE = "in_force", "In force"
        UNDONE = "undone", "Undone"

    id = models.BigAutoField(primary_key=True)
    state = models.CharField(max_length=8, choices=State, default=State.DRAFT)
    file_name = models.CharField(max_length=200, default="", blank=True)
    body = models.BinaryField(null=True)
    """What the file says, sealed; null once it is applied."""
    reason = models.CharField(max_length=10)
    scope = models.CharField(max_length=5)
    ends_on = models.DateField(null=True)
    source = models.CharField(max_length=60, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    known = models.PositiveIntegerField(default=0)
    """Entries that some contact has; counted when the file came in."""
    unknown = models.PositiveIntegerField(default=0)
    repeated = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    bad_rows = models.JSONField(default=list)
    """The first of them: {"row": number, "column": header, "reason": sentence}; never what stands in them."""
    suppression = models.OneToOneField(
        "contacts.Suppression", on_delete=models.PROTECT, null=True, related_name="taken_from"
    )
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    made_at = models.DateTimeField(db_default=Now())
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["draft", "waiting"], suppression__isnull=True, body__isnull=False)
                | Q(state__in=["in_force", "undone"], suppression__isnull=False, body__isnull=True),
                name="suppression_list_says_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Suppression list {self.pk}"


class AskedLift(models.Model):
    """A suppression that somebody asked to unflag, for the overnight run (K20)."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waits for the overnight run"
        DONE = "done", "Unflagged"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.BigAutoField(primary_key=True)
    suppression = models.ForeignKey("contacts.Suppression", on_delete=models.CASCADE, related_name="+")
    contact_id = models.BigIntegerField()
    note = models.CharField(max_length=500)
    person_told = models.BooleanField(default=False, db_default=False)
    """Whoever asked said that the person knows; of a restriction they must (Art. 18 (3) of the GDPR)."""
    state = models.CharField(max_length=9, choices=State, default=State.WAITING)
    failure = models.CharField(max_length=500, default="", blank=True)
    """Why it failed, in words, without values of a person."""
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    asked_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact_id", "suppression"],
                condition=Q(state="waiting"),
                name="asked_lift_waits_once",
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", closed_at__isnull=True)
                | (~Q(state="waiting") & Q(closed_at__isnull=False)),
                name="asked_lift_closed_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Asked lift {self.pk}"
