"""A suppression list of one column without a header: its first e-mail was stored as the name of the column."""

from django.db import migrations

from kith.sources.headers import FAMILY_KEYS, SINGLE_KEYS, key_and_number, key_of

ONLY = "Column 1"


def is_a_name(column: str) -> bool:
    """Columns with names that Kith does not know were read where there was no other."""
    key, _ = key_and_number(column)
    if "@" in column or sum(sign.isdigit() for sign in column) > 1:
        return False
    return (
        not column
        or FAMILY_KEYS.get(key) in {"email", "phone"}
        or SINGLE_KEYS.get(key_of(column)) == "system_ref"
    )


def name_nobody(apps, schema_editor) -> None:
    lists = apps.get_model("contacts", "SuppressionList").objects
    for one in lists.exclude(bad_rows=[]).only("bad_rows").order_by("pk").iterator(chunk_size=10):
        rows = [row if is_a_name(row["column"]) else {**row, "column": ONLY} for row in one.bad_rows]
        if rows != one.bad_rows:
            lists.filter(pk=one.pk).update(bad_rows=rows)


class Migration(migrations.Migration):
    dependencies = [("contacts", "0020_system_refs_suppressed_before_they_come")]

    operations = [migrations.RunPython(name_nobody, migrations.RunPython.noop)]
