from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("grouping", "0006_what_if"),
    ]

    operations = [
        migrations.AddField(
            model_name="operation",
            name="chosen_before",
            field=models.JSONField(default=dict),
        ),
    ]
