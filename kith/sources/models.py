from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Now

SYSTEM_REF_MAX_LENGTH = 255
LOCAL = "LOCAL"


class SourceSystem(models.Model):
    """A system whose claims Kith takes. `LOCAL` is what people type into Kith itself."""

    class Kind(models.TextChoices):
        TICKETING = "ticketing", "Ticketing"
        MEMBERSHIP = "membership", "Membership"
        RETAIL = "retail", "Retail"
        NEWSLETTER = "newsletter", "Newsletter"
        HOSPITALITY = "hospitality", "Hospitality"
        BILLING = "billing", "Billing"
        LOCAL = "local", "Typed in Kith"
        OTHER = "other", "Other"

    class DateOrder(models.TextChoices):
        DMY = "DMY", "Day first (31/12/1990)"
        MDY = "MDY", "Month first (12/31/1990)"
        YMD = "YMD", "Year first (1990-12-31)"

    code = models.CharField(max_length=30, unique=True)
    """Immutable; letters, digits, - and _ (K13)."""
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.OTHER)
    priority = models.PositiveSmallIntegerField(default=50)
    """Lower goes first where rules ask for source order."""
    colour = models.CharField(max_length=7, default="#5d574d")
    default_country = models.CharField(max_length=2, default="GB")
    date_order = models.CharField(max_length=3, choices=DateOrder, default=DateOrder.DMY)
    paused_at = models.DateTimeField(null=True)
    """While set, no import is taken; what was received stays."""
    mappings = models.JSONField(default=dict)
    """Per import kind, what each header of this source's files means: {"contacts": {"E-mail": "email_1"}}."""
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^[A-Za-z0-9_-]+$"), name="source_code_has_no_spaces"
            ),
            models.CheckConstraint(
                condition=Q(colour__regex=r"^#[0-9a-fA-F]{6}$"), name="source_colour_is_hex"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class SourceRecordQuerySet(models.QuerySet["SourceRecord"]):
    def of_contact(self, group_id: int) -> SourceRecordQuerySet:
        return self.filter(membership__contact_id=group_id)

    def placed(self) -> SourceRecordQuerySet:
        """Those with a GroupID, which is read with them: `record.group_id` asks nothing more."""
        return self.filter(membership__isnull=False).select_related("membership")

    def unplaced(self) -> SourceRecordQuerySet:
        return self.filter(membership__isnull=True)


SourceRecordManager = models.Manager.from_queryset(SourceRecordQuerySet)


class SourceRecord(models.Model):
    """What one source says about one System Ref: the claim as received and its cleaned form.

    Replaced as a whole when the source sends it again; never edited. Columns from `kind` to `postcode_keys`
    are those of `kith.matching.records.CLEANED`.
    """

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(SourceSystem, on_delete=models.PROTECT, related_name="records", db_index=False)
    """Found by the unique constraint, which begins with it."""
    system_ref = models.CharField(max_length=SYSTEM_REF_MAX_LENGTH)

    claim = models.JSONField()
    """As received: {"fields": {claim field: text}, "extra": {header: text}}."""
    content_hash = models.UUIDField()
    """Of the claim and the options it was cleaned with; equal means unchanged and costs nothing."""

    kind = models.CharField(max_length=7, choices=[("person", "Person"), ("company", "Company")])
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
    claimed_at = models.DateTimeField(null=True)
    """When the source itself last changed it, if it says."""
    source_created_at = models.DateTimeField(null=True)
    emails = ArrayField(models.TextField(), default=list)
    email_types = ArrayField(models.TextField(), default=list)
    phones = ArrayField(models.TextField(), default=list)
    phone_types = ArrayField(models.TextField(), default=list)
    addresses = models.JSONField(default=list)
    """List of {type, line1, line2, postcode, city, region, country}, and of `ADDRESS_DETAILS` what it has."""
    first_key = models.TextField(null=True)
    middle_key = models.TextField(null=True)
    last_key = models.TextField(null=True)
    company_key = models.TextField(null=True)
    street_keys = ArrayField(models.TextField(), default=list)
    postcode_keys = ArrayField(models.TextField(), default=list)
    remarks = models.JSONField(default=list)
    """List of {field, reason}: what cleaning read as nothing or doubted."""
    match_keys = ArrayField(models.BigIntegerField(), default=list)

    first_received_at = models.DateTimeField(db_default=Now())
    received_at = models.DateTimeField(db_default=Now())
    gone_at = models.DateTimeField(null=True)
    """The source's last complete file no longer held it. Never deleted for that."""
    erased_at = models.DateTimeField(null=True)
    """Since when nobody knows whose it was; from then on nothing may be written to it or hang on it."""

    objects = SourceRecordManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "system_ref"], name="source_record_system_ref_once"),
            models.CheckConstraint(condition=~Q(system_ref=""), name="source_record_has_a_system_ref"),
        ]
        indexes = [
            GinIndex(fields=["match_keys"], name="source_record_by_match_key"),
            models.Index(
                fields=["system_ref"], name="source_record_by_ref", opclasses=["varchar_pattern_ops"]
            ),
            models.Index(fields=["source", "received_at"], name="source_record_freshness"),
            models.Index(fields=["id"], name="source_record_erased", condition=Q(erased_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.system_ref}"

    @property
    def group_id(self) -> int | None:
        """None until grouping places it. A query, unless read with `select_related("membership")`."""
        try:
            return self.membership.contact_id
        except Membership.DoesNotExist:
            return None


class Membership(models.Model):
    """The GroupID of a System Ref; one that grouping has not placed yet has no row.

    Beside the claims and not among them: a night that moves a million System Refs writes a million short
    rows, and leaves the wide ones with all their indexes alone.
    """

    record = models.OneToOneField(
        SourceRecord, on_delete=models.CASCADE, primary_key=True, related_name="membership"
    )
    contact = models.ForeignKey("contacts.Contact", on_delete=models.PROTECT, related_name="memberships")

    def __str__(self) -> str:
        return f"System Ref {self.record_id} of GroupID {self.contact_id}"


class Change(models.Model):
    """A System Ref that is new or whose claim changed since matching last looked; see `changes`."""

    record_id = models.BigIntegerField(primary_key=True)
    """No foreign key: written only beside the record itself, a million at a time, and to check each would
    cost more than to write it."""
    seq = models.BigIntegerField(db_default=Func(Value("sources_change_seq"), function="nextval"))
    """Another one at each change, so that a change after the reading is not taken away with what was read."""
    old_keys = ArrayField(models.BigIntegerField(), default=list)
    """The match keys it had from when matching last looked to its newest change; empty when it is new."""

    def __str__(self) -> str:
        return f"System Ref {self.record_id} changed"


class PastClaim(models.Model):
    """What a source said of a System Ref before it said something else. Append-only; see `past_claims`."""

    id = models.BigAutoField(primary_key=True)
    record_id = models.BigIntegerField()
    """No foreign key, for the reason `Change` has none."""
    claim = models.JSONField(null=True)
    """As received; null where what replaced it is the same claim, come back or cleaned otherwise."""
    content_hash = models.UUIDField()
    claimed_at = models.DateTimeField(null=True)
    """Kept because a typed claim does not say it."""
    received_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)
    replaced_at = models.DateTimeField()
    """It was in force from `received_at` until here."""

    class Meta:
        indexes = [
            models.Index(fields=["record_id"], name="past_claim_by_record"),
            BrinIndex(fields=["replaced_at"], name="past_claim_by_time"),
        ]

    def __str__(self) -> str:
        return f"Past claim {self.pk}"


class SourceTransaction(models.Model):
    """A purchase or payment that a source reports for one of its System Refs."""

    id = models.BigAutoField(primary_key=True)
    source = models.ForeignKey(SourceSystem, on_delete=models.PROTECT, related_name="transactions")
    record = models.ForeignKey(SourceRecord, on_delete=models.PROTECT, related_name="transactions")
    reference = models.CharField(max_length=120)
    """The source's own number of it; unique within the source."""
    date = models.DateField()
    amount = models.DecimalField(max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3)
    kind = models.CharField(max_length=40, default="", blank=True)
    description = models.CharField(max_length=300, default="", blank=True)
    received_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source", "reference"], name="transaction_reference_once_per_source"
            )
        ]
        indexes = [models.Index(fields=["record", "-date"], name="transaction_by_record")]

    def __str__(self) -> str:
        return f"{self.source_id}/{self.reference}"


