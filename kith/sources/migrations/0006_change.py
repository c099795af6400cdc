import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    """Starts empty: the first run after it looks at everything."""

    dependencies = [("sources", "0005_record_without_contact")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE sources_change_seq", "DROP SEQUENCE sources_change_seq"),
        migrations.CreateModel(
            name="Change",
            fields=[
                ("record_id", models.BigIntegerField(primary_key=True, serialize=False)),
                (
                    "seq",
                    models.BigIntegerField(
                        db_default=models.Func(models.Value("sources_change_seq"), function="nextval")
                    ),
                ),
                (
                    "old_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
            ],
        ),
    ]
