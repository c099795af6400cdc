import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contacts", "0006_found_by_type_and_dates"),
        ("sources", "0002_local_source"),
    ]
    operations = [
        migrations.CreateModel(
            name="Membership",
            fields=[
                (
                    "record",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="membership",
                        serialize=False,
                        to="sources.sourcerecord",
                    ),
                ),
                (
                    "contact",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to="contacts.contact",
                    ),
                ),
            ],
        ),
    ]
