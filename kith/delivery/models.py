from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now

from kith.access.models import User


class GenerateUuid(models.Func):
    function = "gen_random_uuid"
    arity = 0
    output_field: ClassVar[models.UUIDField[UUID, UUID]] = models.UUIDField()


class Endpoint(models.Model):
    """An address of another system that is told when contacts change. Never deleted: the journal names it."""

    class State(models.TextChoices):
        ON = "on", "On"
        PAUSED = "paused", "Paused"
        BROKEN = "broken", "Switched off"
        """By Kith, after days of nothing but failures."""
        REMOVED = "removed", "Removed"

    name = models.CharField(max_length=80)
    url = models.CharField(max_length=500)
    """May hold a secret of the other system: never journaled, never logged."""
    salt = models.BinaryField()
    """The secret is derived from it and the installation's secret key: the database alone gives nothing."""
    events = ArrayField(models.CharField(max_length=20))
    state = models.CharField(max_length=8, choices=State, default=State.ON)
    created_at = models.DateTimeField(db_default=Now())
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    failing_since = models.DateTimeField(null=True)
    """The first failure since the last success."""
    rests_until = models.DateTimeField(null=True)
    """Nothing is sent before: all of the last attempts failed while more waited."""
    rests = models.PositiveSmallIntegerField(default=0)
    """How often in a row."""

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("name"), condition=~Q(state="removed"), name="endpoint_name_once")
        ]

    def __str__(self) -> str:
        return f"endpoint {self.pk}"


class LineageRead(models.Model):
    """How far lineage was read for events. One row, while there is an endpoint that is on."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    last_move_id = models.BigIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="lineage_read_one_row")]

    def __str__(self) -> str:
        return "lineage read"


class Event(models.Model):
    """Something that happened to a contact, as other systems are told. Ids only."""

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(db_default=GenerateUuid(), unique=True)
    """Public, the same for every endpoint and every attempt."""
    type = models.CharField(max_length=20)
    group_id = models.BigIntegerField(null=True)
    """Null: a test."""
    data = models.JSONField()
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["at"], name="event_by_time")]

    def __str__(self) -> str:
        return f"event {self.pk}"

    @property
    def webhook_id(self) -> str:
        return f"msg_{self.uid.hex}"


class Message(models.Model):
    """One event for one endpoint."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Delivered"
        FAILED = "failed", "Given up"

    id = models.BigAutoField(primary_key=True)
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="messages", db_index=False)
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, related_name="messages", db_index=False)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "endpoint"], name="message_once")]
        indexes = [
            models.Index(fields=["endpoint", "-id"], name="message_by_endpoint"),
            models.Index(
                fields=["endpoint", "next_at", "id"], condition=Q(state="waiting"), name="message_due"
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.pk}"


class Attempt(models.Model):
    """One try to deliver a message. What the other system answered is not kept, but for its status."""

    id = models.BigAutoField(primary_key=True)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="tries")
    at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)
    """HTTP; null: no answer came."""
    trouble = models.CharField(max_length=20, default="", blank=True)
    """`kith.delivery.sending.Trouble`."""
    duration_ms = models.PositiveIntegerField()

    def __str__(self) -> str:
        return f"attempt {self.pk}"
