from django.db import migrations

# Of those about the same that are unresolved, the one somebody works on stays, else the oldest.
RESOLVE = """
UPDATE stewardship_case SET state = 'resolved', resolved_at = now() WHERE id IN (
    SELECT id FROM (
        SELECT id, row_number() OVER (
            PARTITION BY kind, contact_id, title ORDER BY state = 'in_progress' DESC, id) AS place
        FROM stewardship_case
        WHERE state <> 'resolved' AND request_id IS NULL
            AND kind NOT IN ('circuit_breaker', 'failed_run', 'manual')
    ) AS doubled WHERE place > 1
)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("stewardship", "0006_one_open_case_of_the_store"),
    ]

    operations = [
        migrations.RunSQL(RESOLVE, migrations.RunSQL.noop),
    ]
