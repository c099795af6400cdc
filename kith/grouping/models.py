from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class RealField(models.FloatField[float, float]):
    """Four bytes: enough for weights in thousandths, and they read back as they were."""

    def db_type(self, connection: object) -> str:
        return "real"


class MatchingRules(models.Model):
    """A version of the matching rules; the newest is in force. Versions are kept for explanation."""

    rules = models.JSONField()
    """`kith.matching.rules.RuleSet.to_json`."""
    saved_at = models.DateTimeField(db_default=Now())
    saved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, default="", blank=True)

    def __str__(self) -> str:
        return f"Matching rules version {self.pk}"


class MatchingModel(models.Model):
    """A version of the matching model of one kind; the published one is in force. All are kept for ever."""

    class Kind(models.TextChoices):
        PERSON = "person", "Persons"
        COMPANY = "company", "Companies"

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "In force"
        RETIRED = "retired", "Retired"
        """Was in force once; without `published_at`, a draft that was discarded."""

    kind = models.CharField(max_length=7, choices=Kind)
    body = models.JSONField()
    """`kith.matching.model.Model.to_json`."""
    version = models.CharField(max_length=16)
    """`kith.matching.model.Model.version`: equal models have equal ones."""
    state = models.CharField(max_length=9, choices=State, default=State.DRAFT)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    """What was in force when this was begun; null: the model Kith ships."""
    note = models.CharField(max_length=200, default="", blank=True)
    report = models.JSONField(null=True)
    """What training found; null for a model that a person wrote."""
    saved_at = models.DateTimeField(db_default=Now())
    saved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind"], condition=Q(state="published"), name="matching_model_one_in_force"
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="matching_model_published_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["kind", "-id"], name="matching_model_by_kind")]

    def __str__(self) -> str:
        return f"Matching model version {self.pk} ({self.kind})"


class Basis(models.Model):
    """What the kept evidence was made with. Where another recipe is in force, everything is compared anew."""

    recipe_version = models.CharField(max_length=16)
    """`kith.matching.evidence.Recipe.version`."""
    rules_version = models.ForeignKey(MatchingRules, on_delete=models.PROTECT, null=True, related_name="+")
    """Null here and below: what Kith ships."""
    person_model = models.ForeignKey(MatchingModel, on_delete=models.PROTECT, null=True, related_name="+")
    company_model = models.ForeignKey(MatchingModel, on_delete=models.PROTECT, null=True, related_name="+")
    max_block_size = models.PositiveIntegerField()
    records = models.BigIntegerField()
    """That the figures were counted over."""
    figures = models.BinaryField()
    """`kith.matching.figures.Figures.to_bytes`: frozen until everything is compared anew."""
    made_at = models.DateTimeField(db_default=Now())
    run = models.ForeignKey("runs.Run", on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"Basis {self.pk}"


class Evidence(models.Model):
    """Two System Refs that rules or the model hold for one, or for worth a look, by the basis in force."""

    pk = models.CompositePrimaryKey("left_id", "right_id")
    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField()
    weight = RealField()
    """log2 odds by the model, rounded to thousandths."""
    rule = models.SmallIntegerField(null=True)
    """Place (from 0) of the rule that decided, in the basis's rules of the kind; null where the model did."""
    groups = models.BooleanField()
    """Else a person is asked."""

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(left_id__lt=F("right_id")), name="evidence_left_is_smaller"),
        ]
        indexes = [models.Index(fields=["right_id"], name="evidence_by_right")]

    def __str__(self) -> str:
        return f"{self.left_id}~{self.right_id}"


class Doubt(models.Model):
    """Evidence that would have grouped two System Refs and was not followed: a person should look."""

    class Why(models.TextChoices):
        CONTRADICTION = "contradiction", "Their contacts contradict each other"
        BRIDGE = "bridge", "One weak link between two contacts"
        TOO_LARGE = "too_large", "The contact would be too large"

    pk = models.CompositePrimaryKey("left_id", "right_id")
    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField()
    weight = RealField()
    doubt = models.CharField(max_length=13, choices=Why)

    class Meta:
        indexes = [models.Index(fields=["right_id"], name="doubt_by_right")]

    def __str__(self) -> str:
        return f"{self.left_id}?{self.right_id}"


class Operation(models.Model):
    """One change of who is who, as a whole: by a person, or by a run. It is undone as a whole. Append-only,
    but for `undone_by`.
    """

    class Kind(models.TextChoices):
        GROUP = "group", "Grouped"
        UNGROUP = "ungroup", "Ungrouped"
        SPLIT = "split", "Split"
        MOVE = "move", "System Ref moved"
        KEEP_APART = "keep_apart", "Kept apart"
        UNDO = "undo", "Undone"
        RUN = "run", "Grouping run"

    id = models.BigAutoField(primary_key=True)
    kind = models.CharField(max_length=10, choices=Kind)
    run = models.ForeignKey("runs.Run", on_delete=models.PROTECT, null=True, related_name="+")
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())
    reason = models.CharField(max_length=500, default="", blank=True)
    """As the person put it."""
    undoes = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="undoings")
    undone_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    """The operation that undid it and is not undone itself."""
    before = models.JSONField(default=dict)
    """{GroupID: its `leading_record_ids` until then} of the contacts where it changed them."""
    chosen_before = models.JSONField(default=dict)
    """{GroupID: record id} where it took away the System Ref that a person had made primary."""

    class Meta:
        indexes = [models.Index(fields=["-at"], name="operation_by_time")]

    def __str__(self) -> str:
        return f"Operation {self.pk}"


