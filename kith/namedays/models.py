from __future__ import annotations

from datetime import timedelta

from django.db import models
from django.db.models.functions import Now


class NameDay(models.Model):
    """What the process found for a person whose name day nobody typed. Derived: made anew at any time."""

    contact_id = models.BigIntegerField(primary_key=True)
    """GroupID. No constraint: rows are written in sets, and those of contacts that are no more go with the
    next run."""
    day = models.TextField()
    """As `kith.namedays.days` writes it; movable days fall on another date each year."""
    calendar = models.TextField()
    """Code; `own` for one's own rules."""
    listed = models.TextField()
    """The name as the rule lists it."""
    is_sure = models.BooleanField()
    """The spelling is listed; else the name is short for a listed one."""
    name_hash = models.BigIntegerField()
    """Of the first name it was found by; tells when that is another."""

    class Meta:
        indexes = [models.Index(fields=["day", "contact_id"], name="nameday_by_day")]

    def __str__(self) -> str:
        return f"name day of GroupID {self.contact_id}"


class NameDayRun(models.Model):
    """One run of the process. The log."""

    class State(models.TextChoices):
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    class Trigger(models.TextChoices):
        NIGHT = "night", "Overnight run"
        BUTTON = "button", "By hand"

    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    trigger = models.CharField(max_length=10, choices=Trigger)
    started_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    scope = models.CharField(max_length=10)
    calendars = models.CharField(max_length=200)
    """Labels, in their order."""
    counts = models.JSONField(default=dict)
    """{"persons": …, "typed": …, "found": …, "added": …, "changed": …, "removed": …}."""
    error = models.CharField(max_length=300, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(state="running"), name="name_day_run_one_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["-started_at"], name="name_day_run_by_start")]

    def __str__(self) -> str:
        return f"Name day run {self.pk}"

    @property
    def took(self) -> timedelta | None:
        return self.finished_at - self.started_at if self.finished_at else None
