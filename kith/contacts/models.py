from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower, Now, Upper

from kith.contacts.rights.models import PrivacyMark, Reveal
from kith.contacts.rights.rules import Sight
from kith.contacts.suppressions.models import AskedLift, SuppressedValue, SuppressionList

__all__ = ["AskedLift", "PrivacyMark", "Reveal", "SuppressedValue", "SuppressionList"]
"""Found by Django from here; everything else of this module is imported by name."""


class Contact(models.Model):
    """One person or company. Its primary key is its GroupID: public, permanent, never reused.

    Golden columns are computed by `kith.golden` from the claims of its System Refs; nobody writes them.
    """

    class Kind(models.TextChoices):
        PERSON = "person", "Person"
        COMPANY = "company", "Company"

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        RETIRED = "retired", "Retired"
        ANONYMISED = "anonymised", "Anonymised"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=7, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    successor = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="predecessors")
    """Where a retired GroupID leads: the contact that took most of its System Refs."""

    name = models.TextField(default="", blank=True)
    """For display and search: golden names joined, or the best there is (e-mail, System Ref)."""
    title = models.TextField(null=True)
    first_name = models.TextField(null=True)
    middle_name = models.TextField(null=True)
    last_name = models.TextField(null=True)
    gender = models.TextField(null=True)
    birth_date = models.DateField(null=True)
    company_name = models.TextField(null=True)
    id_number = models.TextField(null=True)
    passport_number = models.TextField(null=True)
    social_security_number = models.TextField(null=True)
    vat_number = models.TextField(null=True)
    registration_number = models.TextField(null=True)
    category = models.TextField(null=True)
    """Code of a category; see the settings."""
    id_number_country = models.TextField(null=True)
    id_number_expires = models.DateField(null=True)
    passport_country = models.TextField(null=True)
    passport_expires = models.DateField(null=True)
    name_day = models.TextField(null=True)
    """MM-DD."""
    industry = models.TextField(null=True)
    """Code, of companies only."""
    registration_country = models.TextField(null=True)
    established_on = models.DateField(null=True)
    website = models.TextField(null=True)
    employees = models.PositiveIntegerField(null=True)
    custom = models.JSONField(null=True)
    """User-defined fields: {code: text}; null for none."""
    language = models.TextField(null=True)
    residence_country = models.TextField(null=True)
    direct_marketing = models.BooleanField(null=True)
    affiliate_marketing = models.BooleanField(null=True)
    provenance = models.JSONField(default=dict)
    """{golden field: id of the source record whose claim won}."""

    primary_record_id = models.BigIntegerField(null=True)
    """The System Ref whose details lead (K9): first received, unless a person chose another."""
    primary_chosen = models.BooleanField(default=False)
    leading_record_ids = ArrayField(models.BigIntegerField(), default=list)
    """Set by grouping by hand: the System Refs of the master, whose main details go first (A7). A 0 ends each
    tier: a master that was grouped before has those of its own master before its others."""
    record_count = models.PositiveIntegerField(default=0)
    source_ids = ArrayField(models.BigIntegerField(), default=list)
    search = SearchVectorField(null=True)
    """Every value of every System Ref, folded; see `kith.contacts.search`."""

    created_at = models.DateTimeField(db_default=Now())
    retired_at = models.DateTimeField(null=True)
    anonymised_at = models.DateTimeField(null=True)
    assembled_at = models.DateTimeField(null=True)
    claims_received_at = models.DateTimeField(null=True)
    """The newest `received_at` among the claims it was assembled from; a newer claim makes it stale."""
    stale_at = models.DateTimeField(null=True)
    """Set when a claim or the membership changed; cleared by golden assembly."""
    sight: Sight | None = None
    """No column: what whoever it was read for sees of it (`kith.contacts.rights.seeing`)."""

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state="active", retired_at__isnull=True)
                | Q(state="retired", retired_at__isnull=False)
                | Q(state="anonymised"),
                name="contact_retired_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state="anonymised", anonymised_at__isnull=False)
                | (~Q(state="anonymised") & Q(anonymised_at__isnull=True)),
                name="contact_anonymised_has_a_date",
            ),
        ]
        indexes = [
            GinIndex(fields=["search"], name="contact_by_search"),
            models.Index(
                fields=["last_name", "first_name", "id"], name="contact_by_name", condition=Q(state="active")
            ),
            models.Index(fields=["-id"], name="contact_active_by_id", condition=Q(state="active")),
            models.Index(fields=["birth_date"], name="contact_by_birth_date", condition=Q(state="active")),
            models.Index(
                fields=["name_day"], name="contact_by_name_day", condition=Q(name_day__isnull=False)
            ),
            models.Index(fields=["id"], name="contact_stale", condition=Q(stale_at__isnull=False)),
            models.Index(fields=["id"], name="contact_company", condition=Q(kind="company", state="active")),
            models.Index(
                fields=["claims_received_at", "id"],
                name="contact_in_order_of_updates",
                condition=Q(state="active"),
            ),
            models.Index(Lower("name"), "id", name="contact_in_order_of_names", condition=Q(state="active")),
            models.Index(
                fields=["category"], name="contact_by_category", condition=Q(category__isnull=False)
            ),
            models.Index(fields=["id"], name="contact_has_own_fields", condition=Q(custom__isnull=False)),
            BrinIndex(fields=["created_at"], name="contact_by_creation"),
        ]

    def __str__(self) -> str:
        return f"GroupID {self.pk}"


