from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("contacts", "0003_claims_received_at")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE contacts_local_ref", "DROP SEQUENCE IF EXISTS contacts_local_ref")
    ]