class Decision(models.Model):
    """A person says of two System Refs that they are one, or that they are not. It outranks all evidence
    until a person lifts it.
    """

    class Verdict(models.TextChoices):
        TOGETHER = "together", "Keep together"
        APART = "apart", "Keep apart"

    id = models.BigAutoField(primary_key=True)
    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField()
    verdict = models.CharField(max_length=8, choices=Verdict)
    operation = models.ForeignKey(Operation, on_delete=models.PROTECT, related_name="decisions")
    first_said = models.ForeignKey(Operation, on_delete=models.PROTECT, null=True, related_name="+")
    """Of a decision that undoing brought back: the operation in which a person had made it."""
    lifted_by = models.ForeignKey(Operation, on_delete=models.PROTECT, null=True, related_name="lifted")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(left_id__lt=F("right_id")), name="decision_left_is_smaller"),
            models.UniqueConstraint(
                fields=["left_id", "right_id"],
                condition=Q(lifted_by__isnull=True),
                name="decision_one_in_force_per_pair",
            ),
        ]
        indexes = [
            models.Index(fields=["right_id"], condition=Q(lifted_by__isnull=True), name="decision_by_right"),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} {self.verdict} {self.right_id}"


class Move(models.Model):
    """Lineage: one System Ref went from one GroupID to another. Append-only."""

    class Because(models.TextChoices):
        PLACED = "placed", "First GroupID"
        RUN = "run", "Grouping run"
        STEWARD = "steward", "Decided by a person"

    id = models.BigAutoField(primary_key=True)
    record_id = models.BigIntegerField()
    from_contact_id = models.BigIntegerField(null=True)
    """Null when the System Ref had no GroupID yet."""
    to_contact_id = models.BigIntegerField()
    because = models.CharField(max_length=8, choices=Because)
    operation = models.ForeignKey(
        Operation, on_delete=models.PROTECT, null=True, related_name="moves", db_index=False
    )
    """Null for moves from before operations were kept. Those of a run are found by the run."""
    run = models.ForeignKey("runs.Run", on_delete=models.PROTECT, null=True, related_name="moves")
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["record_id", "-id"], name="move_by_record"),
            models.Index(fields=["to_contact_id", "-id"], name="move_by_arrival"),
            models.Index(
                fields=["from_contact_id", "-id"],
                name="move_by_departure",
                condition=Q(from_contact_id__isnull=False),
            ),
            models.Index(fields=["run", "id"], name="move_by_run"),
            models.Index(fields=["operation"], name="move_by_operation", condition=Q(run__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"Move {self.pk}"


class MatchingGuards(models.Model):
    """A version of the guards that keep evidence from joining too much; the newest is in force."""

    guards = models.JSONField()
    """The fields of `kith.matching.clusters.Guards`."""
    saved_at = models.DateTimeField(db_default=Now())
    saved_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    note = models.CharField(max_length=200, default="", blank=True)

    def __str__(self) -> str:
        return f"Guards version {self.pk}"


class WhatIf(models.Model):
    """A shadow run: what publishing a candidate would do, worked out over all System Refs. Ids and counts."""

    class State(models.TextChoices):
        QUEUED = "queued", "Waiting"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    id = models.BigAutoField(primary_key=True)
    candidate = models.JSONField()
    """`kith.grouping.what_if.candidate.Candidate.to_json`."""
    base = models.JSONField()
    """`kith.grouping.what_if.candidate.Base.to_json`: what was in force when it was asked for."""
    result = models.JSONField(null=True)
    """`kith.grouping.what_if.result.Result.to_json`; null until it is done."""
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    note = models.CharField(max_length=200, default="", blank=True)
    error = models.CharField(max_length=300, default="", blank=True)
    asked_at = models.DateTimeField(db_default=Now())
    started_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    began_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    job_id = models.BigIntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return f"Shadow run {self.pk}"


class KnownPair(models.Model):
    """Two System Refs of which somebody knows whether they are one: every shadow run is held against them.
    Decides nothing.
    """

    class Verdict(models.TextChoices):
        SAME = "same", "One"
        DIFFERENT = "different", "Two"

    id = models.BigAutoField(primary_key=True)
    left_id = models.BigIntegerField()
    right_id = models.BigIntegerField()
    verdict = models.CharField(max_length=9, choices=Verdict)
    note = models.CharField(max_length=200, default="", blank=True)
    added_at = models.DateTimeField(db_default=Now())
    added_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(left_id__lt=F("right_id")), name="known_pair_left_is_smaller"),
            models.UniqueConstraint(fields=["left_id", "right_id"], name="known_pair_once"),
        ]

    def __str__(self) -> str:
        return f"{self.left_id} {self.verdict} {self.right_id}"
