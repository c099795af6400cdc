from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from kith.stewardship.review.models import Answer, ReviewBatch, ReviewItem

__all__ = [
    "Answer",
    "Case",
    "CaseNote",
    "Request",
    "RequestContact",
    "ReviewBatch",
    "ReviewItem",
    "StewardshipSettings",
]


class StewardshipSettings(models.Model):
    """When what stewards decide takes effect, and what needs a second person. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    changes_wait = models.BooleanField(default=False)
    """Group, ungroup, split and move wait for the overnight run."""
    edits_wait = models.BooleanField(default=False)
    """Edits of golden fields wait for the overnight run."""
    second_reviewer = models.BooleanField(default=False)
    """Groupings across accounts or protections need the yes of somebody else."""

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="stewardship_settings_one_row")]

    def __str__(self) -> str:
        return "Stewardship settings"


class Request(models.Model):
    """A change of who is who that waits: for the overnight run, or for a second person first."""

    class State(models.TextChoices):
        AWAITING_SECOND = "awaiting_second", "Waits for a second person"
        QUEUED = "queued", "Queued"
        APPLIED = "applied", "Done"
        FAILED = "failed", "Failed"
        REJECTED = "rejected", "Rejected"
        CANCELLED = "cancelled", "Cancelled"

    class Kind(models.TextChoices):
        GROUP = "group", "Group contacts"
        UNGROUP = "ungroup", "Ungroup"
        SPLIT = "split", "Split"
        MOVE = "move", "Move a System Ref"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    intent = models.JSONField()
    """`kith.grouping.intents.to_json`."""
    state = models.CharField(max_length=15, choices=State)
    reason = models.CharField(max_length=500, default="", blank=True)
    """As the asker put it."""
    lift = models.BooleanField(default=False)
    """The asker saw that earlier decisions would be lifted, and said yes."""
    seen = models.CharField(max_length=200, default="", blank=True)
    """`kith.grouping.outcome.Outcome.seen` of the preview that the asker said yes to."""
    asked_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    asked_as = models.CharField(max_length=120)
    asked_at = models.DateTimeField(db_default=Now())
    second_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    """Who approved or rejected it."""
    second_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    """Who cancelled or rejected it; null where the overnight run closed it."""
    closed_at = models.DateTimeField(null=True)
    failure = models.CharField(max_length=500, default="", blank=True)
    """Why it failed, in words, without values of a person."""
    operation = models.ForeignKey("grouping.Operation", on_delete=models.PROTECT, null=True, related_name="+")
    run = models.ForeignKey("runs.Run", on_delete=models.PROTECT, null=True, related_name="+")
    """Which overnight run carried it out, or failed to."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="applied", operation__isnull=False)
                | (~Q(state="applied") & Q(operation__isnull=True)),
                name="request_applied_has_an_operation",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["queued", "awaiting_second"], closed_at__isnull=True)
                | (~Q(state__in=["queued", "awaiting_second"]) & Q(closed_at__isnull=False)),
                name="request_closed_at_a_time",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="request_by_state"),
            models.Index(fields=["kind", "id"], condition=Q(state="queued"), name="request_queued_by_kind"),
        ]

    def __str__(self) -> str:
        return f"Request {self.pk}"


class RequestContact(models.Model):
    """A GroupID that a request involves. While it waits, no other request may involve the same one (A8)."""

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="involved", db_index=False)
    contact_id = models.BigIntegerField()
    waits = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["contact_id"], condition=Q(waits=True), name="request_one_waits_per_contact"
            ),
            models.UniqueConstraint(fields=["request", "contact_id"], name="request_contact_once"),
        ]
        indexes = [models.Index(fields=["contact_id", "-request"], name="request_by_contact")]

    def __str__(self) -> str:
        return f"{self.request} involves GroupID {self.contact_id}"


class Case(models.Model):
    """Something that failed or needs a person."""

    class Kind(models.TextChoices):
        FAILED_REQUEST = "failed_request", "A request failed"
        CIRCUIT_BREAKER = "circuit_breaker", "A run waits for approval"
        FAILED_RUN = "failed_run", "A run failed"
        CONTRADICTION = "contradiction", "Decisions contradict each other"
        CLASH = "clash", "Contacts share what must be unique"
        JOURNAL = "journal", "The audit log is not right"
        ERASURE = "erasure", "An anonymisation needs a look"
        PERSON_REQUEST = "person_request", "A person's request is due"
        BACKUP = "backup", "A backup needs a look"
        SIGN_ON = "sign_on", "Single sign-on needs a look"
        MANUAL = "manual", "Somebody asks for help"

    class State(models.TextChoices):
        OPEN = "open", "Open"
        IN_PROGRESS = "in_progress", "In progress"
        RESOLVED = "resolved", "Resolved"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=15, choices=Kind)
    title = models.CharField(max_length=200)
    """GroupIDs and what happened, never values of a person."""
    state = models.CharField(max_length=11, choices=State, default=State.OPEN)
    owner = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    contact_id = models.BigIntegerField(null=True)
    run = models.ForeignKey("runs.Run", on_delete=models.PROTECT, null=True, related_name="+")
    request = models.ForeignKey(Request, on_delete=models.PROTECT, null=True, related_name="cases")
    operation = models.ForeignKey("grouping.Operation", on_delete=models.PROTECT, null=True, related_name="+")
    opened_at = models.DateTimeField(db_default=Now())
    opened_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    opened_as = models.CharField(max_length=120)
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    """Null too where the reason went away by itself."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="resolved", resolved_at__isnull=False)
                | (~Q(state="resolved") & Q(resolved_at__isnull=True)),
                name="case_resolved_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["kind", "run"],
                condition=~Q(state="resolved") & Q(kind__in=["circuit_breaker", "failed_run"]),
                name="case_one_open_per_run",
            ),
            models.UniqueConstraint(
                fields=["request"],
                condition=~Q(state="resolved") & Q(kind="failed_request"),
                name="case_one_open_per_request",
            ),
            models.UniqueConstraint(
                fields=["kind", "contact_id", "title"],
                condition=~Q(state="resolved")
                & Q(request__isnull=True)
                & ~Q(kind__in=["circuit_breaker", "failed_run", "manual"]),
                nulls_distinct=False,
                name="case_one_open_per_title",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "-id"], name="case_by_state"),
            models.Index(
                fields=["contact_id", "-id"], condition=Q(contact_id__isnull=False), name="case_by_contact"
            ),
        ]

    def __str__(self) -> str:
        return f"Case {self.pk}"


class CaseNote(models.Model):
    """What somebody wrote on a case. Append-only."""

    id = models.BigAutoField(primary_key=True)
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    author = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    author_name = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())
    text = models.TextField()

    def __str__(self) -> str:
        return f"Note {self.pk} on {self.case}"
