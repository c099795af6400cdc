from django.db import migrations


class Migration(migrations.Migration):
    """Seven digits from the first contact on, so that a GroupID looks like one."""

    dependencies = [("contacts", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE contacts_contact ALTER COLUMN id RESTART WITH 1000001", migrations.RunSQL.noop
        )
    ]