_FIRST_IS_PRIMARY = Q(is_primary=True, position=0) | Q(is_primary=False, position__gt=0)
"""With positions that are there once: exactly one is primary, for nothing when millions are written."""


class ContactEmail(models.Model):
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="emails", db_index=False)
    """Found by the constraint of contact and position; so are phones and addresses."""
    value = models.TextField()
    type = models.CharField(max_length=20, default="", blank=True)
    is_primary = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()
    source_record_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "position"], name="contact_email_position_once"),
            models.CheckConstraint(condition=_FIRST_IS_PRIMARY, name="contact_email_first_is_primary"),
        ]

    def __str__(self) -> str:
        return f"e-mail {self.pk}"


class ContactPhone(models.Model):
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="phones", db_index=False)
    value = models.TextField()
    """E.164."""
    type = models.CharField(max_length=20, default="", blank=True)
    is_primary = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()
    source_record_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "position"], name="contact_phone_position_once"),
            models.CheckConstraint(condition=_FIRST_IS_PRIMARY, name="contact_phone_first_is_primary"),
        ]

    def __str__(self) -> str:
        return f"phone {self.pk}"


class ContactAddress(models.Model):
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="addresses", db_index=False)
    type = models.CharField(max_length=20, default="", blank=True)
    line1 = models.TextField(null=True)
    line2 = models.TextField(null=True)
    postcode = models.TextField(null=True)
    city = models.TextField(null=True)
    region = models.TextField(null=True)
    country = models.TextField(null=True)
    street = models.TextField(null=True)
    street_number = models.TextField(null=True)
    floor = models.TextField(null=True)
    apartment = models.TextField(null=True)
    area = models.TextField(null=True)
    district = models.TextField(null=True)
    municipality = models.TextField(null=True)
    po_box = models.TextField(null=True)
    po_box_postcode = models.TextField(null=True)
    care_of = models.TextField(null=True)
    is_primary = models.BooleanField(default=False)
    position = models.PositiveSmallIntegerField()
    source_record_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "position"], name="contact_address_position_once"),
            models.CheckConstraint(condition=_FIRST_IS_PRIMARY, name="contact_address_first_is_primary"),
        ]
        indexes = [
            models.Index(OpClass(Upper("city"), name="text_pattern_ops"), name="contact_address_by_town"),
        ]

    def __str__(self) -> str:
        return f"address {self.pk}"