class Import(models.Model):
    """One file taken in (or only tried out). Counts are final when `finished_at` is set."""

    class Kind(models.TextChoices):
        CONTACTS = "contacts", "Contacts"
        TRANSACTIONS = "transactions", "Transactions"
        ACCOUNTS = "accounts", "Accounts"
        ACCOUNT_TRANSACTIONS = "account_transactions", "Account transactions"
        LINKED_ITEMS = "linked_items", "Linked items"

    class State(models.TextChoices):
        DRAFT = "draft", "Waiting for mapping"
        QUEUED = "queued", "Queued"
        RUNNING = "running", "Running"
        DONE = "done", "Done"
        FAILED = "failed", "Failed"
        CANCELLED = "cancelled", "Cancelled"

    class FileGone(models.TextChoices):
        NOT = "", "No"
        OLD = "old", "It was old"
        ERASED = "erased", "Somebody in it was anonymised"

    source = models.ForeignKey(SourceSystem, on_delete=models.PROTECT, related_name="imports")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.CONTACTS)
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT)
    file_name = models.CharField(max_length=255)
    """As the user called it; shown, never used as a path."""
    stored_name = models.CharField(max_length=80, default="", blank=True)
    """Name inside Kith's import folder; empty once the file was removed."""
    sealed_key = models.BinaryField(null=True)
    """Of the file; null where it lies plain, from before files were sealed, and once it was removed."""
    file_gone = models.CharField(max_length=6, choices=FileGone, default=FileGone.NOT, blank=True)
    """Why it was removed."""
    file_format = models.JSONField(default=dict)
    """What detection found: {"type": "csv", "encoding": "utf-8", "delimiter": ",", "sheet": …},
    and the headers in their order."""
    mapping = models.JSONField(default=dict)
    """{header: claim field}; an unmapped header is kept as it came."""
    whole_source = models.BooleanField(default=False)
    """The file is all the source holds: records absent from it are marked gone."""
    rows_total = models.BigIntegerField(null=True)
    rows_done = models.BigIntegerField(default=0)
    """Rows settled in the database; where a killed import goes on."""
    new_count = models.BigIntegerField(default=0)
    changed_count = models.BigIntegerField(default=0)
    unchanged_count = models.BigIntegerField(default=0)
    rejected_count = models.BigIntegerField(default=0)
    gone_count = models.BigIntegerField(default=0)
    created_by = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    error = models.CharField(max_length=500, default="", blank=True)
    undo_asked_at = models.DateTimeField(null=True)
    """Somebody takes the whole import back; see `kith.contacts.intake`."""
    undone_at = models.DateTimeField(null=True)
    undone_created = models.BigIntegerField(default=0)
    undone_updated = models.BigIntegerField(default=0)
    undo_kept = models.BigIntegerField(default=0)
    """Rows that stay as they are: somebody changed them since."""

    class Meta:
        indexes = [models.Index(fields=["-created_at"], name="import_by_creation")]

    def __str__(self) -> str:
        return f"Import {self.pk}"

    @property
    def is_of_typed_contacts(self) -> bool:
        """Into Kith's own source: contacts as people type them, created and updated by Contact Code (C32)."""
        return self.kind == Import.Kind.CONTACTS and self.source.code == LOCAL

    @property
    def is_being_undone(self) -> bool:
        return self.undo_asked_at is not None and self.undone_at is None


