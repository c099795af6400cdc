from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class GoldenRules(models.Model):
    """A version of the tie-breakers per field; the newest is in force."""

    rules = models.JSONField()
    """{golden field: [{"by": attribute, "order": "asc"|"desc"|list of source codes}]}."""
    saved_at = models.DateTimeField(db_default=Now())
    saved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, default="", blank=True)

    def __str__(self) -> str:
        return f"Golden record rules version {self.pk}"


class GoldenOverride(models.Model):
    """A person says what a golden field is. It hangs on a System Ref, and goes where that goes.

    Append-only, but for its state: another edit is another row.
    """

    class Mode(models.TextChoices):
        PINNED = "pinned", "Pinned"
        UNTIL_CHANGED = "until_changed", "Until the source changes"

    class State(models.TextChoices):
        PENDING = "pending", "Pending"
        IN_FORCE = "in_force", "In force"
        ENDED = "ended", "Ended"

    class Because(models.TextChoices):
        WITHDRAWN = "withdrawn", "Withdrawn"
        CANCELLED = "cancelled", "Cancelled before it came into force"
        REPLACED = "replaced", "Replaced by a later edit"
        SOURCE_CHANGED = "source_changed", "The source sent another value"

    record = models.ForeignKey(
        "sources.SourceRecord", on_delete=models.PROTECT, related_name="overrides", db_index=False
    )
    """Whose claim won the field when it was made. Found by the constraint of those in force."""
    field = models.CharField(max_length=60)
    """One of `kith.golden.rules.FIELDS`, or `custom.` and the code of a user-defined field."""
    value = models.JSONField()
    """The piece of a cleaned claim that it stands for: `kith.golden.pieces.Piece`."""
    mode = models.CharField(max_length=13, choices=Mode)
    state = models.CharField(max_length=8, choices=State)
    against = models.CharField(max_length=32)
    """What the System Ref said for the field when this was made: `kith.golden.standing.SAID`."""
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    made_at = models.DateTimeField(db_default=Now())
    note = models.CharField(max_length=300, default="", blank=True)
    """As the person put it."""
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    ended_because = models.CharField(max_length=14, choices=Because, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record", "field"],
                condition=Q(state="in_force"),
                name="override_one_in_force_per_field",
            ),
            models.UniqueConstraint(
                fields=["record", "field"],
                condition=Q(state="pending"),
                name="override_one_pending_per_field",
            ),
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False)
                | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="override_ended_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["record", "-id"], name="override_of_record")]

    def __str__(self) -> str:
        return f"Override {self.pk}"


class ValueStatement(models.Model):
    """What people say about one e-mail, phone or address: that it is not used any more, or a note.

    It hangs on each System Ref of the contact that said the value then, and goes where that goes; a value
    sent again is the same value. Of several that a contact carries the newest counts. Append-only but for
    its end.
    """

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        INACTIVE = "inactive", "Inactive"
        REMOVED = "removed", "Removed"

    STATE = "state"
    NOTE = "note"

    record_id = models.BigIntegerField()
    """No foreign key: `sources_membership` says whose it is."""
    field = models.CharField(max_length=30)
    """One of `kith.golden.rules.LIST_FIELDS`."""
    key = models.TextField()
    """By `kith.golden.pieces.keys_of`."""
    about = models.CharField(max_length=60)
    """STATE, NOTE, or `custom.` and the code of a user-defined field of such values."""
    said = models.TextField()
    """One of `State`; else the text, '' for none any more."""
    value = models.JSONField(null=True)
    """Of an inactive one: the value as it stood, `kith.golden.pieces.Piece`."""
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["record_id", "field", "key", "about"],
                condition=Q(ended_at__isnull=True),
                name="value_statement_once_in_force",
            ),
        ]
        indexes = [
            models.Index(
                fields=["record_id"],
                name="value_statement_retires",
                condition=Q(about="state", ended_at__isnull=True) & ~Q(said="active"),
            ),
            models.Index(fields=["record_id", "at"], name="value_statement_by_record"),
        ]

    def __str__(self) -> str:
        return f"Statement {self.pk} about a value of System Ref {self.record_id}"


class ToldSource(models.Model):
    """Somebody told a source that one of its System Refs is wrong."""

    override = models.ForeignKey(
        GoldenOverride, on_delete=models.CASCADE, related_name="told", db_index=False
    )
    record = models.ForeignKey("sources.SourceRecord", on_delete=models.CASCADE, related_name="+")
    said = models.CharField(max_length=32)
    """What it said then, as `GoldenOverride.against`; when it says another wrong thing, tell it again."""
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["override", "record"], name="told_source_once_per_override")
        ]

    def __str__(self) -> str:
        return f"Override {self.override_id} told of System Ref {self.record_id}"