class Suppression(models.Model):
    """Why a contact must not be reached, as somebody said it once. It hangs on System Refs, so that whatever
    contact they belong to carries it.
    """

    class Reason(models.TextChoices):
        MANUAL = "manual", "Manual"
        OPT_OUT = "opt_out", "Opt-out"
        BOUNCED = "bounced", "Bounced"
        IMPORTED = "imported", "Imported list"
        RESTRICTED = "restricted", "Processing restricted"
        """The person asked for it (Art. 18 of the GDPR): kept, and used for nothing."""
        DECEASED = "deceased", "Deceased"
        ANONYMISED = "anonymised", "Anonymised"

    class Scope(models.TextChoices):
        ALL = "all", "Every channel"
        EMAIL = "email", "E-mail only"
        PHONE = "phone", "Phone only"
        POST = "post", "Post only"

    reason = models.CharField(max_length=10, choices=Reason)
    scope = models.CharField(max_length=5, choices=Scope, db_default=Scope.ALL, default=Scope.ALL)
    deceased_on = models.DateField(null=True)
    """Where it is known; of the reason deceased only."""
    ends_on = models.DateField(null=True)
    """The last day on which it holds; null: until somebody unflags it."""
    source = models.CharField(max_length=60, default="", db_default="", blank=True)
    """Where it came from, as whoever flagged it put it: a newsletter, an authority's list."""
    note = models.CharField(max_length=500, default="", blank=True)
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(deceased_on__isnull=True) | Q(reason="deceased"),
                name="suppression_day_of_death_of_the_deceased",
            ),
            models.CheckConstraint(
                condition=Q(scope="all") | ~Q(reason__in=["deceased", "anonymised", "restricted"]),
                name="suppression_is_whole_where_the_reason_is",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(reason__in=["manual", "bounced", "imported"]),
                name="suppression_ends_where_the_reason_allows",
            ),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], name="suppression_by_time"),
            models.Index(fields=["ends_on"], name="suppression_by_end", condition=Q(ends_on__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"Suppression {self.pk} ({self.reason})"


class SuppressionLift(models.Model):
    """One unflagging: it lifts a suppression from the System Refs that the contact had then, not from others
    that carry it too.
    """

    note = models.CharField(max_length=500)
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"Lift {self.pk}"


class SuppressedRecordQuerySet(models.QuerySet["SuppressedRecord"]):
    def in_force(self) -> SuppressedRecordQuerySet:
        return self.filter(lift__isnull=True, withdrawn_by__isnull=True)


class SuppressedRecord(models.Model):
    """A System Ref that carries a suppression. Never deleted: what ended it says so."""

    suppression = models.ForeignKey(
        Suppression, on_delete=models.PROTECT, related_name="records", db_index=False
    )
    record_id = models.BigIntegerField()
    copied_by = models.BigIntegerField(null=True)
    """The operation that took its contact apart; null: it was suppressed itself."""
    withdrawn_by = models.BigIntegerField(null=True)
    """The operation that undid the one it was copied by."""
    value_id = models.BigIntegerField(null=True)
    """The suppressed e-mail or phone that it was known by (`SuppressedValue`)."""
    lift = models.ForeignKey(
        SuppressionLift, on_delete=models.PROTECT, null=True, related_name="records", db_index=False
    )

    objects = SuppressedRecordQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_id", "suppression"],
                condition=Q(lift__isnull=True, withdrawn_by__isnull=True),
                name="suppressed_record_once_in_force",
            ),
        ]
        indexes = [
            models.Index(fields=["suppression"], name="suppressed_by_suppression"),
            models.Index(
                fields=["copied_by"], name="suppressed_by_copying", condition=Q(copied_by__isnull=False)
            ),
            models.Index(
                fields=["withdrawn_by"],
                name="suppressed_by_withdrawal",
                condition=Q(withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"System Ref {self.record_id} carries suppression {self.suppression_id}"


class KeptOptOut(models.Model):
    """The contact of this System Ref refused marketing when it came apart; so the System Ref refuses too,
    until its own source says something else. Never deleted: what ended it says so.
    """

    record_id = models.BigIntegerField()
    field = models.CharField(max_length=30)
    """One of `kith.golden.rules.AUTHORISATIONS`."""
    said = models.BooleanField(null=True)
    """What its own claim said of the field when this was kept; null: nothing."""
    copied_by = models.BigIntegerField()
    """The operation that took the contact apart, or did it again."""
    withdrawn_by = models.BigIntegerField(null=True)
    """The operation that undid that one."""
    at = models.DateTimeField()
    """When the transaction of that operation began."""
    ended_at = models.DateTimeField(null=True)
    """When a golden record was first made from a claim that says something else."""

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_id", "field"],
                condition=Q(withdrawn_by__isnull=True, ended_at__isnull=True),
                name="kept_opt_out_once_in_force",
            ),
        ]
        indexes = [
            models.Index(fields=["copied_by"], name="kept_opt_out_by_copying"),
            models.Index(
                fields=["withdrawn_by"],
                name="kept_opt_out_by_withdrawal",
                condition=Q(withdrawn_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"System Ref {self.record_id} keeps an opt-out ({self.field})"
