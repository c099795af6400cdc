from __future__ import annotations

from typing import Final
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Kind(models.TextChoices):
    ACCESS = "access", "Access: what is held about me"
    ERASURE = "erasure", "Erasure: forget me"
    RECTIFICATION = "rectification", "Rectification: correct it"
    RESTRICTION = "restriction", "Restriction: keep it, do not use it"
    OBJECTION = "objection", "Objection: stop using it"
    PORTABILITY = "portability", "Portability: hand it over to take along"


class PersonRequest(models.Model):
    """What a person asked for. What the person wrote, and where to answer, is sealed under its own key."""

    SUBJECT: Final = "person_request"
    """Names it in the journal."""

    class Channel(models.TextChoices):
        LETTER = "letter", "Letter"
        EMAIL = "email", "E-mail"
        PHONE = "phone", "Phone"
        IN_PERSON = "in_person", "In person"
        FORM = "form", "Public form"

    class State(models.TextChoices):
        RECEIVED = "received", "Received"
        IDENTIFIED = "identified", "Identity checked"
        IN_WORK = "in_work", "In work"
        ANSWERED = "answered", "Answered"
        REFUSED = "refused", "Refused"
        WITHDRAWN = "withdrawn", "Withdrawn"

    OPEN: Final = (State.RECEIVED, State.IDENTIFIED, State.IN_WORK)

    id = models.BigAutoField(primary_key=True)
    uid = models.UUIDField(unique=True, default=uuid4, editable=False)
    """What its words are sealed for."""
    kind = models.CharField(max_length=13, choices=Kind)
    channel = models.CharField(max_length=9, choices=Channel)
    state = models.CharField(max_length=10, choices=State, default=State.RECEIVED)
    version = models.PositiveIntegerField(default=1)
    """Counts its changes, so that of two officers at once one is told."""
    received_on = models.DateField()
    due_on = models.DateField()
    first_due_on = models.DateField(null=True)
    """When it was due before it was extended."""
    extension_reason = models.CharField(max_length=500, default="", blank=True)
    contact_id = models.BigIntegerField(null=True)
    """GroupID, as an officer found it."""
    sealed_words = models.BinaryField(null=True)
    sealed_key = models.BinaryField(null=True)
    """Of this request alone; gone with the words."""
    words_gone_at = models.DateTimeField(null=True)
    identity_how = models.CharField(max_length=300, default="", blank=True)
    identity_at = models.DateTimeField(null=True)
    identity_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    identity_as = models.CharField(max_length=120, default="", blank=True)
    owner = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    erasure = models.ForeignKey("privacy.Erasure", on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=500, default="", blank=True)
    """No value of the person."""
    made_at = models.DateTimeField(db_default=Now())
    made_as = models.CharField(max_length=120)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_as = models.CharField(max_length=120, default="", blank=True)
    case_opened_at = models.DateTimeField(null=True)
    """When a case said that it is due."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["received", "identified", "in_work"], closed_at__isnull=True)
                | Q(state__in=["answered", "refused", "withdrawn"], closed_at__isnull=False),
                name="person_request_closed_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(sealed_words__isnull=False, sealed_key__isnull=False, words_gone_at__isnull=True)
                | Q(sealed_words__isnull=True, sealed_key__isnull=True, words_gone_at__isnull=False),
                name="person_request_words_or_gone",
            ),
            models.CheckConstraint(
                condition=Q(first_due_on__isnull=True, extension_reason="")
                | (Q(first_due_on__isnull=False) & ~Q(extension_reason="")),
                name="person_request_extended_with_a_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["identified", "in_work", "answered"]) | Q(identity_at__isnull=False),
                name="person_request_identified_before_work",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "due_on", "id"], name="person_request_by_due"),
            models.Index(fields=["contact_id"], name="person_request_of_contact"),
        ]

    def __str__(self) -> str:
        return f"request {self.pk} of a person"

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN

    @property
    def kind_word(self) -> str:
        """Without what it means."""
        return self.get_kind_display().partition(":")[0]


class UnconfirmedRequest(models.Model):
    """Typed into the public form; becomes a request when the e-mail's link is confirmed, or goes in a day."""

    uid = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    kind = models.CharField(max_length=13, choices=Kind)
    sealed_words = models.BinaryField()
    sealed_key = models.BinaryField()
    sealed_link = models.BinaryField(null=True)
    """Until the e-mail has left: nobody else is to know it."""
    token_digest = models.BinaryField(unique=True)
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    """To send the e-mail."""

    def __str__(self) -> str:
        return f"unconfirmed request {self.uid}"


class PublicUse(models.Model):
    """How often somebody unknown did something, in a window of time."""

    what = models.CharField(max_length=12)
    mark = models.CharField(max_length=64)
    """Keyed digest of an address; '' for everybody together."""
    began_at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["what", "mark"], name="public_use_once")]

    def __str__(self) -> str:
        return f"{self.count} of {self.what}"