class ImportedRow(models.Model):
    """What became of one row of a file of typed contacts that was taken."""

    class Outcome(models.TextChoices):
        CREATED = "created", "Created"
        UPDATED = "updated", "Updated"
        UNCHANGED = "unchanged", "Unchanged"

    class Undone(models.TextChoices):
        NOT = "", "Not undone"
        GONE = "gone", "Removed again"
        BACK = "back", "As it was before"
        KEPT = "kept", "Kept"

    id = models.BigAutoField(primary_key=True)
    import_file = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="outcomes", db_index=False)
    """Found by the constraint, which begins with it."""
    row_number = models.BigIntegerField()
    record_id = models.BigIntegerField(db_index=True)
    """No foreign key, for the reason `Change` has none."""
    outcome = models.CharField(max_length=9, choices=Outcome)
    content_hash = models.UUIDField()
    """Of the claim as this row left it; another one by now means that somebody changed it since."""
    past_claim_id = models.BigIntegerField(null=True)
    """What an updated record said before."""
    undone = models.CharField(max_length=4, choices=Undone, default="", blank=True)
    kept_because = models.CharField(max_length=200, default="", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["import_file", "row_number"], name="imported_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.import_file_id} row {self.row_number}"


class RejectedRow(models.Model):
    """A row of a file that was not taken, and why."""

    import_file = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="rejected_rows")
    row_number = models.BigIntegerField()
    """As a spreadsheet counts: the header is row 1."""
    column = models.CharField(max_length=200, default="", blank=True)
    reason = models.CharField(max_length=300)
    values = models.JSONField(default=dict)
    """The row as received, so that it can be mended and sent again."""

    class Meta:
        indexes = [models.Index(fields=["import_file", "row_number"], name="rejected_row_in_order")]

    def __str__(self) -> str:
        return f"{self.import_file_id} row {self.row_number}"

    @property
    def first_values(self) -> list[tuple[str, str]]:
        """Enough of the row to know it by."""
        return list(self.values.items())[:5]


