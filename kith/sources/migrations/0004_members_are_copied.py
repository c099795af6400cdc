from django.db import migrations

COPY = """
INSERT INTO sources_membership (record_id, contact_id)
SELECT id, contact_id FROM sources_sourcerecord WHERE contact_id IS NOT NULL ORDER BY id
"""
COPY_BACK = """
UPDATE sources_sourcerecord r SET contact_id = m.contact_id FROM sources_membership m WHERE m.record_id = r.id
"""


class Migration(migrations.Migration):
    dependencies = [("sources", "0003_membership")]
    operations = [migrations.RunSQL(COPY, COPY_BACK)]
