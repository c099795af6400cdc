from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Account(models.Model):
    """What a contact's money is kept under. It hangs on a System Ref, and goes where that goes."""

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"
        TERMINATED = "terminated", "Terminated"

    id = models.BigAutoField(primary_key=True)
    record_id = models.BigIntegerField(null=True, db_index=True)
    """Null for the Suspense Account only, which may be nobody's."""
    number = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=120, default="", blank=True)
    classification = models.CharField(max_length=40, default="", blank=True)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    is_suspense = models.BooleanField(default=False)
    """The one system account that takes what has no account to go to (C43)."""
    billing_address = models.CharField(max_length=64, default="", blank=True)
    """The key of the address that bills go to (`kith.contacts` says how keys are made); '' for none."""
    opened_at = models.DateTimeField(db_default=Now())
    terminated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="account_has_a_number"),
            models.CheckConstraint(
                condition=Q(currency__regex="^[A-Z]{3}$"), name="account_currency_is_a_code"
            ),
            models.CheckConstraint(
                condition=Q(record_id__isnull=False) | Q(is_suspense=True), name="account_is_somebodys"
            ),
            models.CheckConstraint(
                condition=~Q(is_suspense=True) | ~Q(state="suspended"), name="account_suspense_on_or_off"
            ),
            models.CheckConstraint(
                condition=Q(state="terminated", terminated_at__isnull=False)
                | (~Q(state="terminated") & Q(terminated_at__isnull=True)),
                name="account_terminated_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["is_suspense"], condition=Q(is_suspense=True), name="account_one_suspense"
            ),
        ]

    def __str__(self) -> str:
        return f"account {self.pk}"


class AccountTransaction(models.Model):
    """An amount posted to an account, in its currency. Never edited but for being billed; never deleted."""

    class Kind(models.TextChoices):
        FINANCIAL = "financial", "Financial"
        WALLET = "wallet", "Wallet"

    id = models.BigAutoField(primary_key=True)
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="transactions", db_index=False
    )
    kind = models.CharField(max_length=9, choices=Kind, default=Kind.FINANCIAL)
    reference = models.CharField(max_length=120)
    date = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3)
    is_unbilled = models.BooleanField(default=False)
    description = models.CharField(max_length=300, default="", blank=True)
    posted_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "reference"], name="account_transaction_reference_once"
            ),
            models.CheckConstraint(condition=~Q(reference=""), name="account_transaction_has_a_reference"),
        ]
        indexes = [models.Index(fields=["account", "-date", "-id"], name="account_transaction_in_order")]

    def __str__(self) -> str:
        return f"account transaction {self.pk}"


class LinkedItem(models.Model):
    """Something that goes on, or went on, with a contact in another system (A29)."""

    class Kind(models.TextChoices):
        SUBSCRIPTION = "subscription", "Subscription"
        JOB = "job", "Job"
        ACTIVITY = "activity", "Activity"
        SERVICE_REQUEST = "service_request", "Service request"
        LEAD = "lead", "Lead"
        OTHER = "other", "Other"

    id = models.BigAutoField(primary_key=True)
    record_id = models.BigIntegerField()
    kind = models.CharField(max_length=15, choices=Kind)
    reference = models.CharField(max_length=120)
    """Once per System Ref and kind: an import finds it again by it."""
    title = models.CharField(max_length=200)
    is_running = models.BooleanField(default=True)
    started_date = models.DateField(null=True)
    ended_date = models.DateField(null=True)
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    is_unbilled = models.BooleanField(default=False)
    notes = models.TextField(default="", blank=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_id", "kind", "reference"], name="linked_item_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(ended_date__isnull=True)
                | Q(started_date__isnull=True)
                | Q(ended_date__gte=F("started_date")),
                name="linked_item_ends_after_it_starts",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(currency__regex="^[A-Z]{3}$"),
                name="linked_item_amount_has_a_currency",
            ),
        ]

    def __str__(self) -> str:
        return f"linked item {self.pk}"
