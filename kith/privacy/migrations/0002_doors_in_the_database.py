"""Whatever code may be written later: nothing is added to somebody who was anonymised, and nothing changed."""

from django.db import migrations

ON_RECORDS = {
    "sources_sourcetransaction": ("record_id",),
    "sources_pastclaim": ("record_id",),
    "sources_change": ("record_id",),
    "sources_membership": ("record_id",),
    "organisation_ownership": ("record_id",),
    "contacts_privacymark": ("record_id",),
    "contacts_suppressedrecord": ("record_id",),
    "contacts_keptoptout": ("record_id",),
    "golden_toldsource": ("record_id",),
    "golden_goldenoverride": ("record_id",),
    "golden_valuestatement": ("record_id",),
    "grouping_evidence": ("left_id", "right_id"),
    "grouping_doubt": ("left_id", "right_id"),
    "grouping_decision": ("left_id", "right_id"),
    "grouping_knownpair": ("left_id", "right_id"),
    "notes_note": ("record_id",),
    "relations_relation": ("from_record_id", "to_record_id"),
    "attachments_attachment": ("record_id",),
    "attachments_photo": ("record_id",),
    "attachments_storedfile": ("record_id",),
    "accounts_account": ("record_id",),
    "accounts_linkeditem": ("record_id",),
}
COLUMNS = ("record_id", "left_id", "right_id", "from_record_id", "to_record_id")
SAYS = (
    "RAISE EXCEPTION 'This person was anonymised; nothing can be added or changed.' USING ERRCODE = 'KT001';"
)
# The lock of `kith.sources.doors.lock`: an erasure that is under way ends first. Each statement in the function
# sees what was committed while it waited.
OF_ROWS = """
CREATE FUNCTION kith_refuse_erased_{column}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(6011733208);
    IF EXISTS (SELECT 1 FROM written w JOIN sources_sourcerecord r ON r.id = w.{column}
        WHERE r.erased_at IS NOT NULL) THEN
        {says}
    END IF;
    RETURN NULL;
END $$;
"""
OF_THE_PERSON = f"""
CREATE FUNCTION kith_refuse_erased() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {SAYS} END $$;
CREATE TRIGGER kith_erased BEFORE UPDATE OR DELETE ON sources_sourcerecord FOR EACH ROW
    WHEN (OLD.erased_at IS NOT NULL) EXECUTE FUNCTION kith_refuse_erased();
CREATE TRIGGER kith_erased BEFORE UPDATE OR DELETE ON contacts_contact FOR EACH ROW
    WHEN (OLD.state = 'anonymised') EXECUTE FUNCTION kith_refuse_erased();
"""
NOT_OF_THE_PERSON = """
DROP TRIGGER kith_erased ON contacts_contact;
DROP TRIGGER kith_erased ON sources_sourcerecord;
DROP FUNCTION kith_refuse_erased();
"""


def _triggers(template):
    return "".join(
        template.format(table=table, column=column, event=event, name=f"kith_erased_{event.lower()}_{column}")
        for table, columns in ON_RECORDS.items()
        for column in columns
        for event in ("INSERT", "UPDATE")
    )


FUNCTIONS = "".join(OF_ROWS.format(column=column, says=SAYS) for column in COLUMNS)
NO_FUNCTIONS = "".join(f"DROP FUNCTION kith_refuse_erased_{column}();\n" for column in COLUMNS)
TRIGGERS = _triggers(
    "CREATE TRIGGER {name} AFTER {event} ON {table} REFERENCING NEW TABLE AS written"
    " FOR EACH STATEMENT EXECUTE FUNCTION kith_refuse_erased_{column}();\n"
)
NO_TRIGGERS = _triggers("DROP TRIGGER {name} ON {table};\n")


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0001_erasures"),
        ("sources", "0013_stopped"),
        ("contacts", "0016_erasing"),
        ("organisation", "0001_initial"),
        ("golden", "0003_value_statements"),
        ("grouping", "0007_operation_chosen_before"),
        ("notes", "0001_notes"),
        ("relations", "0001_relations"),
        ("attachments", "0001_attachments"),
        ("accounts", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(FUNCTIONS, NO_FUNCTIONS),
        migrations.RunSQL(OF_THE_PERSON, NOT_OF_THE_PERSON),
        migrations.RunSQL(TRIGGERS, NO_TRIGGERS),
    ]
