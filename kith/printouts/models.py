from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Sending(models.Model):
    """A printout that somebody asked to be e-mailed. It hangs on the System Ref that was primary then.

    Neither the address nor anything of the printout is kept: both are read when it is sent.
    """

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        SENT = "sent", "Sent"
        FAILED = "failed", "Not sent"

    class Trouble(models.TextChoices):
        SUPPRESSED = "suppressed", "The contact is suppressed"
        NO_EMAIL = "no_email", "The contact has no e-mail"
        OTHER_EMAIL = "other_email", "The primary e-mail is another one now"
        GONE = "gone", "The contact is not there any more"
        NOT_ALLOWED = "not_allowed", "Whoever asked for it may not any more"
        NOT_MADE = "not_made", "The printout could not be made"
        REFUSED = "refused", "The mail server refused the address or the message"
        UNREACHABLE = "unreachable", "The mail server could not be reached"
        SETTINGS = "settings", "The settings of the mail server are not right"

    record_id = models.BigIntegerField(db_index=True)
    preset = models.CharField(max_length=30)
    format = models.CharField(max_length=10)
    sections = ArrayField(models.CharField(max_length=30), default=list)
    address_mark = models.CharField(max_length=64)
    """Keyed digest of the address that whoever asked saw; '' once it is over."""
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    roles = ArrayField(models.CharField(max_length=30), default=list)
    """Of an API key: what it was allowed to see. A user's are those of the moment of sending."""
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    trouble = models.CharField(max_length=12, choices=Trouble, default="", blank=True)
    """Why it was not sent; of one that waits, why the last attempt failed."""
    attempts = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(db_default=Now())
    next_at = models.DateTimeField(null=True)
    """Of one that waits."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True, next_at__isnull=False)
                | (~Q(state="waiting") & Q(ended_at__isnull=False, next_at__isnull=True, address_mark="")),
                name="sending_waits_or_ended",
            ),
        ]
        indexes = [models.Index(fields=["next_at"], condition=Q(state="waiting"), name="sending_due")]

    def __str__(self) -> str:
        return f"sending {self.pk}"