class Tombstone(models.Model):
    """A System Ref that was deleted for good, or somebody who was erased; see `tombstones`. Nothing of either
    can be read here."""

    class Kind(models.TextChoices):
        REF = "ref", "System Ref"
        IDENTITY = "identity", "Identity"

    class Why(models.TextChoices):
        DELETED = "deleted", "Deleted"
        ERASED = "erased", "Anonymised"

    kind = models.CharField(max_length=8, choices=Kind, db_default=Kind.REF)
    why = models.CharField(max_length=8, choices=Why, db_default=Why.DELETED)
    source = models.ForeignKey(
        SourceSystem, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    """Null of an identity: it is refused whichever source sends it."""
    digest = models.BinaryField()
    """HMAC-SHA-256 of the source's code and the System Ref, or of one key of an identity."""
    key_version = models.PositiveSmallIntegerField(db_default=1)
    erasure = models.UUIDField(null=True)
    """Which erasure left it; several of one person have the same."""
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "source", "digest"], name="tombstone_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(kind="ref", source__isnull=False) | Q(kind="identity", source__isnull=True),
                name="tombstone_of_a_ref_has_a_source",
            ),
            models.CheckConstraint(
                condition=Q(why="deleted", erasure__isnull=True) | Q(why="erased", erasure__isnull=False),
                name="tombstone_of_an_erasure",
            ),
        ]

    def __str__(self) -> str:
        return f"tombstone {self.pk}"


class Admission(models.Model):
    """A System Ref that may come in although it, or whoever it is of, was anonymised (X10). It becomes a new
    contact; whoever was anonymised stays so."""

    class Why(models.TextChoices):
        RETURNS = "returns", "The person registered anew, by their own will"
        SOMEBODY_ELSE = "somebody_else", "It is somebody else, with the same details"
        TYPED = "typed", "Typed by somebody who may let them in"

    source = models.ForeignKey(SourceSystem, on_delete=models.PROTECT, related_name="+", db_index=False)
    digest = models.BinaryField()
    """As of a tombstone of a System Ref."""
    why = models.CharField(max_length=13, choices=Why)
    user = models.ForeignKey("access.User", on_delete=models.PROTECT, null=True, related_name="+")
    actor = models.CharField(max_length=120)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "digest"], name="admitted_once")]

    def __str__(self) -> str:
        return f"admission {self.pk}"


class Stopped(models.Model):
    """How often a source sent somebody again who was deleted or anonymised, by month."""

    source = models.ForeignKey(SourceSystem, on_delete=models.CASCADE, related_name="+", db_index=False)
    month = models.DateField()
    """Its first day."""
    tombstone = models.ForeignKey(Tombstone, on_delete=models.CASCADE, related_name="+")
    times = models.PositiveBigIntegerField(default=0)
    last_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "month", "tombstone"], name="stopped_once_a_month")
        ]

    def __str__(self) -> str:
        return f"tombstone {self.tombstone_id} at {self.source_id}"


class CleaningSettings(models.Model):
    """The junk list as the installation edits it. One row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    junk = models.JSONField(default=dict)
    """Empty means the shipped list; else `kith.matching.cleaning.JunkList.to_json`."""

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="cleaning_settings_one_row")]

    def __str__(self) -> str:
        return "Cleaning settings"
