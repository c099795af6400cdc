from __future__ import annotations

from datetime import time

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Run(models.Model):
    """One overnight run, at night or by hand. At most one is unfinished."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        HELD = "held", "Waiting for approval"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    class Trigger(models.TextChoices):
        SCHEDULE = "schedule", "Schedule"
        BUTTON = "button", "By hand"
        COMMAND = "command", "Command line"
        IMPORT = "import", "After an import"
        API = "api", "Through the API"

    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    trigger = models.CharField(max_length=10, choices=Trigger)
    started_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    everything = models.BooleanField(default=False)
    """Somebody asked to compare all System Refs anew, not only what changed."""
    resumed_count = models.PositiveSmallIntegerField(default=0)
    hold_reason = models.CharField(max_length=300, default="", blank=True)
    """What the circuit breaker saw, in words, while state is held."""
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    """Null too when it was approved from the command line."""
    error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(state__in=["running", "held"]), name="run_one_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["-started_at"], name="run_by_start")]

    def __str__(self) -> str:
        return f"Run {self.pk}"


class RunStep(models.Model):
    """One step of a run; finished steps are not done again when the run resumes."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        SKIPPED = "skipped", "Skipped"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="steps")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    label = models.CharField(max_length=100)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    counts = models.JSONField(default=dict)
    """Figure by name, as the run's page shows them: {"pairs": 12034}."""
    note = models.CharField(max_length=300, default="", blank=True)
    """What the step said of its work, for people."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "position"], name="run_step_position_once")]

    def __str__(self) -> str:
        return f"{self.run} {self.name}"


class RunSettings(models.Model):
    """When the run starts and how much it may change unasked. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    enabled = models.BooleanField(default=True)
    starts_at = models.TimeField(default=time(2))
    timezone = models.CharField(max_length=60, default="UTC")
    after_import = models.BooleanField(default=True)
    breaker_percent = models.PositiveSmallIntegerField(default=20)
    """A run that would change more than this share of the GroupIDs stops and asks."""
    breaker_minimum = models.PositiveIntegerField(default=100)
    """… but changes to fewer GroupIDs than this never stop a run."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="run_settings_one_row"),
            models.CheckConstraint(
                condition=Q(breaker_percent__lte=100), name="run_settings_breaker_is_a_percentage"
            ),
        ]

    def __str__(self) -> str:
        return "Run settings"
