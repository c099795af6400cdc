from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from kith.privacy.models import Erasure
from kith.sources.models import SourceSystem


class ElsewhereTask(models.Model):
    """A System Ref, or an account at the identity provider, that has to be erased in its own system.

    Here nobody knows any more whose it was; whoever erases it there has to be told which. So its number lies
    in the task, sealed under a key of the task's own, and is destroyed when somebody confirms.
    """

    class Target(models.TextChoices):
        SOURCE = "source", "Source"
        SSO = "sso", "SSO account"

    class State(models.TextChoices):
        OPEN = "open", "To do"
        CONFIRMED = "confirmed", "Confirmed"
        REFUSED = "refused", "Not erased there"

    id = models.BigAutoField(primary_key=True)
    erasure = models.ForeignKey(Erasure, on_delete=models.PROTECT, related_name="elsewhere")
    target = models.CharField(max_length=6, choices=Target)
    source = models.ForeignKey(SourceSystem, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    due_on = models.DateField()
    owner = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    sealed_ref = models.BinaryField(null=True)
    sealed_key = models.BinaryField(null=True)
    """Of this task alone; gone when it is closed."""
    note = models.CharField(max_length=500, default="", blank=True)
    """How it was erased, or why not; no value of the person."""
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    closed_as = models.CharField(max_length=120, default="", blank=True)
    case_opened_at = models.DateTimeField(null=True)
    """When a case was opened because it is due."""
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    state="open", closed_at__isnull=True, sealed_ref__isnull=False, sealed_key__isnull=False
                )
                | Q(
                    ~Q(state="open"),
                    closed_at__isnull=False,
                    sealed_ref__isnull=True,
                    sealed_key__isnull=True,
                ),
                name="elsewhere_task_knows_while_it_is_open",
            )
        ]
        indexes = [models.Index(fields=["state", "due_on", "id"], name="elsewhere_task_by_due")]

    def __str__(self) -> str:
        return f"{self.target} task {self.pk} of erasure {self.erasure_id}"
